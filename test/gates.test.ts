/**
 * Criteria and gates in the real program: frozen as they are applied, judged over runs and what else is known, kept whole,
 * judged again, signed by two persons, and obeyed by rollouts and the autonomy.
 */
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { isoTime } from "../src/platform/clock.ts";
import { sql } from "../src/platform/sql.ts";
import {
  BILLING_SCRIPT,
  install,
  launch,
  releaseDocument,
  until,
  workflowDocument,
} from "./support/installation.ts";
import { signedIn } from "./support/people.ts";

const params = { workflow: "tickets" };
const DAY = 86_400_000;

const RIGHT = {
  name: "right answers",
  group: "performance",
  metric: "accuracy",
  minimum: 0.8,
  target: 0.9,
  stretch: 0.99,
};
const DRILL = { name: "drill", group: "readiness", proof: "The provider was down and nothing was lost" };

/** Applies the workflow with these criteria. */
const agree = (client: Client, criteria: JsonObject[], more: JsonObject = {}) =>
  client.applyWorkflow({
    params,
    body: { document: workflowDocument({ criteria: criteria as JsonValue, ...more }) },
  });

/** A sealed set whose truth is billing, but for so many items. The script says billing to all of them. */
async function truth(
  client: Client,
  name: string,
  items: number,
  wrong: number,
  how: { kind?: "development"; drawn?: "chance" | "chosen" | undefined } = { drawn: "chance" },
) {
  const lines = Array.from({ length: items }, (_, i) =>
    JSON.stringify({
      input: { text: `${name} ${i}` },
      output: { category: i < wrong ? "other" : "billing" },
    }),
  );
  for await (const line of client.importSet(
    "tickets",
    { name, ...how },
    Readable.from([Buffer.from(lines.join("\n"))]),
  ))
    if (line.code !== undefined) throw new Error(line.message);
}

async function evaluate(client: Client, set: string, release: string, step = 0) {
  const { id } = await client.startEvaluation({ params, body: { set, release, step } });
  const { state } = await until(
    () => client.getEvaluation({ params: { run: id } }),
    (run) => run.state === "done" || run.state === "failed",
  );
  expect(state).toBe("done");
  return id;
}

const judge = (client: Client, release: string, runs: string[], groups?: ["performance"]) =>
  client.judgeGate({ params, body: { release, runs, ...(groups && { groups }) } });

const verdicts = (gate: Awaited<ReturnType<Client["getGate"]>>) =>
  Object.fromEntries(gate.criteria.map((one) => [one.name, one.verdict]));

