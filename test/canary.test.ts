/**
 * The canary: another model behind the same name is noticed, certificates are suspended, owners are told; and chance, trouble
 * and scripts are no reason for that. Everything is the real program over real HTTP.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { insertPerson, personByEmail, replaceGrants } from "../src/access/people-store.ts";
import { claimDue } from "../src/cases/model/canary-store.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { automatic } from "./support/automatic.ts";
import { startCharacters, type Character } from "./support/characters.ts";
import { startFaultProvider } from "./support/fault-provider/fault-provider.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, until } from "./support/installation.ts";
import { openMailbox, textOf } from "./support/mailbox.ts";
import { startProvider } from "./support/provider.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUESTIONS = 16;
const folder = temporaryFolder("canary-prices");
afterAll(() => removeFolder(folder));
const prices = join(folder, "prices.yaml");
writeFileSync(
  prices,
  `date: 2026-01-02
currency: EUR
providers:
  - name: the characters
    kinds: [openai]
    models:
      - { for: [small-1, judge-1], input: "10", output: "40" }
`,
);

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T06:00:00Z" } });
const { client, app } = installation;
const { database } = app;
const mailbox = await openMailbox();
await client.saveConnection({
  params: { name: "mail" },
  body: {
    settings: {
      kind: "smtp",
      host: "127.0.0.1",
      port: mailbox.port,
      security: "none",
      from: "pilotage@example.com",
    },
  },
});
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

const SMALL: Character = { name: "small-1", version: "fp_1", character: "small" };
const JUDGE: Character = { name: "judge-1", version: "fp_1", character: "judge" };
const provider = await startCharacters({ small: SMALL, judge: JUDGE });
afterAll(() => provider.stop());
beforeEach(() => {
  Object.assign(provider.models, { small: SMALL, judge: JUDGE });
  provider.list = undefined;
});

let made = 0;
/** A connection of its own to the provider. */
async function connect(more: JsonObject = {}, url = provider.url): Promise<string> {
  const name = `provider-${made++}`;
  await client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: url, ...more } },
  });
  return name;
}
const asking = (connection: string, more: JsonObject = {}): JsonObject => ({
  model: { connection, name: "small", temperature: 0, timeout: 5_000 },
  prompt: "Sort this: {{ input.text }}",
  ...more,
});
const verified = (connection: string): JsonObject =>
  asking(connection, {
    confidence: {
      from: "verifier",
      prompt: "Verify this: {{ output.category }}",
      model: { connection, name: "judge", temperature: 0, timeout: 5_000 },
    },
  });

async function workflowOver(connection: string, release: JsonObject = asking(connection)): Promise<string> {
  const workflow = `canary-${made++}`;
  await launch(installation, { script: null, workflow: { workflow }, release: { workflow, ...release } });
  return workflow;
}

const runsOf = async (connection: string, model = "small") =>
  (await client.listCanaryRuns({ query: { connection, model } })).runs;
const modelOf = async (connection: string, model = "small") =>
  (await client.listModels()).models.find((one) => one.connection === connection && one.model === model);
/** Waits until the canary knows the model, then until so many runs are there. */
async function noticed(connection: string, model = "small") {
  await until(
    () => modelOf(connection, model),
    (one) => one !== undefined && one.nextCanaryAt !== null,
  );
}
async function runs(connection: string, count: number, model = "small") {
  return until(
    () => runsOf(connection, model),
    (found) => found.length >= count,
  );
}
/** A workflow whose model is known. */
async function known(more: JsonObject = {}) {
  const connection = await connect(more);
  const workflow = await workflowOver(connection);
  await noticed(connection);
  await client.runCanary({ params: { name: connection }, body: {} });
  const [baseline] = await runs(connection, 1);
  expect(baseline).toMatchObject({ outcome: "baseline", because: null });
  return { connection, workflow };
}
const ask = async (connection: string, count: number, model?: string) => {
  await client.runCanary({ params: { name: connection }, body: model === undefined ? {} : { model } });
  return runs(connection, count, model);
};
const eventsOf = (kind: string, workflow: string) =>
  database.all<{ body: string }>(
    sql`select body from audit_event where kind = ${kind} and workflow = ${workflow} order by id`,
  );
