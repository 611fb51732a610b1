/** What keeps one case from holding up another: lanes, fair places, and an end for a case that cannot be opened. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { idTime } from "../contract/ids.ts";
import { sql } from "../platform/sql.ts";
import { dueWorkflows } from "./case-row.ts";
import { install, launch, until } from "../../test/support/installation.ts";

const HANGING = {
  rules: [{ when: { field: "text", contains: "hang" }, do: { fault: "silent" } }],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

describe("while the model hangs over a backlog", async () => {
  const installation = await install({ settings: { PILOTAGE_IN_FLIGHT: "8" } });
  const { client, app } = installation;
  const submit = (workflow: string, externalId: string, text: string) =>
    client.submitCase({ params: { workflow }, body: { externalId, input: { text } } });
  const reaches = (caseId: string, state: string) =>
    until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === state,
      8_000,
    );
  const release = { model: { connection: "script", timeout: 60_000 } };
  await launch(installation, { script: HANGING, release });
  await launch(installation, {
    script: null,
    workflow: { workflow: "letters" },
    release: { ...release, workflow: "letters" },
  });
  // Each workflow has had a case before the model begins to hang.
  const ticket = await submit("tickets", "T-0", "the bill");
  const letter = await submit("letters", "L-0", "the bill");
  await reaches(ticket.caseId, "in_review");
  await reaches(letter.caseId, "in_review");
  for (let i = 1; i <= 30; i++) await submit("tickets", `T-${i}`, "hang");
  await until(
    async () => app.runner!.inFlight,
    (count) => count >= 7,
  );

  test("a verdict is delivered all the same", async () => {
    const { reviews } = await client.claimReviews({ params: { workflow: "tickets" }, body: { count: 1 } });
    await client.giveVerdict({
      params: { case: ticket.caseId },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    await reaches(ticket.caseId, "delivered");
  });

  test("another workflow's case reaches its model", async () => {
    const { caseId } = await submit("letters", "L-1", "the bill");
    await reaches(caseId, "in_review");
  });
});

describe("a case that cannot be opened", async () => {
  const web = await install({ role: "web" });
  const { client } = web;
  await launch(web, {
    workflow: { deliveries: [{ name: "results", kind: "webhook", connection: "missing" }] },
  });
  const submit = async (externalId: string) =>
    (
      await client.submitCase({
        params: { workflow: "tickets" },
        body: { externalId, input: { text: "the bill" } },
      })
    ).caseId;
  const [whole, damaged, keyless, tried] = [
    await submit("whole"),
    await submit("damaged"),
    await submit("keyless"),
    await submit("tried"),
  ];
  const { database } = web.app;
  const damage = (caseId: string) =>
    database.run(sql`update case_content set sealed = '\\x00' where case_id = ${caseId}`);
  const faults = (caseId: string) =>
    database.one<{ faults: number; worker: string | null; waits: number }>(sql`
    select faults, worker, extract(epoch from next_at - received_at)::float8 as waits from case_ where id = ${caseId}`);
  for (const caseId of [damaged, tried]) await damage(caseId);
  await database.run(sql`delete from case_key where owner = ${keyless}`);
  await database.run(sql`update case_ set faults = 4 where id = any(${[damaged, keyless]})`);
  await install({ role: "worker", databaseUrl: web.databaseUrl, dataHome: web.dataHome });
  const reaches = (caseId: string, state: string) =>
    until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === state,
    );

  test("harms no other one of its claim", async () => {
    expect((await reaches(whole, "in_review")).attempts).toMatchObject([{ state: "answered" }]);
  });

  test("goes to a person after the fifth try, with the reason", async () => {
    for (const caseId of [damaged, keyless])
      expect((await reaches(caseId, "in_review")).decision).toMatchObject({
        outcome: "fallback",
        reasons: [{ code: "internal_fault" }],
      });
  });

  test("keeps nobody from reviewing the others, and says what is wrong with it", async () => {
    const params = { workflow: "tickets" };
    const { reviews } = await client.claimReviews({ params, body: { count: 10 } });
    expect(reviews.map((one) => one.caseId)).toEqual([whole]);
    await client.releaseReview({ params: { case: whole }, body: { lease: reviews[0]!.lease } });
    await database.run(sql`update review set lease_until = '2000-01-01' where case_id = ${damaged}`);
    await expect(client.claimReview({ params: { case: damaged }, body: {} })).rejects.toThrow(
      /does not open/,
    );
  });

  test("is given back before that, with pauses that grow", async () => {
    const found = await until(
      () => faults(tried),
      (row) => row.faults > 0 && row.worker === null,
    );
    expect(found.waits).toBeGreaterThanOrEqual(5 * (2 ** found.faults - 1));
  });

  test("in delivery ends with a dead letter", async () => {
    const { reviews } = await client.claimReviews({ params: { workflow: "tickets" }, body: { count: 1 } });
    expect(reviews).toMatchObject([{ caseId: whole }]);
    await client.giveVerdict({
      params: { case: whole },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    await reaches(whole, "delivering");
    await damage(whole);
    // As soon as the try that is under way has ended.
    await until(
      () =>
        database.run(
          sql`update case_ set faults = 4, next_at = received_at where id = ${whole} and worker is null`,
        ),
      (touched) => touched === 1,
    );
    const ended = await reaches(whole, "failed_delivery");
    expect(ended.deliveries).toMatchObject([{ state: "dead", error: expect.stringContaining("given up") }]);
  });
});

test("a stop waits neither for a model that hangs nor for a batch whose sender is silent", async () => {
  const stopping = await install();
  const { client } = stopping;
  const other = await install({
    role: "web",
    databaseUrl: stopping.databaseUrl,
    dataHome: stopping.dataHome,
  });
  await launch(stopping, { script: HANGING, release: { model: { connection: "script", timeout: 60_000 } } });
  const hanging = await client.submitCase({
    params: { workflow: "tickets" },
    body: { externalId: "S-1", input: { text: "hang" } },
  });
  await until(
    () => client.getCase({ params: { case: hanging.caseId } }),
    (found) => found.state === "running",
  );
  const socket = connect(Number(new URL(stopping.url).port), "127.0.0.1");
  const lines = Array.from(
    { length: 1_500 },
    (_, i) => `${JSON.stringify({ externalId: `B-${i}`, input: { text: "hang" } })}\n`,
  ).join("");
  socket.write(
    `POST /api/v1/workflows/tickets/cases/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${stopping.key}\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n${lines.length.toString(16)}\r\n${lines}\r\n`,
  );
  let answer = "";
  const answering = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    socket.on("data", (data) => {
      answer += data.toString("utf8");
      if (answer.includes('"B-100"')) answering.resolve();
    });
    socket.on("end", () => resolve());
  });
  await answering.promise;

  const began = performance.now();
  await stopping.stop();
  await ended;
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(answer).toContain('"code":"intake_stopped"');
  expect(answer).toContain('"summary":');
  // Given back at once, to be taken up by the next process.
  const answered = [...answer.matchAll(/"status":"admitted"/g)].length;
  const held = await other.app.database.one(
    sql`select count(*)::int as cases, count(*) filter (where worker is null and next_at is not null)::int as free from case_`,
  );
  expect(held).toEqual({ cases: answered + 1, free: answered + 1 });
});

describe("a workflow that stands on intake only", async () => {
  const installation = await install();
  const { client, app } = installation;
  await launch(installation);
  const { database } = app;
  const climb = (rung: number) =>
    database.run(sql`update workflow set rung = ${rung} where name = 'tickets'`);

  test("has no due cases, and all of them as soon as the ladder lets them go on", async () => {
    await climb(3);
    const { caseId } = await client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "kept", input: { text: "the bill" } },
    });
    expect(await dueWorkflows(database, idTime(caseId) + 60_000)).toEqual([]);
    await climb(0);
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state !== "received",
    );
  });
});