describe("a gate", async () => {
  const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-03-02T08:00:00Z" } });
  const { client, app, url } = installation;
  const release = await launch(installation, { share: 0 });
  const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });
  await truth(client, "good", 200, 4);
  await truth(client, "fair", 200, 24);
  await truth(client, "bad", 200, 60);
  await truth(client, "few", 12, 1);

  test("is frozen as it is applied: every list that differs is a version, and the same list is none", async () => {
    expect((await client.getCriteria({ params })).inForce).toBeNull();
    await agree(client, [RIGHT]);
    await agree(client, [RIGHT]);
    await pass(1_000);
    await agree(client, [RIGHT, DRILL]);
    const { versions } = await client.listCriteria({ params, query: {} });
    expect(versions.map((one) => [one.version, one.criteria.length, one.frozenBy])).toEqual([
      [2, 2, "E. Brandt"],
      [1, 1, "E. Brandt"],
    ]);
    const { criteria } = (await client.getCriteria({ params })).inForce!;
    expect(criteria[0]).toMatchObject({ about: "accuracy", unit: "share", minimum: 0.8, stretch: 0.99 });
    await expect(app.database.run(sql`update criteria_version set criteria = '[]'`)).rejects.toThrowError(
      /append|never changed|kept|refus/i,
    );
  });

  test.each([
    ["good", "go"],
    ["fair", "conditional"],
    ["bad", "no-go"],
    ["few", "inconclusive"],
  ] as const)("over the set %s comes out as %s", async (set, verdict) => {
    await agree(client, [RIGHT]);
    await pass(1_000);
    const gate = await judge(client, release, [await evaluate(client, set, release)]);
    expect(gate.verdict).toBe(verdict);
    expect(gate).toMatchObject({ release, groups: ["performance"], newest: true, judgedBy: "E. Brandt" });
    if (verdict === "inconclusive") expect(gate.criteria[0]!.missing).toBeGreaterThan(0);
    expect(await client.recheckGate({ params: { gate: gate.id } })).toEqual({
      gate: gate.id,
      agrees: true,
      differences: [],
    });
  });

  test("holds nobody to criteria that came after the measurement", async () => {
    await agree(client, [RIGHT]);
    await pass(1_000);
    const run = await evaluate(client, "good", release);
    await pass(1_000);
    await agree(client, [{ ...RIGHT, minimum: 0.5, target: 0.6 }]);
    const gate = await judge(client, release, [run]);
    expect(gate).toMatchObject({ verdict: "could-not-run", reasons: [{ code: "frozen-too-late" }] });
  });

  test("passes nothing for what was not measured, and tells a word that has run out from one that holds", async () => {
    await agree(client, [
      RIGHT,
      DRILL,
      { name: "helps", group: "acceptance", survey: "helps", minimum: 0.5 },
      { name: "alone", group: "business", figure: "automatic", minimum: 0.1 },
    ]);
    await pass(1_000);
    const run = await evaluate(client, "good", release);
    const before = await judge(client, release, [run]);
    expect(verdicts(before)).toEqual({
      "right answers": "go",
      drill: "could-not-run",
      helps: "could-not-run",
      alone: "could-not-run",
    });
    expect(before.verdict).toBe("could-not-run");
    expect(verdicts(await judge(client, release, [run], ["performance"]))).toEqual({ "right answers": "go" });
    await client.attestCriterion({
      params,
      body: { criterion: "drill", holds: true, said: "Rehearsed on 2 March", days: 7 },
    });
    expect(verdicts(await judge(client, release, [run]))["drill"]).toBe("go");
    await client.attestCriterion({ params, body: { criterion: "drill", holds: false, said: "It broke" } });
    expect(verdicts(await judge(client, release, [run]))["drill"]).toBe("no-go");
    await client.attestCriterion({
      params,
      body: { criterion: "drill", holds: true, said: "Rehearsed again", days: 7 },
    });
    await pass(8 * DAY);
    expect(verdicts(await judge(client, release, [run]))["drill"]).toBe("could-not-run");
    await expect(
      client.attestCriterion({ params, body: { criterion: "right answers", holds: true, said: "I say so" } }),
    ).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("measured, not attested"),
    });
  });

  test("refuses evidence of another release, of a fallback, twice over one set, and of a run under way", async () => {
    await agree(client, [RIGHT]);
    await client.saveConnection({
      params: { name: "second" },
      body: { settings: { kind: "scripted", script: BILLING_SCRIPT } },
    });
    const other = await client.publishRelease({
      params,
      body: { document: releaseDocument({ fallback: [{ connection: "second" }, "manual"] }) },
    });
    const [own, foreign, step] = [
      await evaluate(client, "good", release),
      await evaluate(client, "good", other.id),
      await evaluate(client, "good", other.id, 1),
    ];
    const refused = (of: string, runs: string[]) =>
      judge(client, of, runs).then(
        () => "judged",
        (error: Error) => error.message,
      );
    expect(await refused(release, [own, foreign])).toContain("says nothing of another");
    expect(await refused(other.id, [step])).toContain("a fallback");
    expect(await refused(release, [own, await evaluate(client, "good", release)])).toContain(
      "which one counts must not be chosen",
    );
    expect(await refused(release, [own])).toContain(`${own} is not the newest over good@1`);
    expect(await refused(release, ["evr_none"])).toContain("There is no evaluation");
  });

  test("fails a metric that the release cannot be measured by, and a set for development proves nothing", async () => {
    await agree(client, [{ ...RIGHT, metric: "field colour" }]);
    await truth(client, "tuning", 200, 0, { kind: "development", drawn: "chance" });
    await pass(1_000);
    const run = await evaluate(client, "tuning", release);
    const gate = await judge(client, release, [run]);
    expect(gate.criteria[0]).toMatchObject({
      verdict: "could-not-run",
      reasons: [{ code: "failed", about: expect.stringContaining("no field") }],
    });
    expect(gate.reasons).toEqual([{ code: "set-for-development" }]);
  });

  test("goes no further than conditional on cases that somebody chose", async () => {
    await agree(client, [RIGHT]);
    await truth(client, "chosen", 200, 0, { drawn: "chosen" });
    await pass(1_000);
    const gate = await judge(client, release, [await evaluate(client, "chosen", release)], ["performance"]);
    expect(gate).toMatchObject({ verdict: "conditional", reasons: [{ code: "set-not-drawn" }] });
  });

  test("goes no further than conditional while nobody has stated how the cases were drawn, and says what to do", async () => {
    await agree(client, [RIGHT]);
    await truth(client, "unstated", 200, 0, {});
    await pass(1_000);
    const run = await evaluate(client, "unstated", release);
    const gate = await judge(client, release, [run], ["performance"]);
    expect(gate).toMatchObject({
      verdict: "conditional",
      reasons: [{ code: "set-unstated" }],
      input: { set: { representative: false, bentBy: ["unstated"] } },
    });
    const { notes } = await client.getEvaluation({ params: { run } });
    expect(notes.join()).toContain("import them again with --drawn chance");
    await truth(client, "unstated", 200, 0, { drawn: "chance" });
    const again = await judge(client, release, [await evaluate(client, "unstated", release)]);
    expect(again).toMatchObject({ verdict: "go", reasons: [] });
    // The same items are not fresh again.
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets.filter(({ name }) => name === "unstated").map(({ looks }) => looks)).toEqual([2, 1]);
    const stated = await app.database.all<{ drawn: string | null; actor: string }>(sql`
      select body::jsonb #>> '{data,drawn}' as drawn, body::jsonb #>> '{actor,name}' as actor from audit_event
      where kind = 'evaluation.imported' and body::jsonb #>> '{data,name}' = 'unstated' order by id`);
    expect(stated).toEqual([
      { drawn: null, actor: "E. Brandt" },
      { drawn: "chance", actor: "E. Brandt" },
    ]);
  });

  test("takes the word that cases were drawn by chance only from a named person", async () => {
    const key = await installation.clientFor(["operate"]);
    await expect(truth(key, "by-key", 3, 0)).rejects.toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("stated by a named person"),
    });
    await truth(key, "by-key", 3, 0, {});
    expect((await client.getEvaluationSet({ params: { ...params, set: "by-key" } })).bentBy).toEqual([
      "unstated",
    ]);
  });

  test("looks at each critical slice, and measures a criterion over the set that it names", async () => {
    await agree(client, [
      { ...RIGHT, minimum: 0.5, target: 0.6, slices: { "output.category": ["billing", "other"] } },
      { ...RIGHT, name: "elsewhere", set: "bad" },
    ]);
    await pass(1_000);
    const runs = [await evaluate(client, "fair", release), await evaluate(client, "bad", release)];
    const gate = await judge(client, release, runs);
    expect(gate.criteria).toMatchObject([
      { verdict: "no-go", reasons: [{ code: "slice-fails", about: "output.category = other" }] },
      { name: "elsewhere", verdict: "no-go", n: 200 },
    ]);
  });

  test("needs no must in a group that only informs, unless that group is what was asked for", async () => {
    await agree(client, [RIGHT, { ...DRILL, must: false }]);
    await truth(client, "informs", 200, 4);
    await pass(1_000);
    const run = await evaluate(client, "informs", release);
    expect(await judge(client, release, [run])).toMatchObject({ verdict: "go", reasons: [] });
    const asked = { release, runs: [], groups: ["readiness" as const] };
    expect(await client.judgeGate({ params, body: asked })).toMatchObject({
      verdict: "could-not-run",
      reasons: [{ code: "group-without-must", about: "readiness" }],
    });
  });

  test("that was changed after it was stored does not come out the same", async () => {
    await agree(client, [RIGHT]);
    await pass(1_000);
    const gate = await judge(client, release, [await evaluate(client, "good", release)]);
    const twin = `${gate.id.slice(0, -1)}${gate.id.endsWith("0") ? "1" : "0"}`;
    await app.database.run(sql`
      insert into gate_verdict select ${twin}, workflow, release, groups, runs, criteria_version,
        jsonb_set(input, '{evidence,right answers,right}', '100'), verdict, judgement, digest, judged_at, judged_by
      from gate_verdict where id = ${gate.id}`);
    const again = await client.recheckGate({ params: { gate: twin } });
    expect(again.agrees).toBe(false);
    expect(again.differences.join()).toContain("right answers comes out otherwise");
  });

  describe("signed by owner and sponsor", () => {
    const person = (email: string, role: "owner" | "sponsor" | "engineer") =>
      signedIn({ app, url }, email, [{ role, workflow: "tickets" }]);
    let owner: Client;
    let sponsor: Client;
    let engineer: Client;
    // When the tests before have moved the clock: a session ends by it, too.
    beforeAll(async () => {
      owner = await person("o.wner@example.com", "owner");
      sponsor = await person("s.ponsor@example.com", "sponsor");
      engineer = await person("e.ngineer@example.com", "engineer");
    });
    let count = 0;
    /** Over a set of its own: one that is looked at again and again wears out. */
    const fresh = async (wrong = 4) => {
      const set = `fresh-${++count}`;
      await truth(client, set, 200, wrong);
      // Criteria of its own, too: a signed no-go of a test before stands for all gates by the same ones.
      await agree(client, [{ ...RIGHT, stretch: 0.99 - count / 1_000 }]);
      await pass(1_000);
      return judge(client, release, [await evaluate(client, set, release)]);
    };
    const sign = (who: Client, gate: { id: string; digest: string }, decision: "go" | "no-go", more = {}) =>
      who.signGate({ params: { gate: gate.id }, body: { decision, digest: gate.digest, ...more } });
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => "signed",
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      );

    test("takes two persons, each in their own name, and what they saw", async () => {
      const gate = await fresh();
      expect(await outcome(sign(engineer, gate, "go"))).toContain("forbidden");
      expect(await outcome(sign(owner, { ...gate, digest: "0".repeat(64) }, "go"))).toContain("conflict");
      expect(await outcome(sign(owner, gate, "go", { as: "sponsor" }))).toContain("nobody signs for another");
      const once = await sign(owner, gate, "go", { note: "As agreed" });
      expect(once.signatures).toMatchObject([
        { as: "owner", decision: "go", person: "o.wner@example.com", note: "As agreed", digest: gate.digest },
      ]);
      expect(await outcome(sign(owner, gate, "go"))).toContain("has signed go as owner already");
      expect((await sign(sponsor, gate, "go")).signatures).toHaveLength(2);
      const { body } = await app.database.one<{ body: string }>(
        sql`select body from audit_event where kind = 'gate.signed' order by id desc limit 1`,
      );
      expect(body).toContain(gate.digest);
      expect(body).not.toContain("As agreed");
    });

    test("waits on the overview of whoever can sign it, until they have", async () => {
      const waits = async (who: Client) =>
        (await who.getOverview({ params, query: {} })).needs.filter(({ kind }) => kind === "gate");
      const gate = await fresh();
      const need = {
        id: gate.id,
        code: "gate_to_sign",
        values: { release: gate.release },
        link: `/quality/gates/${gate.id}?workflow=tickets`,
      };
      const toSign = async () => (await engineer.listGates({ params, query: { limit: 1 } })).toSign;
      expect(await waits(owner)).toMatchObject([need]);
      expect(await waits(sponsor)).toMatchObject([need]);
      expect(await waits(engineer)).toEqual([]);
      expect(await toSign()).toEqual({ gate: gate.id, release: gate.release, missing: ["owner", "sponsor"] });
      await sign(owner, gate, "go");
      expect(await toSign()).toMatchObject({ missing: ["sponsor"] });
      expect(await waits(owner)).toEqual([]);
      expect(await waits(sponsor)).toMatchObject([need]);
      await sign(sponsor, gate, "no-go");
      expect(await waits(sponsor)).toEqual([]);
      expect(await toSign()).toBeNull();
      // Neither what came out otherwise nor a part of the groups can be signed as go.
      await fresh(60);
      expect(await waits(owner)).toEqual([]);
    });

    test("waits beside gates of other releases over a part or signed, and no longer once its release was rolled back", async () => {
      const waits = async () =>
        (await sponsor.getOverview({ params, query: {} })).needs.flatMap(({ kind, id }) =>
          kind === "gate" ? [id] : [],
        );
      await agree(client, [
        { ...RIGHT, stretch: 0.95 },
        { ...DRILL, must: false },
      ]);
      await truth(client, "beside", 200, 4);
      await pass(1_000);
      const gate = await judge(client, release, [await evaluate(client, "beside", release)]);
      expect(await waits()).toEqual([gate.id]);
      const document = releaseDocument({ model: { connection: "script", timeout: 5_001 } });
      const other = (await client.publishRelease({ params, body: { document } })).id;
      const run = await evaluate(client, "beside", other);
      expect(await judge(client, other, [run], ["performance"])).toMatchObject({ verdict: "go" });
      expect(await waits()).toEqual([gate.id]);
      const whole = await judge(client, other, [run]);
      expect(await waits()).toEqual([whole.id]);
      await sign(owner, whole, "go");
      await sign(sponsor, whole, "go");
      expect(await waits()).toEqual([gate.id]);

      const ended = async (state: "rolled_back" | "aborted") => {
        const { id } = await client.startRollout({ params, body: { release, ceiling: 0.2 } });
        await client.abortRollout({ params, body: { reason: "The test is over" } });
        await app.database.run(sql`update rollout set state = ${state} where id = ${id}`);
        return id;
      };
      const back = await ended("rolled_back");
      expect(await waits()).toEqual([]);
      expect(await client.getGate({ params: { gate: gate.id } })).toMatchObject({
        rolledBackAt: expect.any(String),
      });
      // One that never had a case says nothing of the release.
      const tried = await ended("aborted");
      expect(await waits()).toEqual([]);
      await app.database.run(sql`update rollout set state = 'aborted' where id = any(${[back, tried]})`);
      expect(await waits()).toEqual([gate.id]);
    });

    test("two at once as one part: one signs, the other is told who did", async () => {
      const gate = await fresh();
      const deputy = await person("d.eputy@example.com", "owner");
      const both = await Promise.all([
        outcome(sign(owner, gate, "go")),
        outcome(sign(deputy, gate, "no-go")),
      ]);
      expect(both.filter((one) => one === "signed")).toHaveLength(1);
      expect(both.find((one) => one !== "signed")).toMatch(
        /wrong_state: .* has signed (go|no-go) as owner already/,
      );
    });

    test("nobody says go to what is not proved, to what was replaced, or to a part of the groups", async () => {
      expect(await outcome(sign(owner, await fresh(60), "go"))).toContain("came out as no-go");
      const old = await fresh();
      const next = await fresh();
      expect(next.signatures).toEqual([]);
      expect(await outcome(sign(owner, old, "go"))).toContain(`A later gate of the release, ${next.id}`);
      await agree(client, [RIGHT, DRILL]);
      await pass(1_000);
      const part = await judge(client, release, [await evaluate(client, "good", release)], ["performance"]);
      expect(await outcome(sign(owner, part, "go"))).toContain("go takes readiness, too");
      expect(await outcome(sign(owner, part, "no-go"))).toBe("signed");
    });

    test("the machine's own key is one person, signs for nobody with an account, and for nobody who is not named", async () => {
      const gate = await fresh();
      const as = (name: string) => openClient({ url, key: installation.key, as: name });
      expect(await outcome(sign(as("o.wner@example.com"), gate, "go"))).toContain("has an account here");
      expect(await outcome(sign(as("s.tranger@example.com"), gate, "go"))).toContain(
        "nobody signs for another",
      );
      expect(await outcome(sign(as("e.brandt@example.com"), gate, "go"))).toBe("signed");
      expect(await outcome(sign(as("m.keller@example.com"), gate, "go"))).toContain(
        "one person whatever name",
      );
      const key = await installation.clientFor(["operate"]);
      expect(await outcome(sign(key, gate, "go"))).toContain("bad_request");
    });

    test("unlocks the autonomy, and only for the release that has or may get cases", async () => {
      const raise = () => outcome(client.setAutonomy({ params, body: { autonomy: 0.1 } }));
      const gate = await fresh();
      expect(await raise()).toContain("locked until the workflow has its go");
      await sign(owner, gate, "go");
      await sign(sponsor, gate, "go");
      expect(await raise()).toContain("locked until the workflow has its go");
      await client.setShare({ params, body: { release, share: 0.1 } });
      expect(await raise()).toBe("signed");
      await client.setShare({ params, body: { release, share: 0 } });
    });

    test("a release that was signed no-go gets no more cases by hand, whatever is judged after it by the same criteria", async () => {
      const share = (part: number) => outcome(client.setShare({ params, body: { release, share: part } }));
      await sign(owner, await fresh(), "no-go");
      expect(await share(0.1)).toContain("was signed no-go");
      await judge(client, release, []);
      expect(await share(0.1)).toContain("was signed no-go");
      expect(await share(0)).toBe("signed");
      await agree(client, [{ ...RIGHT, minimum: 0.82 }]);
      expect(await share(0.1)).toBe("signed");
      expect(await share(0)).toBe("signed");
    });

    test("while cases may go out alone a share by hand takes a gate, as it is asked for and as it is approved", async () => {
      const autonomy = (part: number) =>
        app.database.run(sql`update workflow set autonomy = ${part} where name = 'tickets'`);
      const share = (part: number) => client.setShare({ params, body: { release, share: part } });
      await autonomy(0.1);
      expect(await outcome(share(0.2))).toContain("the criteria were changed after its gate");
      await agree(client, []);
      const { pending } = await share(0.2);
      await agree(client, [{ ...RIGHT, minimum: 0.83 }]);
      const approver = openClient({ url, key: installation.key, as: "M. Keller" });
      const approve = () => outcome(approver.approveChange({ params: { change: pending!.id } }));
      expect(await approve()).toContain("the criteria were changed after its gate");
      await agree(client, []);
      expect(await approve()).toBe("signed");
      expect(await share(0)).toMatchObject({ pending: null, share: 0 });
      await autonomy(0);
    });

    test("a signed no-go gives the cases back at once: a share by hand, and a rollout", async () => {
      const candidate = () =>
        app.database.one(
          sql`select candidate_release, candidate_share, shadow_release from workflow where name = 'tickets'`,
        );
      await client.setShare({ params, body: { release, share: 0.1 } });
      await sign(sponsor, await fresh(), "no-go");
      expect(await candidate()).toMatchObject({ candidate_share: 0 });
      await agree(client, []);
      const { id } = await client.startRollout({ params, body: { release, ceiling: 0.2 } });
      expect(await candidate()).toMatchObject({ shadow_release: release });
      await sign(owner, await fresh(), "no-go");
      expect(await candidate()).toMatchObject({ shadow_release: null });
      const ended = await client.getRollout({ params: { rollout: id } });
      expect(ended).toMatchObject({ state: "aborted" });
      expect(ended.history.at(-1)).toMatchObject({ move: "abort", reason: "signed no-go" });
    });

    test("a signed no-go stands whatever is judged later, until the criteria are changed", async () => {
      const gate = await fresh();
      await sign(owner, gate, "no-go");
      await truth(client, "later", 200, 0);
      const later = await judge(client, release, [await evaluate(client, "later", release)]);
      expect(later.verdict).toBe("go");
      expect(await outcome(sign(sponsor, later, "go"))).toContain(`The gate ${gate.id} of this release`);
      await client.startRollout({ params, body: { release, ceiling: 0.2 } });
      const advance = () => outcome(client.advanceRollout({ params, body: {} }));
      expect(await advance()).toContain(`its gate ${gate.id} was signed no-go`);
      const next = await fresh();
      expect(await advance()).not.toContain("no-go");
      expect(await outcome(sign(sponsor, next, "go"))).toBe("signed");
      await client.abortRollout({ params, body: { reason: "The test is over" } });
    });

    test("a workflow whose sponsor nobody is cannot reach go, and says so", async () => {
      await client.setDial({
        params,
        body: { setting: "people", value: { owner: "e.brandt@example.com", onCall: [] } },
      });
      const gate = await fresh();
      expect(gate.lacks).toContain("no sponsor is named");
      expect(await outcome(sign(owner, gate, "go"))).toContain("cannot reach go: no sponsor is named");
    });
  });

  test("decides whether a rollout leaves shadow; without criteria nothing is asked", async () => {
    const start = () => client.startRollout({ params, body: { release, ceiling: 0.2 } });
    const advance = () =>
      client.advanceRollout({ params, body: {} }).then(
        () => "asked",
        (error: Error) => error.message,
      );
    await agree(client, [RIGHT, DRILL]);
    await pass(1_000);
    await start();
    await judge(client, release, [await evaluate(client, "bad", release)], ["performance"]);
    expect(await advance()).toContain("came out as no-go");
    await judge(client, release, [await evaluate(client, "fair", release)], ["performance"]);
    expect(await advance()).toBe("asked");
    await agree(client, [{ ...RIGHT, minimum: 0.82 }]);
    expect(await advance()).toContain("the criteria were changed after its gate");
    await agree(client, []);
    expect(await advance()).toBe("asked");
    await client.abortRollout({ params, body: { reason: "The test is over" } });
  });
});

