/**
 * From labels to cases that go out alone, and back: certificates earned, used, lapsed, and looked at again before a
 * delivery. Everything is the real program; only the model answers from a script.
 */
import { afterAll, describe, expect, test } from "vitest";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { SCOPES, type Scope } from "../src/contract/scopes.ts";
import { openDatabase } from "../src/platform/database.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const DAY = 86_400_000;
/** Wide enough for few labels: at the first look 33 right ones prove it, at the second 48. */
const AUTOMATION = { maxErrorRate: 0.2, confidence: 0.8 };
const SCRIPT: JsonObject = {
  rules: [
    {
      when: { field: "text", contains: "cable" },
      do: { answer: { category: "technical" }, confidence: 0.5, model: "m", version: "1" },
    },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9, model: "m", version: "1" },
};

const ALL = Object.keys(SCOPES) as Scope[];
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url } = installation;
const { database } = app;
/** The database as its owner, who may do more than the program. */
const owner = openDatabase({ url: installation.databaseUrl, log: silentLog, size: 2 });
afterAll(() => owner.close());
// Longer than a certificate: the clock is moved past one.
const { secret: key } = await app.keys.make(
  { name: "operator", scopes: ALL, workflow: undefined, days: 400, simulated: false },
  { kind: "system", name: "test" },
);
const brandt = openClient({ url, key, as: "E. Brandt" });
const keller = openClient({ url, key, as: "M. Keller" });

let made = 0;
/** A workflow of its own with its release. */
async function start(
  more: { workflow?: JsonObject; release?: JsonObject } = {},
): Promise<{ workflow: string; release: string }> {
  const workflow = `w${++made}`;
  const release = await launch(
    { client: brandt },
    {
      workflow: { workflow, automation: AUTOMATION, ...more.workflow },
      release: { workflow, model: { connection: workflow, timeout: 5_000 }, ...more.release },
      script: null,
    },
  );
  return { workflow, release };
}

const answerWith = (workflow: string, script: JsonObject = SCRIPT) =>
  brandt.saveConnection({ params: { name: workflow }, body: { settings: { kind: "scripted", script } } });

async function submit(workflow: string, count: number, text = "the bill is wrong"): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const body = { externalId: `${workflow}-${++made}`, input: { text } };
    ids.push((await brandt.submitCase({ params: { workflow }, body })).caseId);
  }
  return ids;
}

const caseOf = (caseId: string) => brandt.getCase({ params: { case: caseId } });
const inState = (caseId: string, ...states: string[]) =>
  until(
    () => caseOf(caseId),
    (one) => states.includes(one.state),
  );

/** Has people review these cases; `right` says what they answer, else they approve. */
async function review(ids: string[], right?: JsonObject, by: Client = brandt): Promise<void> {
  for (const id of ids) {
    await inState(id, "in_review");
    const { lease } = await by.claimReview({ params: { case: id }, body: {} });
    const body =
      right === undefined
        ? { lease, verdict: "approve" as const }
        : { lease, verdict: "edit" as const, output: right };
    await by.giveVerdict({ params: { case: id }, body });
  }
}

const certify = (workflow: string, body: JsonObject = {}, by: Client = brandt) =>
  by.certify({ params: { workflow }, body });

async function setAutonomy(workflow: string, autonomy: number): Promise<void> {
  const approve = async (setting: string) => {
    const { changes } = await keller.listChanges({ params: { workflow } });
    const waiting = changes.find((one) => one.setting === setting && one.state === "pending");
    if (waiting) await keller.approveChange({ params: { change: waiting.id } });
  };
  await brandt.waive({ params: { workflow }, body: { item: "go", reason: "a test" } });
  await approve("waiver.go");
  await brandt.setAutonomy({ params: { workflow }, body: { autonomy } });
  await approve("autonomy");
}

/** A workflow with a certificate on 40 right labels, whose cases go out alone. */
async function automatic(more: Parameters<typeof start>[0] = {}) {
  const { workflow, release } = await prepared(more);
  const look = await certify(workflow);
  expect(look.result).toBe("certified");
  await setAutonomy(workflow, 1);
  return { workflow, release, look, certificate: look.certificate! };
}

async function prepared(more: Parameters<typeof start>[0] = {}, labels = 40) {
  const started = await start(more);
  await answerWith(started.workflow);
  await review(await submit(started.workflow, labels));
  return started;
}

async function alone(workflow: string, text?: string) {
  const [id] = await submit(workflow, 1, text);
  return inState(id!, "delivered", "in_review");
}

