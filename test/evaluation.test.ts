/**
 * Evaluation sets: labelled cases become a set, a release answers its items in the background, the figures are counted
 * from what was stored. Bad lines, leaks, a killed worker and a dead provider included.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, releaseDocument, until, type Installation } from "./support/installation.ts";
import { environmentFor, keepRunning } from "./support/processes.ts";
import { failure } from "./support/provider-plays.ts";
import { startProvider, type Answering } from "./support/provider.ts";

const params = { workflow: "tickets" };
/** Stands in items only. */
const MARK = "ItemWord";

type Query = Parameters<Client["importSet"]>[1];

async function importFile(client: Client, text: string, query: Query) {
  const told: { line: number; message: string | undefined }[] = [];
  for await (const line of client.importSet("tickets", query, Readable.from([Buffer.from(text)]))) {
    if (line.code !== undefined) return { told, code: line.code, message: line.message };
    if (line.line !== undefined) told.push({ line: line.line, message: line.message });
    if (line.set) return { told, set: line.set, dropped: line.dropped };
  }
  throw new Error("the import answered no last line");
}

const item = (text: string, category: string, more: JsonObject = {}) =>
  `${JSON.stringify({ input: { text, ...more }, output: { category } })}\n`;
const items = (count: number, category = "billing") =>
  Array.from({ length: count }, (_, i) => item(`${MARK} ${i}`, category)).join("");

const finished = (client: Client, run: string) =>
  until(
    () => client.getEvaluation({ params: { run } }),
    (found) => found.state === "done" || found.state === "failed",
  );

async function evaluate(client: Client, set: string, release: string, step = 0) {
  const { id } = await client.startEvaluation({ params, body: { set, release, step } });
  return finished(client, id);
}