const certificatesOf = async (workflow: string) =>
  (await client.listCertificates({ params: { workflow }, query: {} })).certificates;

describe("a model in use", () => {
  test("is asked first an hour after it came into use, and then once a day", async () => {
    const connection = await connect();
    await workflowOver(connection);
    await noticed(connection);
    const found = await modelOf(connection);
    expect(Date.parse(found!.nextCanaryAt!) - app.clock.now()).toBeLessThanOrEqual(HOUR);
    const before = provider.asked.length;
    await pass(HOUR - 1);
    expect(provider.asked).toHaveLength(before);
    await pass(1);
    const [baseline] = await runs(connection, 1);
    expect(baseline).toMatchObject({
      outcome: "baseline",
      model: "small",
      calls: 3 * QUESTIONS,
      answered: [{ model: "small-1", version: "fp_1" }],
      inputTokens: 3 * QUESTIONS * 60,
      askedBy: null,
    });
    await pass(DAY - 1);
    expect(await runsOf(connection)).toHaveLength(1);
    await pass(1);
    const [same] = await runs(connection, 2);
    expect(same).toMatchObject({
      outcome: "same",
      calls: QUESTIONS,
      compared: QUESTIONS,
      differing: 0,
      change: null,
    });
    expect(Date.parse((await modelOf(connection))!.nextCanaryAt!) - app.clock.now()).toBe(DAY);
  });

  test("is asked at temperature 0, about nobody, and nothing of a case", async () => {
    const { connection } = await known();
    const asked = provider.asked.slice(-3 * QUESTIONS);
    expect(asked.every(({ body }) => body["temperature"] === 0 && body["model"] === "small")).toBe(true);
    expect(new Set(asked.map((one) => one.question)).size).toBe(QUESTIONS);
    expect(JSON.stringify(asked)).not.toContain("Sort this:");
    await client.removeConnection({ params: { name: connection } }).catch(() => undefined);
  });

  test("is asked once, however many workers look", async () => {
    const { connection } = await known();
    await database.run(
      sql`update canary set next_at = '2026-01-01' , worker = null, claimed_until = null where connection = ${connection}`,
    );
    const now = Date.parse("2026-01-01T00:00:00Z");
    const claims = await Promise.all(
      ["a", "b", "c", "d"].map((worker) => claimDue(database, worker, { now, until: now + HOUR })),
    );
    expect(claims.filter((one) => one?.connection === connection).length).toBeLessThanOrEqual(1);
    await runs(connection, 1);
  });

  test("that goes out of use is asked no more", async () => {
    const { connection, workflow } = await known();
    await launch(installation, { workflow: { workflow }, release: { workflow } });
    await until(
      () => modelOf(connection),
      (one) => one === undefined,
    );
    await until(
      () => database.all(sql`select 1 from canary where connection = ${connection}`),
      (rows) => rows.length === 0,
    );
  });
});