const eventsOf = async (workflow: string, kind: string) =>
  database.all<{ body: string }>(
    sql`select body from audit_event where workflow = ${workflow} and kind = ${kind} order by id`,
  );

describe("earning a certificate", () => {
  test("from too few labels is refused without spending anything, and says how many are missing", async () => {
    const { workflow } = await prepared({}, 10);
    const look = await certify(workflow);
    expect(look).toMatchObject({
      result: "none",
      spent: 0,
      look: 1,
      moreLabels: 23,
      certificate: null,
      counted: { review: 10 },
    });
    expect(look.sentence).toBe(
      "no threshold can be certified; about 23 more labels are needed (nothing was spent from the error budget)",
    );
    expect(await certify(workflow)).toMatchObject({ look: 1, spent: 0 });
  });

  test("lets cases out alone from its threshold on, once two people raised the autonomy", async () => {
    const { workflow, release } = await prepared();
    const look = await certify(workflow);
    expect(look).toMatchObject({
      release,
      step: 0,
      from: "labels",
      model: { answered: "m", version: "1" },
      look: 1,
      counted: { review: 40 },
      certificate: {
        threshold: 0.4,
        from: "labels",
        labels: 40,
        accepted: 40,
        errors: 0,
        coverage: 1,
        inForce: true,
        expiresAt: "2026-04-05T08:00:00.000Z",
      },
    });
    expect(look.sentence).toBe(
      "certified at 0.40, bound 5.6 %, coverage 100 %, until 2026-04-05; 0 wrong of 40 among 40 coin labels, 2026-01-05",
    );
    expect((await alone(workflow)).decision).toMatchObject({
      outcome: "review",
      reasons: [{ code: "routine" }],
    });
    await setAutonomy(workflow, 1);
    const gone = await alone(workflow);
    expect(gone).toMatchObject({
      state: "delivered",
      verdict: "auto",
      reviews: [],
      decision: { outcome: "auto", threshold: 0.4, certificate: look.certificate!.id, confidence: 0.9 },
    });
    expect(await eventsOf(workflow, "certificate.issued")).toHaveLength(1);
    expect(await brandt.getWorkflow({ params: { workflow } })).toMatchObject({
      certificates: [{ id: look.certificate!.id, inForce: true, sentence: look.sentence }],
    });
  });

  test("takes a named person, and an answer", async () => {
    const { workflow } = await start();
    await answerWith(workflow);
    const nobody = await installation.clientFor(["operate", "read"]);
    await expect(certify(workflow, {}, nobody)).rejects.toMatchObject({ code: "bad_request" });
    await expect(certify(workflow)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(certify(workflow, { step: 1 })).rejects.toMatchObject({ code: "not_found" });
    await expect(certify(workflow, { release: "rel_x" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("sets the threshold above what people found wrong", async () => {
    const { workflow } = await prepared();
    await review(await submit(workflow, 20, "the cable broke"), { category: "billing" });
    const { certificate, tests } = await certify(workflow);
    expect(certificate!.threshold).toBe(0.51);
    expect(tests.at(-1)).toMatchObject({ threshold: 0.5, n: 60, errors: 20 });
    await setAutonomy(workflow, 1);
    expect((await alone(workflow, "the cable broke")).decision).toMatchObject({
      outcome: "review",
      reasons: [{ code: "below_threshold" }],
    });
  });

  test("counts only what a coin bound for review, and cases with a rule never as such that may go out", async () => {
    const { workflow } = await automatic({
      release: { decide: { review: ["has(input.amount) && input.amount > 10.0"] } },
    });
    const [ruled] = await submit(workflow, 1);
    await inState(ruled!, "delivered");
    const { caseId } = await brandt.submitCase({
      params: { workflow },
      body: { externalId: "ruled", input: { text: "the bill", amount: 11 } },
    });
    await review([caseId]);
    const look = await certify(workflow);
    // Autonomy is 1: neither the case that went out nor the one of the rule was chosen by a coin.
    expect(look.counted).toEqual({ review: 40 });
  });

  test("each look that tests something has half of what the one before had", async () => {
    const { workflow } = await prepared({}, 50);
    const [first, second, third] = [
      await certify(workflow),
      await certify(workflow),
      await certify(workflow),
    ];
    expect(first.spent).toBeCloseTo(0.1, 12);
    expect(second.spent).toBeCloseTo(0.05, 12);
    expect(second).toMatchObject({ look: 2, result: "certified" });
    expect(third).toMatchObject({ look: 3, result: "none", spent: 0 });
    const { certificates } = await brandt.listCertificates({ params: { workflow }, query: {} });
    expect(certificates.map((one) => [one.id, one.inForce])).toEqual([
      [second.certificate!.id, true],
      [first.certificate!.id, false],
    ]);
    expect(certificates[1]).toMatchObject({ supersededBy: second.certificate!.id });
  });

  test("all looks of a release, step and model share one budget, whatever they certify", async () => {
    const { workflow } = await prepared({ release: { confidence: { of: "category", from: "model" } } }, 60);
    const spent = await certify(workflow);
    expect(spent).toMatchObject({ look: 1, per: "all" });
    const document = (await documentOf(workflow)) as JsonObject;
    const { pending } = await brandt.applyWorkflow({
      params: { workflow },
      body: { document: { ...document, automation: { ...AUTOMATION, per: "category" } }, takeFile: true },
    });
    for (const change of pending) await keller.approveChange({ params: { change } });
    expect(await certify(workflow)).toMatchObject({ look: 2, per: "category" });
    // A set's look would be the third: the database keeps one numbering, too.
    await expect(
      database.run(sql`
        insert into certification
        select (jsonb_populate_record(c, jsonb_build_object('id', 'look_twice', 'source', 'shadow', 'per', 'category'))).*
        from certification c where id = ${spent.id}`),
    ).rejects.toThrow(/certification_look/);
  });

  test("labels of cases that are more than 90 days old do not count", async () => {
    const { workflow } = await prepared();
    await brandt.advanceClock({ body: { milliseconds: 91 * DAY } });
    await expect(certify(workflow)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("in the last 90 days"),
    });
    await review(await submit(workflow, 10));
    expect(await certify(workflow)).toMatchObject({ result: "none", counted: { review: 10 }, look: 1 });
  });

  test("of simulated labels is refused as soon as people have labelled a case", async () => {
    const { workflow } = await start();
    await answerWith(workflow);
    const player = await installation.clientFor(["review", "read"], { simulated: true });
    await review(await submit(workflow, 40), undefined, player);
    await review(await submit(workflow, 1));
    await expect(certify(workflow, { simulated: true })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("People have labelled cases"),
    });
  });

  test("of simulated labels only on request, and then it says so and replaces no real one", async () => {
    const { workflow } = await start();
    await answerWith(workflow);
    const player = await installation.clientFor(["review", "read"], { simulated: true });
    await review(await submit(workflow, 40), undefined, player);
    const real = await certify(workflow);
    expect(real).toMatchObject({ result: "none", counted: {}, leftOut: { simulated: 40 } });
    expect(real.sentence).toContain("40 simulated labels were left out");
    const simulated = await certify(workflow, { simulated: true });
    expect(simulated).toMatchObject({
      result: "certified",
      simulated: true,
      certificate: { simulated: true },
    });
    expect(simulated.sentence).toMatch(/^on simulated labels: certified at /);
    await review(await submit(workflow, 50));
    const people = await certify(workflow);
    expect(people).toMatchObject({
      result: "certified",
      simulated: false,
      counted: { review: 50 },
      leftOut: { simulated: 40 },
    });
    await expect(certify(workflow, { simulated: true })).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("by category gives each its own threshold", async () => {
    const { workflow } = await start({
      workflow: { automation: { ...AUTOMATION, per: "category" } },
      release: { confidence: { of: "category", from: "model" } },
    });
    await answerWith(workflow);
    await review(await submit(workflow, 60));
    await review(await submit(workflow, 60, "the cable broke"), { category: "other" });
    const { certificate } = await certify(workflow);
    expect(certificate).toMatchObject({
      per: "category",
      thresholds: { billing: 0.4, technical: null },
      coverage: 0.5,
    });
    await setAutonomy(workflow, 1);
    expect(await alone(workflow)).toMatchObject({ verdict: "auto", decision: { threshold: 0.4 } });
    expect((await alone(workflow, "the cable broke")).decision).toMatchObject({
      outcome: "review",
      reasons: [{ code: "below_threshold" }],
    });
  });

  test("by category is refused where the release does not say in clear what the category is", async () => {
    const { workflow } = await start({ workflow: { automation: { ...AUTOMATION, per: "category" } } });
    await expect(certify(workflow)).rejects.toMatchObject({ code: "wrong_state" });
  });
});

describe("a certificate lapses", () => {
  test("when another model answers: the case is reviewed, and the certificate suspended with it", async () => {
    const { workflow, certificate } = await automatic();
    await answerWith(workflow, {
      rules: [],
      otherwise: { answer: { category: "billing" }, confidence: 0.9, model: "m", version: "2" },
    });
    const found = await until(
      () => alone(workflow),
      (one) => one.state === "in_review",
    );
    expect(found.decision).toMatchObject({ reasons: [{ code: "model_changed" }], certificate: null });
    const { certificates } = await brandt.listCertificates({ params: { workflow }, query: {} });
    expect(certificates).toMatchObject([
      { id: certificate.id, inForce: false, standing: expect.stringContaining("another model answered") },
    ]);
    expect(await eventsOf(workflow, "certificate.suspended")).toHaveLength(1);
    expect((await alone(workflow)).decision).toMatchObject({ reasons: [{ code: "no_certificate" }] });
    // What the first model earned proves nothing about the second.
    expect(await certify(workflow)).toMatchObject({
      result: "none",
      leftOut: { "other model": 40 },
      look: 1,
    });
  });

  test("when a field is blocked, in the transaction that blocks it", async () => {
    const { workflow } = await automatic();
    const document = (await documentOf(workflow)) as JsonObject;
    await brandt.applyWorkflow({
      params: { workflow },
      body: { document: { ...document, blockFields: ["amount"] } },
    });
    const [event] = await eventsOf(workflow, "certificate.suspended");
    expect(JSON.parse(event!.body)).toMatchObject({
      actor: { name: "E. Brandt" },
      data: { because: expect.stringContaining("blockFields") },
    });
    // What the model answered when it saw the field proves nothing about it now.
    await expect(certify(workflow)).rejects.toMatchObject({ code: "wrong_state" });
    expect((await alone(workflow)).decision).toMatchObject({ reasons: [{ code: "no_certificate" }] });
  });

  test("under dials that ask for more, and holds again when they no longer do", async () => {
    const { workflow } = await automatic();
    const document = (await documentOf(workflow)) as JsonObject;
    const takeFile = (automation: JsonObject, by: Client) =>
      by.applyWorkflow({
        params: { workflow },
        body: { document: { ...document, automation }, takeFile: true },
      });
    await takeFile({ ...AUTOMATION, maxErrorRate: 0.1 }, brandt);
    expect((await alone(workflow)).decision).toMatchObject({ reasons: [{ code: "no_certificate" }] });
    const [standing] = (await brandt.getWorkflow({ params: { workflow } })).certificates;
    expect(standing).toMatchObject({
      inForce: false,
      standing: expect.stringContaining("automation.maxErrorRate"),
    });
    const { pending } = await takeFile(AUTOMATION, brandt);
    for (const change of pending) await keller.approveChange({ params: { change } });
    expect(await alone(workflow)).toMatchObject({ verdict: "auto" });
  });

  test("when a person suspends it, alone and at once; suspending again changes nothing", async () => {
    const { workflow, certificate } = await automatic();
    const robot = await installation.clientFor(["operate", "read"]);
    const suspend = (reason: string) =>
      robot.suspendCertificate({ params: { certificate: certificate.id }, body: { reason } });
    expect(await suspend("two complaints")).toMatchObject({
      inForce: false,
      standing: "not in force: suspended, two complaints",
    });
    expect(await suspend("a third")).toMatchObject({ suspendedBecause: "two complaints" });
    expect((await alone(workflow)).state).toBe("in_review");
    const foreign = await installation.clientFor(["operate", "read"], { workflow: "w1" });
    await expect(
      foreign.suspendCertificate({ params: { certificate: certificate.id }, body: { reason: "not mine" } }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/not_found|forbidden/) });
  });

  test("after 90 days of the program's clock", async () => {
    const { workflow } = await automatic();
    await brandt.advanceClock({ body: { milliseconds: 90 * DAY - 1_000 } });
    expect(await alone(workflow)).toMatchObject({ verdict: "auto" });
    await brandt.advanceClock({ body: { milliseconds: 1_000 } });
    expect((await alone(workflow)).decision).toMatchObject({ reasons: [{ code: "no_certificate" }] });
    const [standing] = (await brandt.getWorkflow({ params: { workflow } })).certificates;
    expect(standing!.standing).toBe("not in force: its 90 days are over");
  });
});

describe("again before each delivery", () => {
  const LOCK = 4700;

  /**
   * Hands a case in and makes a change when its model is about to be asked: after the dials and the certificate of its
   * decision were read, and before anything is sent. Answers where the case came to.
   */
  async function whileAsking(workflow: string, change: () => Promise<unknown>) {
    await owner.run(sql`
      create or replace function wait_for_test() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(4700);
        return new;
      end $$`);
    await owner.run(
      sql`create or replace trigger wait_for_test before insert on attempt for each row execute function wait_for_test()`,
    );
    const waiting = sql`
      select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted
        and database = (select oid from pg_database where datname = current_database())`;
    const id = await owner.transaction(async (tx) => {
      await tx.run(sql`select pg_advisory_xact_lock(${LOCK})`);
      const [submitted] = await submit(workflow, 1);
      await until(
        () => owner.all(waiting),
        (found) => found.length > 0,
      );
      await change();
      return submitted!;
    });
    return inState(id, "delivered", "in_review");
  }

  test("what nobody touched goes out", async () => {
    const { workflow } = await automatic();
    const found = await whileAsking(workflow, async () => undefined);
    expect(found).toMatchObject({ state: "delivered", verdict: "auto" });
  });

  test.each<[string, string, (workflow: string, certificate: string) => Promise<unknown>]>([
    [
      "the ladder moved",
      "safe_stop",
      (workflow) => database.run(sql`update workflow set rung = 1 where name = ${workflow}`),
    ],
    [
      "the certificate was suspended",
      "certificate_gone",
      (_, certificate) =>
        brandt.suspendCertificate({ params: { certificate }, body: { reason: "a complaint" } }),
    ],
    [
      "the autonomy was lowered",
      "routine",
      (workflow) => brandt.setAutonomy({ params: { workflow }, body: { autonomy: 0 } }),
    ],
  ])("%s: a person gets the case, and works it like any other", async (_, code, change) => {
    const { workflow, certificate } = await automatic();
    const found = await whileAsking(workflow, () => change(workflow, certificate.id));
    expect(found).toMatchObject({
      state: "in_review",
      verdict: null,
      decision: { outcome: "review", reasons: [{ code }] },
      reviews: [{ no: 1, state: "waiting" }],
      deliveries: [],
    });
    const last = found.history.findLast((event) => event.kind === "case.moved");
    expect(last!.data).toMatchObject({ to: "in_review", when: "before delivery" });
    await review([found.id]);
    const done = await inState(found.id, "delivered");
    expect(done).toMatchObject({ verdict: "approve", labels: [{ source: "review", probability: null }] });
    // It was not chosen by its coin: its label is none that a certificate may count.
    await database.run(sql`update workflow set rung = 0 where name = ${workflow}`);
    expect((await certify(workflow)).counted).toEqual({ review: 40 });
  });
});

describe("what was written down", () => {
  test("comes out the same again, and a look that was tampered with does not", async () => {
    const { look } = await automatic();
    const recheck = (certification: string) => brandt.recheckCertification({ params: { certification } });
    expect(await recheck(look.id)).toMatchObject({ agrees: true, differences: [] });
    // Twin: the same look with one test prettied.
    await database.run(sql`
      insert into certification
      select (jsonb_populate_record(c, jsonb_build_object('id', 'look_forged', 'look', 2,
        'evidence', jsonb_set(evidence, '{groups,0,at,20,1}', '1')))).*
      from certification c where id = ${look.id}`);
    const forged = await recheck("look_forged");
    expect(forged.agrees).toBe(false);
    expect(forged.differences).toContain("all cases: tests comes out otherwise than stored");
    expect(forged.sentence).toContain("does not come out the same");
  });

  test("cannot be changed, removed, or made to hold again", async () => {
    const { certificate, look } = await automatic();
    await brandt.suspendCertificate({ params: { certificate: certificate.id }, body: { reason: "a test" } });
    for (const change of [
      sql`update certification set result = 'none' where id = ${look.id}`,
      sql`delete from certification where id = ${look.id}`,
      sql`update certificate set threshold = 0.1 where id = ${certificate.id}`,
      sql`update certificate set expires_at = '2100-01-01' where id = ${certificate.id}`,
      sql`update certificate set suspended_at = null, suspended_because = null, suspended_by = null where id = ${certificate.id}`,
      sql`delete from certificate where id = ${certificate.id}`,
      sql`truncate certificate, certification`,
    ])
      await expect(owner.run(change)).rejects.toThrow(/append-only/);
  });

  test("autonomy without a certificate says that it lets nothing out", async () => {
    const { workflow } = await start();
    await answerWith(workflow);
    await setAutonomy(workflow, 0.5);
    const change = await brandt.setAutonomy({ params: { workflow }, body: { autonomy: 0.4 } });
    expect(change.note).toContain("every case is reviewed");
    expect((await brandt.setAutonomy({ params: { workflow }, body: { autonomy: 0 } })).note).toBeNull();
  });
});

async function documentOf(workflow: string): Promise<unknown> {
  const { document } = await database.one<{ document: string }>(
    sql`select document from workflow where name = ${workflow}`,
  );
  return JSON.parse(document);
}