describe("importing a set", async () => {
  const installation = await install();
  const { client, app } = installation;
  await launch(installation, { share: 0 });

  test("names the lines that cannot be used, leaves out what was said before, and counts both", async () => {
    const file = [
      item("one", "billing"),
      "not json\n",
      item("two", "technical", { fax: "123" }),
      "\n",
      `${JSON.stringify({ input: { text: "three" } })}\n`,
      item("one", "billing"),
      item("four", "no class of ours"),
      `${JSON.stringify({ input: { text: 5 }, output: { category: "other" } })}\n`,
      item("one", "technical"),
    ].join("");
    const { told, set, dropped } = await importFile(client, file, { name: "may" });
    expect(told.map((one) => one.line)).toEqual([2, 5, 7, 8]);
    expect(told[2]!.message).toContain("output: category: must be one of");
    expect(set).toMatchObject({
      name: "may",
      version: 1,
      kind: "sealed",
      items: 3,
      duplicates: 1,
      refused: 4,
      looks: 0,
      importedBy: "E. Brandt",
    });
    expect(dropped).toEqual(["input.fax"]);
    const again = await importFile(client, item("one", "billing"), { name: "may", kind: "development" });
    expect(again.set).toMatchObject({ version: 2, kind: "development", items: 1 });
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets.map((one) => `${one.name}@${one.version}`)).toEqual(["may@2", "may@1"]);
    expect(await client.getEvaluationSet({ params: { ...params, set: "may@1" } })).toMatchObject({
      id: set!.id,
      runs: [],
    });
  });

  test("reads CSV by the fields of the schemas, and tells which column is meant when both have it", async () => {
    const csv = `text;amount;category;remark\r\n"a ""quoted"" bill";12.5;billing;x\r\nno class;1;;y\r\n`;
    const { told, set, dropped } = await importFile(client, csv, { name: "sheet", format: "csv" });
    expect(set).toMatchObject({ items: 1, refused: 1 });
    expect(told[0]).toMatchObject({ line: 3 });
    expect(dropped).toEqual(["remark"]);
    await client.publishRelease({
      params,
      body: {
        document: releaseDocument({
          input: {
            type: "object",
            properties: { text: { type: "string" }, category: { type: "string" } },
            required: ["text"],
            additionalProperties: false,
          },
          policy: { text: "allow", category: "drop" },
          facets: { input: [], output: [] },
        }),
      },
    });
    await app.database.run(
      sql`update workflow set reference_release = (select id from release order by id desc limit 1)`,
    );
    expect(
      await importFile(client, "text,category\na,billing\n", { name: "two", format: "csv" }),
    ).toMatchObject({ code: "bad_request", message: expect.stringContaining("output.category") });
    const named = await importFile(client, "text,output.category\na,billing\n", {
      name: "two",
      format: "csv",
    });
    expect(named.set).toMatchObject({ items: 1 });
  });

  test("keeps nothing of a file without a usable line, nor of one that breaks off", async () => {
    expect(await importFile(client, "{}\n[]\n", { name: "empty" })).toMatchObject({ code: "bad_request" });
    const broken = (async function* () {
      yield Buffer.from(item("a", "billing"));
      await Promise.resolve();
      throw new Error("the line went dead");
    })();
    const sending = (async () => {
      for await (const line of client.importSet("tickets", { name: "broken" }, broken)) void line;
    })();
    await expect(sending).rejects.toThrow();
    const left = () =>
      app.database.all(sql`select name from evaluation_set where name in ('empty', 'broken')`);
    await until(left, (rows) => rows.length === 0);
  });

  test("stores its content sealed, item by item, and the audit log has its digest and who it was", async () => {
    await importFile(client, items(3), { name: "sealed" });
    const rows = await app.database.all<{ sealed: Buffer; wrapped: Buffer }>(
      sql`select sealed, wrapped from evaluation_item`,
    );
    expect(rows.some((row) => row.sealed.includes(MARK))).toBe(false);
    expect(new Set(rows.map((row) => row.wrapped.toString("hex"))).size).toBe(rows.length);
    const { body } = await app.database.one<{ body: string }>(
      sql`select body from audit_event where kind = 'evaluation.imported' order by id desc limit 1`,
    );
    expect(body).not.toContain(MARK);
    expect(JSON.parse(body)).toMatchObject({
      actor: { name: "E. Brandt" },
      data: { name: "sealed", items: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test("takes 20,000 items of some kilobytes while other requests are answered", async () => {
    const filler = "lorem ipsum dolor sit amet ".repeat(80);
    async function* file() {
      for (let i = 0; i < 20_000; i += 100)
        yield Buffer.from(
          Array.from({ length: 100 }, (_, k) => item(`${i + k} ${filler}`, "billing")).join(""),
        );
    }
    let slowest = 0;
    let asked = 0;
    let importing = true;
    const asking = (async () => {
      while (importing) {
        const begun = performance.now();
        await client.getWorkflow({ params });
        slowest = Math.max(slowest, performance.now() - begun);
        asked++;
      }
    })();
    let found;
    for await (const line of client.importSet("tickets", { name: "large", drawn: "chance" }, file()))
      found = line.set ?? found;
    importing = false;
    await asking;
    expect(found).toMatchObject({ items: 20_000, refused: 0 });
    expect(asked).toBeGreaterThan(20);
    expect(slowest).toBeLessThan(2_000);
  });
});

describe("evaluating a release", async () => {
  const installation = await install();
  const { client, app } = installation;
  const release = await launch(installation, {
    share: 0,
    release: { confidence: { from: "model" }, decide: { review: ["input.text.contains('lawyer')"] } },
  });

  test("answers every item once, by the release's own rule, with exact figures", async () => {
    const file = `${items(18)}${item("a cable", "billing")}${item("a lawyer", "billing")}`;
    await importFile(client, file, { name: "may" });
    const run = await evaluate(client, "may", release);
    expect(run).toMatchObject({
      state: "done",
      items: 20,
      answered: 20,
      failed: 0,
      leftOut: 0,
      right: 19,
      wrong: 1,
      accuracy: { value: 0.95 },
      startedBy: "E. Brandt",
    });
    // Clopper-Pearson for 19 of 20, two-sided 95 %.
    expect(run.accuracy!.lower).toBeCloseTo(0.751267, 5);
    expect(run.accuracy!.upper).toBeCloseTo(0.998735, 5);
    const scores = await app.database.all(
      sql`select confidence, wrong, wrong_fields, by_rule, facets, model from evaluation_score where run_id = ${run.id} order by no desc limit 2`,
    );
    expect(scores).toEqual([
      {
        confidence: 0.9,
        wrong: false,
        wrong_fields: [],
        by_rule: true,
        facets: { "output.category": "billing" },
        model: "script",
      },
      {
        confidence: 0.8,
        wrong: true,
        wrong_fields: ["category"],
        by_rule: false,
        facets: { "output.category": "technical" },
        model: "script",
      },
    ]);
    expect(await client.getEvaluationSet({ params: { ...params, set: "may" } })).toMatchObject({
      looks: 1,
      runs: [{ id: run.id, state: "done" }],
    });
    const kinds = await app.database.all<{ kind: string }>(
      sql`select kind from audit_event where kind like 'evaluation.%' order by id`,
    );
    expect(kinds.map((row) => row.kind)).toEqual([
      "evaluation.imported",
      "evaluation.started",
      "evaluation.finished",
    ]);
  });

  test("a set, a release or a step that is not there is refused", async () => {
    const start = (body: { set: string; release: string; step: number }) =>
      client.startEvaluation({ params, body });
    await expect(start({ set: "none", release, step: 0 })).rejects.toMatchObject({ code: "not_found" });
    await expect(start({ set: "may", release: "rel_none", step: 0 })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(start({ set: "may", release, step: 1 })).rejects.toMatchObject({ code: "wrong_state" });
    await expect(start({ set: "may@9", release, step: 0 })).rejects.toMatchObject({ code: "not_found" });
  });

  test("a sealed set certifies the step that was evaluated, a development set nothing", async () => {
    await importFile(client, items(270), { name: "large", drawn: "chance" });
    await importFile(client, items(240), { name: "tuning", kind: "development", drawn: "chance" });
    const certify = (set: string) => client.certify({ params, body: { release, step: 0, from: "set", set } });
    await importFile(client, items(3), { name: "unstated" });
    await expect(certify("unstated")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("nobody has stated how its cases were drawn"),
      hint: expect.stringContaining("--drawn chance"),
    });
    await expect(certify("large")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("no finished run"),
    });
    const run = await evaluate(client, "large", release);
    await evaluate(client, "tuning", release);
    await expect(certify("tuning")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("development set"),
    });
    // The run over the set of before was the first that this release made over a sealed one.
    expect(await certify(run.id)).toMatchObject({ look: 2, result: "certified" });
    // Runs that nobody certified from cost as much as looks; those over development sets cost nothing.
    await evaluate(client, "large", release);
    await evaluate(client, "large", release);
    const third = await evaluate(client, "large", release);
    expect(await certify(third.id)).toMatchObject({ look: 5 });
    expect(await certify("large")).toMatchObject({ look: 5 });
    await app.database.run(sql`update evaluation_run set started_at = started_at - interval '91 days'`);
    await expect(certify("large")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("of the last 90 days"),
    });
  });

  test("what the release learned from is left out, and told", async () => {
    const examples = ["billing", "technical"]
      .flatMap((category) =>
        Array.from({ length: 20 }, (_, i) => item(`example ${i} about ${category}`, category)),
      )
      .join("");
    const { id } = await client.publishRelease({
      params,
      body: {
        document: releaseDocument({
          model: { local: "sorter" },
          local: { sorter: {} },
          confidence: { from: "model" },
          examples: { digest: createHash("sha256").update(examples).digest("hex"), count: 40 },
        }),
        examples,
      },
    });
    await until(
      () => client.getRelease({ params: { release: id } }),
      (found) => found.state === "ready",
    );
    // What the data policy drops does not make it another example.
    const file = `${item("example 3 about billing", "billing", { secret: "x" })}${item("new words about billing", "billing")}`;
    await importFile(client, file, { name: "leaky" });
    expect(await evaluate(client, "leaky", id)).toMatchObject({ items: 2, answered: 1, leftOut: 1 });
  });
});

/** A workflow whose release asks a provider of the test. */
async function withProvider(answer: Answering, role: "web" | "all" = "all") {
  const provider = await startProvider({ answer });
  const installation: Installation = await install({ role });
  await installation.client.saveConnection({
    params: { name: "chat" },
    body: { settings: { kind: "openai", baseUrl: provider.url } },
  });
  const release = await launch(installation, {
    script: null,
    share: 0,
    release: {
      model: { connection: "chat", name: "small", timeout: 30_000 },
      prompt: "Sort.\n---\n{{ input }}",
    },
  });
  return { ...installation, provider, release };
}

describe("when things go wrong", () => {
  test("a provider that is busy is asked again; a dead one ends the run with a reason", async () => {
    const { client, provider, release } = await withProvider(() => ({ output: { category: "billing" } }));
    await importFile(client, items(60), { name: "may" });
    provider.play(failure(503, { message: "busy" }));
    expect(await evaluate(client, "may", release)).toMatchObject({ answered: 60, failed: 0 });
    provider.play(...Array.from({ length: 60 }, () => failure(403, { message: `no ${MARK}` })));
    const dead = await evaluate(client, "may", release);
    expect(dead).toMatchObject({ state: "failed", answered: 0 });
    expect(dead.problem).toContain("model_refused");
    expect(dead.problem).not.toContain(MARK);
    // Those that were on their way when it was noticed, and no more.
    expect(dead.failed).toBeLessThan(40);
    await provider.stop();
  });

  test("answers that nobody can use are wrong, and do not end the run", async () => {
    const { client, provider, release } = await withProvider(() => ({ output: { category: "no class" } }));
    await importFile(client, items(40), { name: "may" });
    expect(await evaluate(client, "may", release)).toMatchObject({
      state: "done",
      answered: 0,
      failed: 40,
      unusable: 40,
      wrong: 40,
    });
    await provider.stop();
  });

  test("a provider that is down for a moment is left alone until its trial, and every item is answered", async () => {
    const { client, provider, release } = await withProvider(() => ({ output: { category: "billing" } }));
    await importFile(client, items(40), { name: "may" });
    // The eight that are asked about at once; five of them open the breaker.
    provider.play(...Array.from({ length: 8 }, () => failure(503, { message: "busy" })));
    expect(await evaluate(client, "may", release)).toMatchObject({ state: "done", answered: 40, failed: 0 });
    expect(provider.requests).toHaveLength(48);
    await provider.stop();
  });

  test("two people who ask for the same run at once get one", async () => {
    const go = Promise.withResolvers<void>();
    const { client, provider, release } = await withProvider(async () => {
      await go.promise;
      return { output: { category: "billing" } };
    });
    await importFile(client, items(5), { name: "may" });
    const body = { set: "may", release, step: 0 };
    const [one, other] = await Promise.all([
      client.startEvaluation({ params, body }),
      client.startEvaluation({ params, body }),
    ]);
    expect(one.id).toBe(other.id);
    go.resolve();
    expect(await finished(client, one.id)).toMatchObject({ answered: 5 });
    expect(await client.getEvaluationSet({ params: { ...params, set: "may" } })).toMatchObject({ looks: 1 });
    await provider.stop();
  });

  test("a worker that is killed leaves what it had answered; the next one asks about the rest only", async () => {
    const TOTAL = 40;
    const half = Promise.withResolvers<void>();
    let frozen = true;
    let calls = 0;
    const { client, app, provider, release, databaseUrl, dataHome } = await withProvider(() => {
      if (++calls > TOTAL / 2) half.resolve();
      return frozen && calls > TOTAL / 2 ? new Promise<never>(() => {}) : { output: { category: "billing" } };
    }, "web");
    await importFile(client, items(TOTAL), { name: "may" });
    const { id } = await client.startEvaluation({ params, body: { set: "may", release, step: 0 } });
    const killed = keepRunning({
      role: "worker",
      environment: environmentFor({
        DATABASE_URL: databaseUrl,
        PILOTAGE_DATA: dataHome,
        PILOTAGE_LOG_LEVEL: "info",
        PILOTAGE_DATABASE_CONNECTIONS: "3",
      }),
    });
    await half.promise;
    const answered = async () => (await client.getEvaluation({ params: { run: id } })).answered;
    await until(answered, (count) => count === TOTAL / 2);
    await killed.end();
    frozen = false;
    const before = await app.database.all(
      sql`select no, xmin::text from evaluation_score where run_id = ${id} order by no`,
    );
    const inFlight = calls - TOTAL / 2;
    const second = await install({ role: "worker", databaseUrl, dataHome });
    expect(await finished(client, id)).toMatchObject({ state: "done", answered: TOTAL, failed: 0 });
    expect(calls).toBe(TOTAL + inFlight);
    expect(inFlight).toBeLessThanOrEqual(8);
    const after = await app.database.all(
      sql`select no, xmin::text from evaluation_score where run_id = ${id} order by no`,
    );
    expect(after).toHaveLength(TOTAL);
    expect(after).toEqual(expect.arrayContaining(before));
    await second.stop();
    await provider.stop();
  });
});