describe("another model behind the same name", () => {
  test("by its name: the certificate is suspended, the owner is told, and its answers are the known ones from then on", async () => {
    const connection = await connect();
    const workflow = `canary-${made++}`;
    await automatic(installation, workflow, { people: { owner: "olga@example.com" } }, verified(connection));
    await noticed(connection);
    await client.runCanary({ params: { name: connection }, body: {} });
    await Promise.all([runs(connection, 1), runs(connection, 1, "judge")]);
    provider.models["small"] = { ...SMALL, name: "small-2", character: "other" };
    await ask(connection, 3, "small");
    const [baseline, changed] = await runsOf(connection);
    expect(changed).toMatchObject({ outcome: "changed", change: "name" });
    expect(baseline).toMatchObject({
      outcome: "baseline",
      answered: [{ model: "small-2", version: "fp_1" }],
    });
    expect(await certificatesOf(workflow)).toMatchObject([
      { inForce: false, standing: expect.stringContaining("another model behind the name") as string },
    ]);
    expect(await eventsOf("certificate.suspended", workflow)).toHaveLength(1);
    const [event] = await eventsOf("model.changed", workflow);
    expect(event!.body).toContain('"before":"small-1 (fp_1)"');
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: "later", input: { text: "the bill" } },
    });
    const later = await until(
      () => client.getCase({ params: { case: caseId } }),
      (one) => one.state === "in_review" || one.state === "delivered",
    );
    expect(later).toMatchObject({ state: "in_review", decision: { reasons: [{ code: "no_certificate" }] } });
    const { needs } = await client.getOverview({ params: { workflow }, query: {} });
    expect(needs).toContainEqual(
      expect.objectContaining({
        code: "model_renamed",
        values: { model: `${connection} small`, before: "small-1 (fp_1)", after: "small-2 (fp_1)" },
      }),
    );
    const { models } = await client.getOperations({ params: { workflow } });
    expect(models[0]).toMatchObject({ model: "small", lastChange: { change: "name" } });
    expect(await ask(connection, 4, "small")).toMatchObject([{ outcome: "same" }, {}, {}, {}]);
  });

  test("by its version alone, or by its behaviour alone", async () => {
    const { connection } = await known();
    provider.models["small"] = { ...SMALL, version: "fp_2" };
    const [, versioned] = await ask(connection, 3);
    expect(versioned).toMatchObject({ outcome: "changed", change: "version", differing: 0 });
    provider.models["small"] = { ...SMALL, version: "fp_2", character: "other" };
    const found = await ask(connection, 5);
    const [, behaves] = found;
    expect(behaves).toMatchObject({
      outcome: "changed",
      change: "behaviour",
      compared: QUESTIONS,
      calls: 3 * QUESTIONS,
    });
    expect(behaves!.differing).toBeGreaterThanOrEqual(behaves!.changedFrom!);
  });

  test("is told once to each owner, in words, with what follows", async () => {
    const { connection, workflow } = await known();
    await database.transaction(async (tx) => {
      const now = app.clock.now();
      const person = {
        id: app.newId("person"),
        email: "otto@example.com",
        name: "Otto",
        locale: "de-DE",
        now,
        by: "test",
      };
      await insertPerson(tx, person);
      const { id } = (await personByEmail(tx, "otto@example.com"))!;
      await replaceGrants(tx, id, "granted", [{ role: "owner", workflow }], "test", now);
    });
    provider.models["small"] = { ...SMALL, name: "small-2" };
    await ask(connection, 3);
    await until(
      () => Promise.resolve(mailbox.mails.filter((mail) => mail.to.includes("otto@example.com"))),
      (mails) => mails.length === 1,
    );
    const mail = mailbox.mails.find((one) => one.to.includes("otto@example.com"))!;
    expect(textOf(mail)).toContain("antwortet als small-2 (fp_1); bisher war es small-1 (fp_1)");
    await until(
      () => eventsOf("notice.sent", workflow),
      // Whoever is named in the definition is an owner, too.
      (events) => events.length === 2,
    );
  });

  test("is noticed although the database refuses to change what was noticed", async () => {
    const { connection } = await known();
    await expect(
      database.run(sql`update canary_run set outcome = 'same' where connection = ${connection}`),
    ).rejects.toThrow();
    await expect(
      database.run(sql`delete from canary_run where connection = ${connection}`),
    ).rejects.toThrow();
  });
});

