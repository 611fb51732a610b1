/**
 * Shadow: a release answers the cases of the others, nobody sees or uses what it says, and what it says is compared with
 * the labels of those cases.
 */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, releaseDocument, resultsPath, until } from "./support/installation.ts";
import { environmentFor, keepRunning } from "./support/processes.ts";
import { failure } from "./support/provider-plays.ts";
import { startProvider, type Answering, type Provider, type ProviderCall } from "./support/provider.ts";

/** Stands in what the release in shadow says, and nowhere else. */
const MARK = "ShadowWord";
const params = { workflow: "tickets" };

/** People do the work, and a second release waits that answers through a provider of its own. */
async function begin(
  answer: Answering,
  options: { role?: "web" | "all"; release?: JsonObject; share?: number; workflow?: JsonObject } = {},
) {
  const provider = await startProvider({ answer });
  const installation = await install({ role: options.role ?? "all" });
  const { client } = installation;
  await client.saveConnection({
    params: { name: "second" },
    body: { settings: { kind: "openai", baseUrl: provider.url } },
  });
  const first = await launch(installation, { share: options.share ?? 0, workflow: options.workflow ?? {} });
  const { id } = await client.publishRelease({
    params,
    body: {
      document: releaseDocument({
        model: { connection: "second", name: "small", timeout: 30_000 },
        prompt: "Sort.\n---\n{{ input }}",
        ...options.release,
      }),
    },
  });
  return { ...installation, installation, provider, first, shadow: id };
}

type Begun = Awaited<ReturnType<typeof begin>>;

async function submit({ client }: Pick<Begun, "client">, externalId: string, more: JsonObject = {}) {
  const { drill = false, ...input } = more;
  const body = { externalId, input: { text: "a bill", ...input }, drill: drill === true };
  return (await client.submitCase({ params, body })).caseId;
}

const inReview = ({ client }: Pick<Begun, "client">, id: string) =>
  until(
    () => client.getCase({ params: { case: id } }),
    (found) => found.state === "in_review",
  );

async function verdict({ client }: Pick<Begun, "client">, id: string, category: string) {
  const { lease } = await client.claimReview({ params: { case: id }, body: {} });
  await client.giveVerdict({ params: { case: id }, body: { lease, verdict: "edit", output: { category } } });
}

const status = ({ client }: Pick<Begun, "client">) => client.getShadow({ params });
const answered = (begun: Begun, count: number) =>
  until(
    () => status(begun),
    (found) => found.answered === count,
  );
const compared = (begun: Begun, count: number) =>
  until(
    () => status(begun),
    (found) => found.compared === count,
  );

const says =
  (category: string): Answering =>
  () => ({ output: { category, note: `${MARK} ${category}` } });
const shownTo = (call: ProviderCall) => JSON.stringify(call.body);

