/** Intake over HTTP: one case, many lines, the same case again, and everything that a case carries from then on. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until, workflowDocument, type Installation } from "./support/installation.ts";

const params = { workflow: "tickets" };
const input = { text: "the bill is wrong" };

const post = (
  installation: Installation,
  body: unknown,
  more: { key?: string; headers?: Record<string, string> } = {},
) =>
  fetch(`${installation.url}/api/v1/workflows/tickets/cases`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${more.key ?? installation.key}`,
      "content-type": "application/json",
      ...more.headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const casesOf = async (client: Client, externalId: string) =>
  (await client.listCases({ params, query: { externalId, limit: 50 } })).cases;
const openRecords = async (client: Client) =>
  (await client.listQuarantine({ params, query: { limit: 500 } })).records;

async function answersOf(client: Client, lines: Iterable<string>) {
  const answers: JsonObject[] = [];
  for await (const line of client.batch("tickets", lines)) answers.push(line as unknown as JsonObject);
  return { lines: answers.slice(0, -1), summary: answers.at(-1)?.["summary"] as JsonObject };
}

// No worker: cases stay as intake left them.
const installation = await install({ role: "web" });
const { client, app } = installation;
await launch(installation, {
  workflow: {
    workflow: "tickets",
    thread: "customer",
    team: "text",
    teams: ["billing"],
    subject: ["customer"],
    key: "customer",
    due: { workingHours: 4 },
  },
});

describe("one case", () => {
  test("is answered when it is stored, with everything that it carries", async () => {
    const reply = await post(installation, { externalId: "one", input: { ...input, amount: 7, unknown: 1 } });
    expect(reply.status).toBe(201);
    const receipt = (await reply.json()) as JsonObject;
    expect(receipt).toEqual({
      status: "admitted",
      caseId: receipt["caseId"],
      externalId: "one",
      dropped: ["unknown"],
    });
    const found = await client.getCase({
      params: { case: receipt["caseId"] as string },
      query: { content: "true" },
    });
    expect(found).toMatchObject({
      state: "received",
      arm: "candidate",
      share: 1,
      source: "api",
      externalId: "one",
      facets: { "input.amount": 7 },
    });
    expect(found.content).toMatchObject({ input: { ...input, amount: 7 }, output: null, final: null });
    expect(found.dueAt).not.toBeNull();
  });

  test("the same again is a duplicate: one case, answered with its id", async () => {
    const first = await client.submitCase({ params, body: { externalId: "twice", input } });
    const again = await post(installation, { externalId: "twice", input });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ status: "duplicate", caseId: first.caseId });
    expect(await casesOf(client, "twice")).toHaveLength(1);
  });

  test("the order of its fields makes no other case", async () => {
    const first = await client.submitCase({
      params,
      body: { externalId: "order", input: { text: "a", amount: 1 } },
    });
    const again = await client.submitCase({
      params,
      body: { externalId: "order", input: { amount: 1, text: "a" } },
    });
    expect(again).toMatchObject({ status: "duplicate", caseId: first.caseId });
  });

  test("the same key with other content is a conflict: kept in quarantine, and nothing overwritten", async () => {
    const { caseId } = await client.submitCase({ params, body: { externalId: "other", input } });
    const reply = await post(installation, { externalId: "other", input: { text: "something else" } });
    expect(reply.status).toBe(409);
    const { error } = (await reply.json()) as { error: { code: string; details: { quarantineId: string } } };
    expect(error).toMatchObject({ code: "conflict", details: { reason: "duplicate_conflict" } });
    const kept = await client.getQuarantined({ params: { id: error.details.quarantineId } });
    expect(kept).toMatchObject({ state: "open", externalId: "other", input: { text: "something else" } });
    const found = await client.getCase({ params: { case: caseId }, query: { content: "true" } });
    expect(found.content?.input).toEqual(input);
    expect(await casesOf(client, "other")).toHaveLength(1);
  });

  test("other attachments are other content", async () => {
    const file = (text: string) => [
      { name: "a.txt", mediaType: "text/plain", base64: Buffer.from(text).toString("base64") },
    ];
    await client.submitCase({ params, body: { externalId: "file", input, attachments: file("a") } });
    expect(
      await client.submitCase({ params, body: { externalId: "file", input, attachments: file("a") } }),
    ).toMatchObject({ status: "duplicate" });
    await expect(
      client.submitCase({ params, body: { externalId: "file", input, attachments: file("b") } }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("the same number of another source is another case", async () => {
    await client.submitCase({ params, body: { externalId: "7", source: "crm", input } });
    expect(
      await client.submitCase({ params, body: { externalId: "7", source: "erp", input } }),
    ).toMatchObject({ status: "admitted" });
    expect(await casesOf(client, "7")).toHaveLength(2);
    expect(
      (await client.listCases({ params, query: { externalId: "7", source: "crm", limit: 50 } })).cases,
    ).toHaveLength(1);
  });

  test("fifty posts of one key at the same time make one case", async () => {
    const receipts = await Promise.all(
      Array.from({ length: 50 }, () => client.submitCase({ params, body: { externalId: "fifty", input } })),
    );
    expect(new Set(receipts.map((one) => one.caseId)).size).toBe(1);
    expect(receipts.filter((one) => one.status === "admitted")).toHaveLength(1);
    expect(await casesOf(client, "fifty")).toHaveLength(1);
  });

  test("fifty different contents under one key at the same time make one case and 49 conflicts", async () => {
    const before = (await openRecords(client)).length;
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        client.submitCase({ params, body: { externalId: "race", input: { text: `text ${i}` } } }),
      ),
    );
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    for (const one of results)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
    expect((await openRecords(client)).length - before).toBe(49);
  });

  test("without an id takes it from the field that the workflow names", async () => {
    expect(
      await client.submitCase({ params, body: { input: { ...input, customer: "K-77" } } }),
    ).toMatchObject({ externalId: "K-77" });
    await expect(client.submitCase({ params, body: { input } })).rejects.toMatchObject({
      code: "bad_input",
      details: { reason: "missing_key" },
    });
  });

  test("that breaks the schema is kept with its reason and its text, byte for byte", async () => {
    const body = `{ "externalId":"bad",  "input":{"text": 7} }`;
    const reply = await post(installation, body);
    expect(reply.status).toBe(422);
    const { error } = (await reply.json()) as { error: { details: { quarantineId: string } } };
    const kept = await client.getQuarantined({ params: { id: error.details.quarantineId } });
    expect(kept).toMatchObject({ reason: "schema_mismatch", externalId: "bad", raw: body });
    expect(await casesOf(client, "bad")).toHaveLength(0);
  });

  test("goes to a workflow that is there, or nowhere", async () => {
    await expect(
      client.submitCase({ params: { workflow: "nobody" }, body: { externalId: "1", input } }),
    ).rejects.toMatchObject({ code: "not_found" });
    const reply = await fetch(`${installation.url}/api/v1/workflows/%00/cases`, {
      method: "POST",
      headers: { authorization: `Bearer ${installation.key}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
  });

  test("is asked for by an id that may hold anything", async () => {
    for (const id of ["%00", "case_%F0%9F%98%80", "x".repeat(200)]) {
      const reply = await fetch(`${installation.url}/api/v1/cases/${id}`, {
        headers: { authorization: `Bearer ${installation.key}` },
      });
      expect([400, 404], id).toContain(reply.status);
    }
  });
});

describe("attachments", () => {
  const every = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
  const attached = (name: string, bytes: Buffer) => ({
    name,
    mediaType: "application/octet-stream",
    base64: bytes.toString("base64"),
  });

  test("come out byte for byte, under their names", async () => {
    const files = [
      attached("Rechnung „ü“.pdf", every),
      attached("empty.bin", Buffer.alloc(0)),
      attached('a; b%2F"c.txt', Buffer.from('{"name":"x"}\n')),
    ];
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: "attached", input, attachments: files },
    });
    expect((await client.getCase({ params: { case: caseId } })).attachments.map((one) => one.size)).toEqual([
      70_000, 0, 13,
    ]);
    for (const [i, file] of files.entries()) {
      const reply = await fetch(`${installation.url}/api/v1/cases/${caseId}/attachments/${i + 1}`, {
        headers: { authorization: `Bearer ${installation.key}` },
      });
      expect(Buffer.from(await reply.arrayBuffer()).equals(Buffer.from(file.base64, "base64"))).toBe(true);
      expect(reply.headers.get("content-type")).toBe("application/octet-stream");
      expect(decodeURIComponent(reply.headers.get("content-disposition")!.split("''")[1]!)).toBe(file.name);
    }
    await expect(client.getAttachment({ params: { case: caseId, no: "4" } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(client.getAttachment({ params: { case: caseId, no: "99999999999" } })).rejects.toMatchObject(
      { code: "not_found" },
    );
  });

  test("over 10 MB or more than 20 go to quarantine with the case", async () => {
    const large = client.submitCase({
      params,
      body: { externalId: "large", input, attachments: [attached("a", Buffer.alloc(10_485_761))] },
    });
    await expect(large).rejects.toMatchObject({
      code: "bad_input",
      details: { reason: "attachment_too_large" },
    });
    const many = client.submitCase({
      params,
      body: {
        externalId: "many",
        input,
        attachments: Array.from({ length: 21 }, () => attached("a", Buffer.from("a"))),
      },
    });
    await expect(many).rejects.toMatchObject({ details: { reason: "attachment_too_large" } });
  });

  test("survive quarantine and replay", async () => {
    const sent = client.submitCase({
      params,
      body: { externalId: "replayed", input: { text: 7 }, attachments: [attached("a.bin", every)] },
    });
    const id = await sent.then(
      () => "taken",
      (error: { details: { quarantineId: string } }) => error.details.quarantineId,
    );
    const { caseId } = await client.replayQuarantined({ params: { id }, body: { input } });
    const bytes = (await client.getAttachment({ params: { case: caseId, no: "1" } })) as Uint8Array;
    expect(Buffer.from(bytes).equals(every)).toBe(true);
  });
});

describe("what a case carries", () => {
  test("its thread keeps the arm of its first case, whatever the share is then", async () => {
    const { candidateRelease } = await client.getWorkflow({ params });
    const release = candidateRelease!;
    const submit = async (externalId: string, customer: string) => {
      const { caseId } = await client.submitCase({
        params,
        body: { externalId, input: { ...input, customer } },
      });
      return client.getCase({ params: { case: caseId } });
    };
    expect((await submit("t-1", "thread A")).arm).toBe("candidate");
    await client.setShare({ params, body: { release, share: 0 } });
    expect((await submit("t-2", "thread B")).arm).toBe("manual");
    expect((await submit("t-3", "thread A")).arm).toBe("candidate");
    await client.setShare({ params, body: { release, share: 1 } });
    expect((await submit("t-4", "thread B")).arm).toBe("manual");
    expect((await submit("t-5", "thread C")).arm).toBe("candidate");
  });

  test("its thread's arm when it is a rehearsal, which settles the arm for nobody", async () => {
    const release = (await client.getWorkflow({ params })).candidateRelease!;
    const armOf = async (externalId: string, drill: boolean) => {
      const body = { externalId, input: { ...input, customer: "thread D" }, drill };
      const { caseId } = await client.submitCase({ params, body });
      return (await client.getCase({ params: { case: caseId } })).arm;
    };
    expect(await armOf("d-1", true)).toBe("candidate");
    await client.setShare({ params, body: { release, share: 0 } });
    expect(await armOf("d-2", false)).toBe("manual");
    await client.setShare({ params, body: { release, share: 1 } });
    expect(await armOf("d-3", true)).toBe("manual");
  });

  test("two first cases of a thread at the same moment get the same arm", async () => {
    const { candidateRelease } = await client.getWorkflow({ params });
    await client.setShare({ params, body: { release: candidateRelease!, share: 0.5 } });
    const receipts = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        client.submitCase({
          params,
          body: { externalId: `together-${i}`, input: { ...input, customer: `pair ${i % 8}` } },
        }),
      ),
    );
    const found = await Promise.all(
      receipts.map(({ caseId }) => client.getCase({ params: { case: caseId } })),
    );
    for (let pair = 0; pair < 8; pair++)
      expect(new Set(found.filter((_, i) => i % 8 === pair).map((one) => one.arm)).size).toBe(1);
    expect(new Set(found.map((one) => one.share))).toEqual(new Set([0.5]));
    await client.setShare({ params, body: { release: candidateRelease!, share: 1 } });
  });

  test("its team, when the workflow knows it", async () => {
    const known = await client.submitCase({
      params,
      body: { externalId: "team-1", input: { text: "billing" } },
    });
    const unknown = await client.submitCase({
      params,
      body: { externalId: "team-2", input: { text: "gardening" } },
    });
    expect((await client.getCase({ params: { case: known.caseId } })).team).toBe("billing");
    expect((await client.getCase({ params: { case: unknown.caseId } })).team).toBeNull();
  });

  test("keyed digests of its data subject, alike for the same person however written, and never the value", async () => {
    const digestOf = async (externalId: string, customer: string) => {
      const { caseId } = await client.submitCase({
        params,
        body: { externalId, input: { ...input, customer } },
      });
      const found = await app.database.all<{ digest: Buffer }>(
        sql`select digest from case_subject where case_id = ${caseId}`,
      );
      return found.map((one) => one.digest.toString("hex"));
    };
    const first = await digestOf("subject-1", "Jörg@example.com");
    expect(first).toHaveLength(1);
    expect(await digestOf("subject-2", " JO\u0308RG@Example.com ")).toEqual(first);
    expect(await digestOf("subject-3", "joerg@example.com")).not.toEqual(first);
    expect(Buffer.from(first[0]!, "hex").toString("latin1")).not.toContain("example");
  });

  test("as a rehearsal, its dead letter is left out of the figures", async () => {
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: "drill-dead", input, drill: true },
    });
    await app.database.run(
      sql`insert into delivery (case_id, target, key, state) values (${caseId}, 'results', 'dlv_drill', 'dead')`,
    );
    expect(await (await fetch(`${installation.url}/metrics`)).text()).not.toContain(
      'pilotage_dead_letters{workflow="tickets"}',
    );
    await app.database.run(sql`delete from delivery where case_id = ${caseId}`);
  });

  test("a rehearsal is marked, and left out of the counts", async () => {
    const before = (await client.getWorkflow({ params })).counts;
    const { caseId } = await client.submitCase({ params, body: { externalId: "drill", input, drill: true } });
    expect((await client.getCase({ params: { case: caseId } })).drill).toBe(true);
    expect((await client.getWorkflow({ params })).counts).toEqual(before);
  });

  test("a rehearsal that went through quarantine is still one", async () => {
    const sent = client.submitCase({
      params,
      body: { externalId: "drill-2", input: { text: 7 }, drill: true },
    });
    const id = await sent.then(
      () => "taken",
      (error: { details: { quarantineId: string } }) => error.details.quarantineId,
    );
    const { caseId } = await client.replayQuarantined({ params: { id }, body: { input } });
    expect((await client.getCase({ params: { case: caseId } })).drill).toBe(true);
  });
});

describe("a batch", () => {
  test("of thousands of lines is answered line by line, in order, and counts add up", async () => {
    const lines = Array.from({ length: 2_000 }, (_, i) =>
      JSON.stringify({ externalId: `b-${i}`, input: { text: `ticket ${i}` } }),
    );
    const { lines: answers, summary } = await answersOf(client, lines);
    expect(answers.map((one) => one["line"])).toEqual(lines.map((_, i) => i + 1));
    expect(answers.map((one) => one["externalId"])).toEqual(lines.map((_, i) => `b-${i}`));
    expect(summary).toEqual({
      read: 2_000,
      admitted: 2_000,
      duplicate: 0,
      quarantined: 0,
      skipped: 0,
      failed: 0,
    });
    expect(await casesOf(client, "b-1999")).toHaveLength(1);
  });

  test("sent twice at the same time, the second time from its end, makes each case once", async () => {
    const lines = Array.from({ length: 900 }, (_, i) =>
      JSON.stringify({ externalId: `both-${i}`, input: { text: `${i}` } }),
    );
    const [there, back] = await Promise.all([
      answersOf(client, lines),
      answersOf(client, lines.toReversed()),
    ]);
    const caseIds = (answers: JsonObject[]) => answers.map((one) => one["caseId"]);
    expect(caseIds(there.lines)).toEqual(caseIds(back.lines.toReversed()));
    expect(new Set(caseIds(there.lines)).size).toBe(900);
    expect(Number(there.summary["admitted"]) + Number(back.summary["admitted"])).toBe(900);
    // After what was known all new ones come in again, and what is known among them is still told apart.
    const mixed = await answersOf(client, [
      ...lines.slice(0, 10),
      '{"externalId":"both-new","input":{"text":"new"}}',
    ]);
    expect(mixed.summary).toMatchObject({ admitted: 1, duplicate: 10 });
  });

  test("with bad lines keeps each with its reason, and takes the others", async () => {
    const lines = [
      '{"externalId":"m-1","input":{"text":"a"}}',
      "{ broken",
      "",
      "[1,2]",
      '{"externalId":"m-2","input":{"text":"b"},"colour":"red"}',
      '{"externalId":"m-3","input":{"text":7}}',
      '{"externalId":"m-1","input":{"text":"a"}}',
      '{"externalId":"m-1","input":{"text":"z"}}',
      '{"input":{"text":"no key"}}',
      '{"externalId":"a\\u0000b","input":{"text":"x"}}',
      '{"externalId":"m-4","input":{"text":"\\ud800"}}',
      '{"externalId":"m-5","input":{"text":"last","amount":1}}',
    ];
    const { lines: answers, summary } = await answersOf(client, lines);
    expect(answers.map((one) => [one["line"], one["reason"] ?? one["status"]])).toEqual([
      [1, "admitted"],
      [2, "not_json"],
      [4, "not_an_object"],
      [5, "schema_mismatch"],
      [6, "schema_mismatch"],
      [7, "duplicate"],
      [8, "duplicate_conflict"],
      [9, "missing_key"],
      [10, "nul_in_key"],
      [11, "lone_surrogate"],
      [12, "admitted"],
    ]);
    expect(summary).toEqual({ read: 12, admitted: 2, duplicate: 1, quarantined: 8, skipped: 1, failed: 0 });
    for (const one of answers.filter((answer) => answer["status"] === "quarantined")) {
      const kept = await client.getQuarantined({ params: { id: one["quarantineId"] as string } });
      expect(kept).toMatchObject({
        reason: one["reason"],
        place: `line ${one["line"] as number}`,
        raw: lines[(one["line"] as number) - 1],
      });
    }
  });

  test("whose sender goes away in the middle stores what it answered, and harms nobody", async () => {
    const text = (i: number) => `${JSON.stringify({ externalId: `gone-${i}`, input: { text: `t ${i}` } })}\n`;
    const socket = connect(Number(new URL(installation.url).port), "127.0.0.1");
    const chunk = (data: string) => socket.write(`${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`);
    socket.write(
      `POST /api/v1/workflows/tickets/cases/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${installation.key}\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let i = 0; i < 1_500; i++) chunk(text(i));
    chunk(text(1_500).slice(0, 20));
    let answered = "";
    await new Promise<void>((resolve) => {
      socket.on("data", (data) => {
        answered += data.toString("utf8");
        if (answered.includes('"externalId":"gone-200"')) resolve();
      });
    });
    socket.destroy();
    const ids = [...answered.matchAll(/"caseId":"(case_[0-9a-z]+)"/g)].map((match) => match[1]!);
    const { stored } = await app.database.one<{ stored: number }>(
      sql`select count(*)::int as stored from case_ where id = any(${ids})`,
    );
    expect(stored).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(200);
    // The half line is nobody's case, and the program goes on.
    await until(
      () => casesOf(client, "gone-1499"),
      (found) => found.length === 1,
    );
    expect(await casesOf(client, "gone-1500")).toHaveLength(0);
    expect(await client.submitCase({ params, body: { externalId: "after", input } })).toMatchObject({
      status: "admitted",
    });
  });

  test("needs its content type, and a workflow that is there", async () => {
    const send = (workflow: string, type: string) =>
      fetch(`${installation.url}/api/v1/workflows/${workflow}/cases/batch`, {
        method: "POST",
        headers: { authorization: `Bearer ${installation.key}`, "content-type": type },
        body: "{}",
      });
    expect((await send("tickets", "application/json")).status).toBe(415);
    expect((await send("nobody", "application/x-ndjson")).status).toBe(404);
  });
});

describe("when too much comes in", async () => {
  const small = await install({ role: "web", settings: { PILOTAGE_INTAKE_QUEUE: "10" } });
  await launch(small);

  test("intake says so with Retry-After, and everything that it took is stored", async () => {
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_, i) => post(small, { externalId: `r-${i}`, input })),
    );
    const refused = replies.filter((one) => one.status === 429);
    const admitted = replies.filter((one) => one.status === 201);
    expect(refused.length).toBeGreaterThan(0);
    expect(admitted.length + refused.length).toBe(300);
    expect(refused[0]!.headers.get("retry-after")).toBe("1");
    expect(await refused[0]!.json()).toMatchObject({ error: { code: "too_many_requests" } });
    const { counts } = await small.client.getWorkflow({ params });
    expect(counts["received"]).toBe(admitted.length);
  });

  test("a batch waits instead: every line is taken", async () => {
    const { summary } = await answersOf(
      small.client,
      Array.from({ length: 500 }, (_, i) => JSON.stringify({ externalId: `q-${i}`, input })),
    );
    expect(summary).toMatchObject({ read: 500, admitted: 500, failed: 0 });
  });
});

describe("simulated time", () => {
  const PILOTAGE_CLOCK = "2026-01-05T08:00:00Z";

  test("is one for all processes, stays over a restart, and never goes back", async () => {
    const web = await install({ role: "web", settings: { PILOTAGE_CLOCK } });
    const { databaseUrl, dataHome } = web;
    const worker = await install({ role: "worker", settings: { PILOTAGE_CLOCK }, databaseUrl, dataHome });
    const { now } = await web.client.advanceClock({ body: { milliseconds: 3_600_000 } });
    expect(now).toBe("2026-01-05T09:00:00.000Z");
    await until(
      async () => worker.app.clock.now(),
      (at) => at === Date.parse(now),
    );
    const later = await install({ role: "web", settings: { PILOTAGE_CLOCK }, databaseUrl, dataHome });
    expect(later.app.clock.now()).toBe(Date.parse(now));
    await Promise.all([web, later].map((one) => one.client.advanceClock({ body: { milliseconds: 60_000 } })));
    await until(
      async () => [web, later].map((one) => one.app.clock.now()),
      (both) => both.every((at) => at === Date.parse("2026-01-05T09:02:00Z")),
    );
    await Promise.all([later.stop(), worker.stop()]);
  });
});

describe("the quality coin of a day", async () => {
  const simulated = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
  await launch(simulated, { workflow: { qa: { share: 0.05, atLeastPerDay: 10 } } });
  const day = 86_400_000;
  const probabilities = () =>
    simulated.app.database.all<{ day: string; qa_probability: number }>(
      sql`select day::text, qa_probability from workflow_day order by day`,
    );
  const submit = (prefix: string, count: number, drill = false) =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        simulated.client.submitCase({ params, body: { externalId: `${prefix}-${i}`, input, drill } }),
      ),
    );

  test("is the share on the first day, then what the daily minimum needs of the days before, without rehearsals", async () => {
    await submit("mon", 40);
    await submit("drill", 60, true);
    expect(await probabilities()).toEqual([{ day: "2026-01-05", qa_probability: 0.05 }]);
    await simulated.client.advanceClock({ body: { milliseconds: day } });
    await submit("tue", 40);
    await simulated.client.advanceClock({ body: { milliseconds: day } });
    const [receipt] = await submit("wed", 1);
    expect((await probabilities()).map((one) => one.qa_probability)).toEqual([0.05, 0.25, 0.25]);
    const stored = await simulated.app.database.one<{ qa_probability: number }>(
      sql`select qa_probability from case_ where id = ${receipt!.caseId}`,
    );
    expect(stored.qa_probability).toBe(0.25);
  });

  test("is made anew at once when its dial is changed", async () => {
    await simulated.client.applyWorkflow({
      params,
      body: { document: workflowDocument({ qa: { share: 0.6, atLeastPerDay: 10 } }), takeFile: true },
    });
    const [receipt] = await submit("more", 1);
    const { qa_probability } = await simulated.app.database.one<{ qa_probability: number }>(
      sql`select qa_probability from case_ where id = ${receipt!.caseId}`,
    );
    expect(qa_probability).toBe(0.6);
  });
});