describe("no change is", () => {
  test("an answer or two that stray, however often", async () => {
    const { connection } = await known();
    // Of this character two questions are such.
    const strays = { ...SMALL, strays: 2 };
    provider.models["small"] = strays;
    for (let day = 2; day <= 6; day++) {
      const [run] = await ask(connection, day);
      expect(run).toMatchObject({ outcome: "same", change: null });
    }
  });

  test("a model whose answers vary: only its name and version are compared, by one question a day", async () => {
    const connection = await connect();
    await workflowOver(connection);
    await noticed(connection);
    provider.models["small"] = { ...SMALL, strays: 16 };
    const [baseline] = await ask(connection, 1);
    expect(baseline).toMatchObject({ outcome: "baseline", because: "answers_vary" });
    expect((await ask(connection, 2))[0]).toMatchObject({
      outcome: "same",
      because: "answers_vary",
      calls: 1,
      compared: 0,
    });
    provider.models["small"] = { ...SMALL, name: "small-2", strays: 16 };
    expect((await ask(connection, 4))[1]).toMatchObject({ outcome: "changed", change: "name" });
  });

  test.each([
    ["that is overloaded", { refuses: { status: 503, type: "server_error" } }, "overloaded"],
    ["that refuses the key", { refuses: { status: 401, type: "invalid_request_error" } }, "auth"],
  ])("a provider %s: it cannot be told, and is tried again in an hour", async (_, trouble, because) => {
    const { connection, workflow } = await known();
    provider.models["small"] = { ...SMALL, ...trouble };
    const [run] = await ask(connection, 2);
    expect(run).toMatchObject({ outcome: "inconclusive", because, change: null });
    expect(await eventsOf("model.changed", workflow)).toHaveLength(0);
    provider.models["small"] = SMALL;
    await pass(HOUR - 1);
    expect(await runsOf(connection)).toHaveLength(2);
    await pass(1);
    expect((await runs(connection, 3))[0]).toMatchObject({ outcome: "same" });
  });

  test("a provider that plays the faults of a bad day", async () => {
    const faults = await startFaultProvider({ speed: 50 });
    afterAll(() => faults.stop());
    const connection = await connect({}, faults.url);
    await workflowOver(
      connection,
      asking(connection, { model: { connection, name: "primary", timeout: 5_000 } }),
    );
    await noticed(connection, "primary");
    faults.play("S04");
    const [down] = await ask(connection, 1, "primary");
    expect(down).toMatchObject({ outcome: "inconclusive", because: "overloaded", calls: 2 });
    faults.play("S13");
    expect((await ask(connection, 2, "primary"))[0]).toMatchObject({
      outcome: "inconclusive",
      because: "refused_content",
    });
    // It answers, but never in the form that is asked for: its name is all that there is to compare.
    faults.play("healthy");
    expect((await ask(connection, 3, "primary"))[0]).toMatchObject({
      outcome: "baseline",
      because: "answers_vary",
      answered: [{ model: faults.answeredBy("primary") }],
    });
  });

  test("a budget that is spent: it cannot be told, and nobody is asked", async () => {
    const own = await install({
      settings: { PILOTAGE_CLOCK: "2026-01-05T06:00:00Z", PILOTAGE_PRICES: prices },
    });
    await own.client.saveConnection({
      params: { name: "paid" },
      body: { settings: { kind: "openai", baseUrl: provider.url } },
    });
    const model = { connection: "paid", name: "small-1", temperature: 0, timeout: 5_000 };
    provider.models["small-1"] = SMALL;
    await launch(own, { script: null, release: { ...asking("paid"), model } });
    const runsThere = () => own.client.listCanaryRuns({ query: {} }).then((found) => found.runs);
    await own.client.setBudget({
      params: { name: "paid" },
      body: { budget: { perMonth: 100, warnAt: 0.8 } },
    });
    await until(
      () => own.client.listModels(),
      ({ models }) => models[0]?.nextCanaryAt !== undefined && models[0].nextCanaryAt !== null,
    );
    await own.client.runCanary({ params: { name: "paid" }, body: {} });
    const [first] = await until(runsThere, (found) => found.length === 1);
    const cost = ((3 * QUESTIONS * (60 * 10 + 10 * 40)) / 1_000_000).toString();
    expect(first).toMatchObject({ outcome: "baseline", cost: { amount: cost, currency: "EUR" } });
    const { budgets } = await own.client.listBudgets();
    expect(budgets[0]!.standings[0]).toMatchObject({ used: cost });
    await own.client.setBudget({
      params: { name: "paid" },
      body: { budget: { perMonth: 0.01, warnAt: 0.8 } },
    });
    // A budget is believed for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const before = provider.asked.length;
    await own.client.runCanary({ params: { name: "paid" }, body: {} });
    const [spent] = await until(runsThere, (found) => found.length === 2);
    expect(spent).toMatchObject({ outcome: "inconclusive", because: "budget_spent", calls: 0, cost: null });
    expect(provider.asked).toHaveLength(before);
  });
});