describe("a release in shadow while people do the work", () => {
  let begun: Begun;
  let caseId: string;
  beforeAll(async () => {
    begun = await begin(says("technical"), {
      workflow: { undo: 60_000 },
      release: { policy: { text: "allow", amount: "allow", customer: "pseudonymise", secret: "drop" } },
    });
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    caseId = await submit(begun, "S-1", { customer: "Kunde 7", secret: "TopSecret" });
    await inReview(begun, caseId);
    await answered(begun, 1);
  });
  afterAll(() => begun.provider.stop());

  test("is named in the status, and its start is in the audit log with a person", async () => {
    expect(await begun.client.getWorkflow({ params })).toMatchObject({
      shadowRelease: begun.shadow,
      share: 0,
      candidateRelease: null,
    });
    const { body } = await begun.app.database.one<{ body: string }>(
      sql`select body from audit_event where kind = 'setting.changed' and body::json -> 'data' ->> 'setting' = 'shadow'`,
    );
    expect(JSON.parse(body)).toMatchObject({
      actor: { kind: "person", name: "E. Brandt" },
      data: { before: null, after: begun.shadow },
    });
  });

  test("gets what its own data policy lets through, and nothing else", () => {
    const sent = begun.provider.bytes().toString("utf8");
    expect(begun.provider.requests).toHaveLength(1);
    expect(sent).toContain("a bill");
    for (const hidden of ["Kunde 7", "TopSecret"]) expect(sent).not.toContain(hidden);
  });

  test("says nothing to anybody before the verdict, nor while it can be taken back", async () => {
    const { client, url, key } = begun;
    const views = async () => [
      await client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      await client.listCases({ params }),
      await client.listWorkflows(),
      await status(begun),
      await (await fetch(url)).text(),
      await (await fetch(`${url}/metrics`)).text(),
    ];
    const { reviews } = await client.claimReviews({ params, body: { count: 1 } });
    expect(reviews[0]).toMatchObject({ caseId, output: null, withheld: "none" });
    expect(JSON.stringify([reviews, await views()])).not.toContain(MARK);
    await client.giveVerdict({
      params: { case: caseId },
      body: { lease: reviews[0]!.lease, verdict: "edit", output: { category: "billing" } },
    });
    expect(JSON.stringify(await views())).not.toContain(MARK);
    const found = await client.getCase({ params: { case: caseId }, query: { content: "true" } });
    expect(found).toMatchObject({ state: "decided", shadow: [], content: { shadow: [] } });
    expect(found.history.map((event) => event.kind)).not.toContain("shadow.answered");
    expect(key).not.toBe("");
  });

  test("is compared with the person's answer, anew when that is taken back and given again", async () => {
    expect(await compared(begun, 1)).toMatchObject({ wrong: 1, open: 0 });
    await begun.client.undoVerdict({ params: { case: caseId } });
    expect(await compared(begun, 0)).toMatchObject({ answered: 1, wrong: 0, open: 0 });
    await verdict(begun, caseId, "technical");
    expect(await compared(begun, 1)).toMatchObject({ wrong: 0 });
  });

  test("is shown beside the case when nothing can be taken back any more, and is never delivered", async () => {
    await begun.app.database.run(
      sql`update case_ set next_at = '2020-01-01' where id = ${caseId} and worker is null`,
    );
    const done = await until(
      () => begun.client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      (found) => found.state === "delivered",
    );
    expect(done).toMatchObject({
      shadow: [{ release: begun.shadow, state: "answered", wrong: false }],
      content: { shadow: [{ release: begun.shadow, output: { category: "technical" } }] },
    });
    expect(done.history.map((event) => event.kind)).toContain("shadow.answered");
    const readOnly = await begun.clientFor(["read"]);
    expect(JSON.stringify(await readOnly.getCase({ params: { case: caseId } }))).not.toContain(MARK);
    const results = readFileSync(resultsPath(begun.installation), "utf8");
    expect(results).toContain('"technical"');
    expect(results).not.toContain(MARK);
  });

  test("what it said opens with the key of its case only", async () => {
    const { sealed } = await begun.app.database.one<{ sealed: Buffer }>(
      sql`select sealed from case_content where case_id = ${caseId} and kind = ${`shadow.${begun.shadow}`}`,
    );
    expect(sealed.includes(MARK)).toBe(false);
    await begun.app.database.run(sql`delete from case_key where owner = ${caseId}`);
    const found = await begun.client.getCase({ params: { case: caseId }, query: { content: "true" } });
    expect(found.content).toBeNull();
  });
});