describe("evidence that no run can show", async () => {
  const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-02-20T08:00:00Z" } });
  const { client, app } = installation;
  const release = await launch(installation);
  const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

  test("of live cases from before the criteria were frozen is none", async () => {
    const work = async (externalId: string) => {
      const { caseId } = await client.submitCase({
        params,
        body: { externalId, input: { text: externalId } },
      });
      await until(
        () => client.getCase({ params: { case: caseId } }),
        ({ state }) => state === "in_review",
      );
      const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
      await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
    };
    await work("before");
    await pass(1_000);
    await agree(client, [{ name: "alone", group: "business", figure: "automatic", minimum: 0.1 }]);
    expect((await judge(client, release, [])).criteria[0]).toMatchObject({ verdict: "could-not-run" });
    await pass(1_000);
    await work("after");
    expect((await judge(client, release, [])).criteria[0]).toMatchObject({ n: 1, estimate: 0 });
  });

  test("asks the pulse of five people and more, and is told no more than how many are favourable", async () => {
    await agree(client, [{ name: "helps", group: "acceptance", survey: "helps", minimum: 0.5 }]);
    let round = "2026-02-09";
    const answers = (helps: number[]) =>
      Promise.all(
        helps.map((score, i) =>
          app.database.run(
            sql`insert into pulse_answer (workflow, round, score, helps, trust) values ('tickets', ${round}::date, ${i + 1}, ${score}, 0)
              on conflict (workflow, round, score) do update set helps = ${score}`,
          ),
        ),
      );
    await answers([0, 1, 0, 20, 20]);
    // The round began before the criteria were frozen.
    expect((await judge(client, release, [])).criteria[0]).toMatchObject({ verdict: "could-not-run" });
    await pass(18 * DAY);
    round = "2026-02-23";
    await answers([0, 0, 0, 2, 2]);
    expect((await judge(client, release, [])).criteria[0]).toMatchObject({ verdict: "inconclusive", n: 0 });
    await answers([0, 1, 0, 20, 20]);
    const gate = await judge(client, release, []);
    expect(gate.criteria[0]).toMatchObject({ verdict: "go", n: 41 });
    expect(gate.input).toMatchObject({ evidence: { helps: { answers: [1, 0, 0, 40, 0] } } });
  });
});