describe("an own service", () => {
  const SECRET = `whsec_${Buffer.from("a secret used only in tests").toString("base64")}`;
  test("is asked about the examples of its release, and only digests of its answers are kept", async () => {
    let category = "billing";
    const service = await startProvider({ answer: () => ({ output: { category }, version: "own-3" }) });
    afterAll(() => service.stop());
    const connection = `own-${made++}`;
    await client.saveConnection({
      params: { name: connection },
      body: { settings: { kind: "http", url: service.ownUrl, secret: SECRET } },
    });
    const workflow = `canary-${made++}`;
    const examples = Array.from({ length: 9 }, (_, i) =>
      JSON.stringify({ input: { text: `example ${i}`, secret: "hush" }, output: { category: "billing" } }),
    ).join("\n");
    await launch(installation, {
      script: null,
      workflow: { workflow },
      release: {
        workflow,
        model: { connection, timeout: 5_000 },
        examples: { digest: createHash("sha256").update(examples).digest("hex"), count: 9 },
      },
      examples,
    });
    await noticed(connection, "");
    const [baseline] = await ask(connection, 1, "");
    expect(baseline).toMatchObject({ outcome: "baseline", calls: 27 });
    expect(service.requests.at(-1)!.body.toString()).toContain("example");
    expect(service.requests.at(-1)!.body.toString()).not.toContain("hush");
    const [stored] = await database.all<{ answers: string }>(
      sql`select answers::text as answers from canary_run where connection = ${connection}`,
    );
    expect(stored!.answers).not.toContain("billing");
    category = "technical";
    expect((await ask(connection, 3, ""))[1]).toMatchObject({
      outcome: "changed",
      change: "behaviour",
      compared: 9,
    });
  });

  test("without examples cannot be asked, which is said and costs nothing", async () => {
    const service = await startProvider({ answer: () => ({ output: { category: "billing" } }) });
    afterAll(() => service.stop());
    const connection = `own-${made++}`;
    await client.saveConnection({
      params: { name: connection },
      body: { settings: { kind: "http", url: service.ownUrl, secret: SECRET } },
    });
    await workflowOver(connection, { model: { connection, timeout: 5_000 } });
    await noticed(connection, "");
    expect((await ask(connection, 1, ""))[0]).toMatchObject({
      outcome: "inconclusive",
      because: "no_questions",
      calls: 0,
    });
    expect(service.requests).toHaveLength(0);
  });
});

describe("a script", () => {
  test("is never asked: nobody changes it but whoever wrote it", async () => {
    const workflow = `canary-${made++}`;
    await launch(installation, { workflow: { workflow }, release: { workflow } });
    await until(
      () => modelOf("script", ""),
      (one) => one?.workflows.includes(workflow) === true,
    );
    // Whatever came into use at the same time is known by then.
    const connection = await connect();
    await workflowOver(connection);
    await noticed(connection);
    expect(await modelOf("script", "")).toMatchObject({ canary: null, nextCanaryAt: null });
    await expect(client.runCanary({ params: { name: "script" }, body: {} })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("asking for a run", () => {
  test("of what nobody uses is refused in words", async () => {
    await expect(client.runCanary({ params: { name: "none" }, body: {} })).rejects.toMatchObject({
      code: "not_found",
    });
    const connection = await connect();
    await expect(client.runCanary({ params: { name: connection }, body: {} })).rejects.toMatchObject({
      code: "not_found",
    });
    const { connection: used } = await known();
    await expect(
      client.runCanary({ params: { name: used }, body: { model: "x".repeat(150) } }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      client.runCanary({ params: { name: used }, body: { model: "x".repeat(1_000) } }),
    ).rejects.toMatchObject({ code: "bad_request" });
    await expect(
      client.runCanary({ params: { name: used }, body: { all: true } as never }),
    ).rejects.toMatchObject({ code: "bad_request" });
  });

  test("is on record with its name, and is no matter of a single workflow's key", async () => {
    const { connection, workflow } = await known();
    const [run] = await runsOf(connection);
    expect(run!.askedBy).toBe("E. Brandt");
    const bound = await installation.clientFor(["operate"], { workflow });
    await expect(bound.listModels()).rejects.toMatchObject({ code: "forbidden" });
    await expect(bound.listCanaryRuns({ query: {} })).rejects.toMatchObject({ code: "forbidden" });
    await expect(bound.runCanary({ params: { name: connection }, body: {} })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