describe("which cases a release in shadow answers", () => {
  let begun: Begun;
  beforeAll(async () => {
    begun = await begin(says("billing"), { share: 1 });
  });
  afterAll(() => begun.provider.stop());
  const runs = async () =>
    (
      await begun.app.database.all<{ external_id: string }>(
        sql`select c.external_id from shadow_run s join case_ c on c.id = s.case_id order by c.id`,
      )
    ).map((row) => row.external_id);

  test("none that came before it or after it, no rehearsal, and none that the same release answers for real", async () => {
    const { client } = begun;
    await submit(begun, "before");
    await client.setShadow({ params, body: { release: begun.shadow } });
    await submit(begun, "during");
    await submit(begun, "rehearsal", { drill: true });
    await answered(begun, 1);
    await client.setShadow({ params, body: { release: null } });
    await submit(begun, "after");
    await client.setShadow({ params, body: { release: begun.first } });
    await submit(begun, "its own");
    expect(await runs()).toEqual(["during"]);
    expect(existsSync(resultsPath(begun.installation))).toBe(false);
  });

  test("a release that is not there, or nobody's name, starts nothing", async () => {
    const { client, url, key } = begun;
    await expect(client.setShadow({ params, body: { release: "rel_none" } })).rejects.toMatchObject({
      code: "not_found",
    });
    const nobody = await fetch(`${url}/api/v1/workflows/tickets/shadow`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ release: null }),
    });
    expect(nobody.status).toBe(400);
  });

  test("a case of an AI arm is compared with its label, too, and one that was rejected as wrong stays open", async () => {
    const { client } = begun;
    await client.setShadow({ params, body: { release: begun.shadow } });
    const [approved, rejected] = [await submit(begun, "approved"), await submit(begun, "rejected")];
    for (const id of [approved, rejected]) await inReview(begun, id);
    await answered(begun, 3);
    for (const [id, body] of [
      [approved, { verdict: "approve" }],
      [rejected, { verdict: "reject", reason: "wrong_class" }],
    ] as const) {
      const { lease } = await client.claimReview({ params: { case: id }, body: {} });
      await client.giveVerdict({ params: { case: id }, body: { lease, ...body } });
    }
    const found = await until(
      () => status(begun),
      (now) => now.compared + now.open === 2,
    );
    expect(found).toMatchObject({ compared: 1, wrong: 0, open: 1 });
  });
});

describe("what stops or hinders a release in shadow", () => {
  test("from rung 2 on it is not asked; when the ladder is back, it goes on with what waited", async () => {
    const begun = await begin(says("billing"));
    const { database } = begun.app;
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    await database.run(sql`update workflow set rung = 2 where name = 'tickets'`);
    const id = await submit(begun, "L-1");
    // By the time a live case has gone its way, the duty has looked many times.
    await inReview(begun, id);
    await until(
      () => database.one<{ beats: number }>(sql`select coalesce(max(beat), 0) as beats from worker`),
      (worker) => worker.beats >= 3,
    );
    expect(begun.provider.requests).toHaveLength(0);
    expect(await status(begun)).toMatchObject({ waiting: 1, answered: 0 });
    await database.run(sql`update workflow set rung = 1 where name = 'tickets'`);
    await answered(begun, 1);
    await begun.provider.stop();
  });

  test("a field that the workflow blocks leaves the house no more", async () => {
    const begun = await begin(says("billing"), { workflow: { blockFields: ["text"] } });
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    await submit(begun, "B-1", { text: "PrivateWords", amount: 7 });
    await answered(begun, 1);
    const sent = begun.provider.bytes().toString("utf8");
    expect(sent).toContain("amount");
    expect(sent).not.toContain("PrivateWords");
    await begun.provider.stop();
  });

  test("an answer that breaks the schema is repaired once; a provider that fails is asked again after a pause, one that refuses is not", async () => {
    const begun = await begin((call) => {
      const asked = shownTo(call);
      if (asked.includes("refuse me")) return failure(403, { message: "no" });
      if (asked.includes("cannot be used")) return { output: { category: "other" } };
      return asked.includes("break it")
        ? { content: '{"category": "nonsense"}' }
        : { output: { category: "billing" } };
    });
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    const broken = await submit(begun, "F-1", { text: "break it" });
    await answered(begun, 1);
    expect(begun.provider.requests).toHaveLength(2);
    begun.provider.play(failure(503, { message: "busy" }));
    await submit(begun, "F-2");
    await answered(begun, 2);
    expect(begun.provider.requests).toHaveLength(4);
    const refused = await submit(begun, "F-3", { text: "refuse me" });
    await until(
      () => status(begun),
      (found) => found.failed === 1,
    );
    const rows = await begun.app.database.all<{
      case_id: string;
      state: string;
      tries: number;
      error: string;
    }>(
      sql`select case_id, state, tries, error from shadow_run where case_id in (${broken}, ${refused}) order by case_id`,
    );
    expect(rows).toMatchObject([
      { case_id: broken, state: "answered", tries: 1, error: null },
      { case_id: refused, state: "failed", tries: 1, error: "model_refused" },
    ]);
    await begun.provider.stop();
  });

  test("a provider that is down is left alone until its trial; no try of a case is spent on it meanwhile", async () => {
    const begun = await begin(says("billing"));
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    begun.provider.play(...Array.from({ length: 5 }, () => failure(503, { message: "busy" })));
    for (let i = 0; i < 12; i++) await submit(begun, `D-${i}`);
    expect(await answered(begun, 12)).toMatchObject({ failed: 0 });
    const rows = await begun.app.database.all<{ tries: number }>(sql`select tries from shadow_run`);
    expect(rows.reduce((sum, row) => sum + row.tries, 0)).toBe(17);
    await begun.provider.stop();
  });

  test("stopped, it asks no more about what waits, and what it is about to say is not kept", async () => {
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const begun = await begin(async () => {
      asked.resolve();
      await go.promise;
      return { output: { category: "billing" } };
    });
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    await submit(begun, "W-1");
    await asked.promise;
    expect(await begun.client.setShadow({ params, body: { release: null } })).toMatchObject({
      release: null,
    });
    go.resolve();
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    await submit(begun, "W-2");
    expect(await answered(begun, 1)).toMatchObject({ waiting: 0, failed: 0 });
    const kept = await begun.app.database.all(sql`select 1 from case_content where kind like 'shadow.%'`);
    expect(kept).toHaveLength(1);
    await begun.provider.stop();
  });
});