describe("the handling time", async () => {
  const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-02-20T08:00:00Z" } });
  const { client, app } = installation;
  const release = await launch(installation);
  const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

  test("is that of days that began after the criteria were frozen, of the whole workflow", async () => {
    const minutes = (n: number) => n * 60_000;
    const day = (away: number) => isoTime(app.clock.now() + away * DAY).slice(0, 10);
    const worked = (on: string, milliseconds: number, tasks: number) =>
      app.database.run(
        sql`insert into review_time_day (workflow, day, turn, milliseconds, tasks) values ('tickets', ${on}, 'all', ${milliseconds}, ${tasks})`,
      );
    // Today began before they are frozen.
    await worked(day(-1), minutes(90), 3);
    await worked(day(0), minutes(60), 3);
    await agree(client, [
      { name: "quick", group: "business", figure: "handling-time", minimum: { ms: minutes(5) }, days: 14 },
    ]);
    expect((await judge(client, release, [])).criteria[0]).toMatchObject({ verdict: "could-not-run" });
    for (let i = 0; i < 11; i++) {
      await pass(DAY);
      await worked(day(0), minutes(4 + (i % 2)) * 2, 2);
    }
    const gate = await judge(client, release, []);
    expect(gate.input).toMatchObject({
      evidence: { quick: { groups: Array.from({ length: 11 }, (_, i) => [[minutes(4 + (i % 2)), 2]]) } },
    });
    expect(gate.criteria[0]).toMatchObject({ verdict: "go", n: 11 });
    // Of the last fourteen days: by then the first two have gone.
    await pass(6 * DAY);
    const later = await judge(client, release, []);
    expect(later.criteria[0]).toMatchObject({ n: 9 });
    // Which release was worked with is not kept with the time, so every release is judged by the same sums.
    const { id } = await client.publishRelease({
      params,
      body: { document: releaseDocument({ model: { connection: "script", timeout: 5_003 } }) },
    });
    expect((await judge(client, id, [])).criteria).toEqual(later.criteria);
  });
});