describe("a worker that is killed between the call and the record", () => {
  let begun: Begun;
  afterAll(() => begun.provider.stop());

  test("leaves a run that another worker takes up: the call is made again, and nothing is lost", async () => {
    const first = Promise.withResolvers<void>();
    let calls = 0;
    begun = await begin(
      async () => {
        if (++calls > 1) return { output: { category: "billing" } };
        first.resolve();
        return new Promise<never>(() => {});
      },
      { role: "web" },
    );
    await begun.client.setShadow({ params, body: { release: begun.shadow } });
    await submit(begun, "K-1");
    const environment = environmentFor({
      DATABASE_URL: begun.databaseUrl,
      PILOTAGE_DATA: begun.dataHome,
      PILOTAGE_LOG_LEVEL: "info",
      PILOTAGE_DATABASE_CONNECTIONS: "3",
    });
    const killed = keepRunning({ role: "worker", environment });
    await first.promise;
    await killed.end();
    expect(await status(begun)).toMatchObject({ waiting: 1, answered: 0 });
    const second = await install({
      role: "worker",
      databaseUrl: begun.databaseUrl,
      dataHome: begun.dataHome,
    });
    await answered(begun, 1);
    expect(calls).toBe(2);
    const row = await begun.app.database.one(sql`select state, tries, worker from shadow_run`);
    expect(row).toEqual({ state: "answered", tries: 2, worker: null });
    await second.stop();
  });
});

test("a candidate earns its certificate in shadow, before its first case", async () => {
  const provider: Provider = await startProvider({ answer: says("billing") });
  const installation = await install();
  const { client } = installation;
  const release = await launch(installation, {
    share: 0,
    release: { confidence: { from: "model" } },
    script: {
      rules: [],
      otherwise: { answer: { category: "billing" }, confidence: 0.95, model: "scripted" },
    },
  });
  await client.setShadow({ params, body: { release } });
  const count = 240;
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ externalId: `C-${i}`, input: { text: `bill ${i}` } }),
  );
  for await (const line of client.batch("tickets", lines)) expect(line.status ?? "admitted").toBe("admitted");
  await until(
    async () => (await client.getWorkflow({ params })).counts["in_review"],
    (waiting) => waiting === count,
  );
  for (let left = count; left > 0;) {
    const { reviews } = await client.claimReviews({ params, body: { count: 60 } });
    left -= reviews.length;
    await Promise.all(
      reviews.map(({ caseId, lease }) =>
        client.giveVerdict({
          params: { case: caseId },
          body: { lease, verdict: "edit", output: { category: "billing" } },
        }),
      ),
    );
  }
  await until(
    () => client.getShadow({ params }),
    (found) => found.compared === count,
  );
  const look = await client.certify({ params, body: { release, from: "shadow" } });
  expect(look).toMatchObject({ result: "certified" });
  expect(JSON.stringify(look)).toContain(release);
  expect((await client.getWorkflow({ params })).candidateRelease).toBeNull();
  await provider.stop();
});
