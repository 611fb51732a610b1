/**
 * Rollbacks where several releases are about: asked for twice, of an older release, of the stable one beside a candidate.
 *
 * The whole program on a simulated clock, people through the API.
 */
import { expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, releaseDocument, until, workflowDocument } from "./support/installation.ts";

const HOUR = 3_600_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url, key, client: brandt } = installation;
const okafor = openClient({ url, key, as: "J. Okafor" });
const owner = openClient({ url, key, as: "e.brandt@example.com" });

let made = 0;
type Params = { workflow: string };

const pass = (hours: number) => brandt.advanceClock({ body: { milliseconds: hours * HOUR } });
const get = (rollout: string) => brandt.getRollout({ params: { rollout } });
const inForce = async (params: Params) => {
  const { stableRelease, candidateRelease, share } = await brandt.getWorkflow({ params });
  return { stableRelease, candidateRelease, share };
};
const back = (params: Params, rollout?: string) =>
  brandt.rollBack({
    params,
    body: { reason: "wrong answers", ...(rollout === undefined ? {} : { rollout }) },
  });

async function advance(params: Params): Promise<void> {
  const { pending } = await brandt.advanceRollout({ params, body: {} });
  await okafor.approveChange({ params: { change: pending!.id } });
}

async function start(params: Params, release: string): Promise<string> {
  const { id } = await brandt.startRollout({ params, body: { release, ceiling: 0.3 } });
  return id;
}

async function submit(params: Params, count: number, input: JsonObject = {}) {
  const sent = await Promise.all(
    Array.from({ length: count }, () =>
      brandt.submitCase({ params, body: { externalId: `b-${++made}`, input: { text: "a bill", ...input } } }),
    ),
  );
  return Promise.all(sent.map(({ caseId }) => brandt.getCase({ params: { case: caseId } })));
}

/** A person decides those that a model answered: as it said, or otherwise. */
async function review(cases: readonly { id: string; arm: string }[], wrong = false): Promise<void> {
  for (const { id, arm } of cases) {
    if (arm === "manual") continue;
    await until(
      () => brandt.getCase({ params: { case: id } }),
      ({ state }) => state === "in_review",
    );
    const { lease } = await brandt.claimReview({ params: { case: id }, body: {} });
    await brandt.giveVerdict({
      params: { case: id },
      body: wrong
        ? { lease, verdict: "edit", output: { category: "technical" } }
        : { lease, verdict: "approve" },
    });
  }
}

/** A release that was promoted by its rollout, beside people's work before it. */
async function promoted() {
  const workflow = `back-${++made}`;
  const params = { workflow };
  const stable = await launch(installation, {
    workflow: { workflow, rollout: [1], thread: "customer" },
    release: { workflow },
    share: 0,
    script: { rules: [], otherwise: { answer: { category: "billing" }, confidence: 0.9 } },
  });
  const rollout = await start(params, stable);
  await advance(params);
  await review(await submit(params, 40));
  await pass(24);
  await advance(params);
  expect(await inForce(params)).toMatchObject({ stableRelease: stable });
  return { params, stable, rollout };
}

async function anotherRelease(params: Params, timeout = 5_001): Promise<string> {
  const document = releaseDocument({ ...params, model: { connection: "script", timeout } });
  return (await brandt.publishRelease({ params, body: { document } })).id;
}

/** A promoted release, and the open rollout of another one that has cases. */
async function beside() {
  const begun = await promoted();
  await app.database.run(
    sql`update workflow set dials = jsonb_set(dials, '{rollout}', '[0.5, 1]') where name = ${begun.params.workflow}`,
  );
  const candidate = await anotherRelease(begun.params);
  const open = await start(begun.params, candidate);
  await advance(begun.params);
  expect(await inForce(begun.params)).toMatchObject({ candidateRelease: candidate });
  return { ...begun, candidate, open };
}

/** A promoted release, and another one that was promoted after it. */
async function replaced() {
  const begun = await beside();
  await app.database.transaction(async (tx) => {
    await tx.run(
      sql`update rollout set state = 'promoted', ended_at = stage_at, stage = 0 where id = ${begun.open}`,
    );
    await tx.run(sql`
      insert into rollout_move (rollout, no, move, at, actor, from_state, to_state, stage, share, evidence)
      select id, 9, 'promote', stage_at, '{"kind":"person","name":"x"}', 'running', 'promoted', 0, 1, '{"evidence":null,"verdicts":{}}' from rollout where id = ${begun.open}`);
    await tx.run(
      sql`update workflow set stable_release = ${begun.candidate}, candidate_release = null, candidate_share = 0 where name = ${begun.params.workflow}`,
    );
  });
  const { params, stable: first, rollout: firstRollout, candidate: second, open: secondRollout } = begun;
  return { params, first, firstRollout, second, secondRollout };
}

const reference = async ({ workflow }: Params) =>
  (
    await app.database.one<{ release: string }>(
      sql`select reference_release as release from workflow where name = ${workflow}`,
    )
  ).release;

/** What the audit log says of a workflow in events of one kind, the oldest first. */
async function audited<T>({ workflow }: Params, kind: string): Promise<T[]> {
  const events = await app.database.all<{ body: string }>(
    sql`select body from audit_event where workflow = ${workflow} and kind = ${kind} order by id`,
  );
  return events.map(({ body }) => (JSON.parse(body) as { data: T }).data);
}

async function signNoGo(params: Params, release: string): Promise<void> {
  const gate = await owner.judgeGate({ params, body: { release, runs: [] } });
  await owner.signGate({
    params: { gate: gate.id },
    body: { decision: "no-go", digest: gate.digest, note: "wrong after all" },
  });
}

test.each([
  ["with its name", true],
  ["without a name, as before", false],
])("two people who press at once, %s, take out the candidate alone", async (_, named) => {
  const { params, stable, open } = await beside();
  const replies = await Promise.all([1, 2].map(() => back(params, named ? open : undefined)));
  expect(new Set(replies.map(({ id }) => id))).toEqual(new Set([open]));
  expect(replies.filter(({ already }) => already)).toHaveLength(1);
  expect(replies.every(({ state }) => state === "rolled_back")).toBe(true);
  expect(await inForce(params)).toMatchObject({ stableRelease: stable, candidateRelease: null });
  // Answered as done, and nothing was done.
  expect((await get(open)).history.filter(({ move }) => move === "roll_back")).toHaveLength(1);
});

test("the release before it is taken out by its name alone, also long after", async () => {
  const { params, stable, rollout, open } = await beside();
  await back(params, open);
  await pass(24);
  expect(await back(params, open)).toMatchObject({ id: open, already: true });
  await expect(back(params)).rejects.toMatchObject({
    code: "wrong_state",
    message: expect.stringContaining("was rolled back already"),
    hint: expect.stringContaining(`--rollout ${rollout}`),
  });
  expect(await inForce(params)).toMatchObject({ stableRelease: stable });
  expect(await back(params, rollout)).toMatchObject({ id: rollout, already: false, backTo: "manual" });
  expect(await inForce(params)).toMatchObject({ stableRelease: "manual" });
});

test("the rollouts of one release are listed without those of others", async () => {
  const { params, stable, rollout, candidate, open } = await beside();
  const of = async (release: string, page = {}) =>
    (await brandt.listRollouts({ params, query: { release, ...page } })).rollouts.map(({ id }) => id);
  expect(await of(stable)).toEqual([rollout]);
  expect(await of(candidate)).toEqual([open]);
  expect(await of(candidate, { before: open })).toEqual([]);
  expect(await of("rel_unknown")).toEqual([]);
});

test("a rollout of another workflow is not taken back, nor one that another release replaced", async () => {
  const one = await promoted();
  const other = await promoted();
  await expect(back(other.params, one.rollout)).rejects.toMatchObject({ code: "not_found" });
  await expect(back(one.params, "roll_x")).rejects.toMatchObject({ code: "not_found" });
  await app.database.run(
    sql`update workflow set stable_release = 'manual' where name = ${one.params.workflow}`,
  );
  await expect(back(one.params, one.rollout)).rejects.toMatchObject({ code: "wrong_state" });
});

test("the thread of a release that was taken out is no evidence in a later rollout", async () => {
  const { params, stable } = await promoted();
  // At 100 % no case is the stable release's, so that one there would contradict the counts.
  const first = await start(params, await anotherRelease(params));
  await advance(params);
  const [begun] = await submit(params, 1, { customer: "keeps writing" });
  expect(begun).toMatchObject({ arm: "candidate", share: 1 });
  await back(params, first);
  const second = await start(params, await anotherRelease(params, 5_002));
  await advance(params);
  const [again] = await submit(params, 1, { customer: "keeps writing" });
  expect(again).toMatchObject({ arm: "stable", release: stable, share: 0 });
  await review([again!], true);
  await review(await submit(params, 3));
  const found = await get(second);
  expect(found).toMatchObject({ state: "running", tripped: null });
  expect(found.cases).toEqual([{ share: 1, candidate: 3, stable: 0 }]);
  expect(found.guards.find(({ name }) => name === "errors")).toMatchObject({ kind: "quiet" });
});

test("a signed no-go on the stable release takes it out beside a candidate, whose rollout goes on", async () => {
  const { params, stable, rollout, candidate, open } = await beside();
  const of = async (count: number) => {
    const cases = await submit(params, count);
    await review(cases);
    return cases;
  };
  await of(20);
  const before = await get(open);
  await submit(params, 1, { customer: "began with the stable one" });
  await pass(1);
  await signNoGo(params, stable);
  expect(await get(rollout)).toMatchObject({ state: "rolled_back", backTo: "manual" });
  expect(await inForce(params)).toEqual({ stableRelease: "manual", candidateRelease: candidate, share: 0.5 });
  await pass(1);
  const answered = await of(60);
  const since = [...answered, ...(await submit(params, 1, { customer: "began with the stable one" }))];
  expect(new Set(since.map(({ release }) => release))).toEqual(new Set(["manual", candidate]));
  const after = await get(open);
  // What was compared stays as it was; what came since counts for the ceiling alone, and no arm seems to be missing.
  expect(after).toMatchObject({ state: "running", tripped: null, control: stable, backTo: "manual" });
  const errors = (one: typeof after) => one.guards.find(({ name }) => name === "errors")!.steps;
  expect(errors(after)[0]).toEqual(errors(before)[0]);
  expect(errors(after)[1]).toMatchObject({ share: 1, stable: { n: 0 } });
  const its = answered.filter(({ release }) => release === candidate);
  expect(errors(after)[1]!.candidate.n).toBe(its.length);
  expect(after.guards.find(({ name }) => name === "bad_answers")).toMatchObject({ kind: "quiet" });
  expect(after.history.every(({ agrees }) => agrees)).toBe(true);
  expect(after.sentence).toContain("the others go to manual");
  // Nothing leads back to the release that was refused.
  expect(await back(params, open)).toMatchObject({ backTo: "manual" });
  expect(await inForce(params)).toEqual({ stableRelease: "manual", candidateRelease: null, share: 0 });
});

test("a release that was refused after another took its place is not what a rollback leads to", async () => {
  const { params, first, firstRollout, second, secondRollout } = await replaced();
  await signNoGo(params, first);
  expect(await get(firstRollout)).toMatchObject({ state: "rolled_back" });
  expect(await inForce(params)).toMatchObject({ stableRelease: second });
  await back(params, secondRollout);
  expect(await inForce(params)).toMatchObject({ stableRelease: "manual" });
});

test("an older release that is taken back after a younger one was aborted is told of for a week", async () => {
  const { params, rollout, stable } = await promoted();
  await start(params, await anotherRelease(params));
  await brandt.abortRollout({ params, body: { reason: "published by mistake" } });
  await pass(1);
  await back(params, rollout);
  const told = { id: rollout, release: stable, state: "rolled_back", alarm: null };
  expect((await brandt.getWorkflow({ params })).stoppedRollout).toMatchObject(told);
  const overview = await brandt.getOverview({ params, query: {} });
  expect(JSON.stringify(overview)).toContain(`"id":"${rollout}"`);
  expect(overview.needs.find(({ kind }) => kind === "rollout")).toMatchObject({
    link: `/rollout?workflow=${params.workflow}&rollout=${rollout}`,
  });
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  expect(await response.text()).toMatch(
    new RegExp(`pilotage_rollout_stopped\\{[^}]*workflow="${params.workflow}"[^}]*\\} 1`),
  );
  await pass(1);
  // Another one that begins takes its place.
  await start(params, await anotherRelease(params, 5_002));
  expect((await brandt.getWorkflow({ params })).stoppedRollout).toBeNull();
});

test("a rollback waits for no count of cases and for no thread; intake leads the threads on at once", async () => {
  const { params, stable, rollout } = await promoted();
  const { workflow } = params;
  const [begun] = await submit(params, 1, { customer: "c-1" });
  expect(begun).toMatchObject({ release: stable });
  const THREADS = 12_000;
  await app.database.run(sql`
    insert into thread_arm (workflow, thread, arm, release, share)
    select ${workflow}, 't' || n, 'stable', case when n % 10 = 0 then 'manual' else ${stable} end, 0 from generate_series(1, ${THREADS}) n`);
  const left = async () =>
    (
      await app.database.one<{ left: number }>(
        sql`select count(*)::int as left from thread_arm where workflow = ${workflow} and release = ${stable}`,
      )
    ).left;
  await app.database.transaction(async (tx) => {
    await tx.run(sql`lock table label in access exclusive mode`);
    await tx.run(
      sql`select from thread_arm where workflow = ${workflow} and thread in ('c-1', 't1') for update`,
    );
    expect(await back(params, rollout)).toMatchObject({ already: false, backTo: "manual" });
    const { caseId } = await brandt.submitCase({
      params,
      body: { externalId: `b-${++made}`, input: { text: "a bill", customer: "c-1" } },
    });
    expect(await tx.one(sql`select release, arm, share from case_ where id = ${caseId}`)).toEqual({
      release: "manual",
      arm: "manual",
      share: 0,
    });
    expect(await left()).toBeGreaterThan(0);
  });
  expect((await get(rollout)).history.at(-1)).toMatchObject({ move: "roll_back", agrees: true });
  await until(left, (count) => count === 0);
  const ways = () =>
    app.database.all(sql`select from thread_way where workflow = ${workflow}`).then((found) => found.length);
  await until(ways, (count) => count === 0);
});

test("a step out of shadow that was asked for is asked for anew once the release beside it was taken out", async () => {
  const { params, rollout } = await promoted();
  await app.database.run(
    sql`update workflow set dials = jsonb_set(dials, '{rollout}', '["shadow", 0.5, 1]') where name = ${params.workflow}`,
  );
  await start(params, await anotherRelease(params));
  const body = { undecided: true, reason: "few cases come" };
  const { pending } = await brandt.advanceRollout({ params, body });
  await back(params, rollout);
  await expect(okafor.approveChange({ params: { change: pending!.id } })).rejects.toMatchObject({
    code: "wrong_state",
    message: expect.stringContaining("has moved since it was asked for"),
  });
});

test("without a name the stable release is taken out beside a candidate in shadow, once", async () => {
  const { params, rollout } = await promoted();
  await app.database.run(
    sql`update workflow set dials = jsonb_set(dials, '{rollout}', '["shadow", 0.5, 1]') where name = ${params.workflow}`,
  );
  const shadow = await start(params, await anotherRelease(params));
  expect(await back(params)).toMatchObject({ id: rollout, already: false });
  expect(await back(params)).toMatchObject({ id: rollout, already: true });
  expect(await get(shadow)).toMatchObject({ state: "shadow", backTo: "manual" });
});

test("a signed no-go takes the share by hand of a release that was promoted once", async () => {
  const { params, first, second } = await replaced();
  await brandt.setShare({ params, body: { release: first, share: 0.2 } });
  expect(await inForce(params)).toMatchObject({ candidateRelease: first, share: 0.2 });
  await signNoGo(params, first);
  expect(await inForce(params)).toMatchObject({ stableRelease: second, share: 0 });
  expect(await audited(params, "setting.changed")).toContainEqual(
    expect.objectContaining({ setting: "share", release: first, before: "0.2", after: "0" }),
  );
});

test("a release that is refused while it is tried again describes no case any more", async () => {
  const { params, first, second } = await replaced();
  await start(params, first);
  await advance(params);
  expect(await reference(params)).toBe(first);
  await signNoGo(params, first);
  expect(await inForce(params)).toEqual({ stableRelease: second, candidateRelease: null, share: 0 });
  expect(await reference(params)).toBe(second);
});

test("no rollback leads to the release whose rollout is open", async () => {
  const { params, first, second, secondRollout } = await replaced();
  const again = await start(params, first);
  await advance(params);
  expect(await inForce(params)).toEqual({ stableRelease: second, candidateRelease: first, share: 0.5 });
  expect(await back(params, secondRollout)).toMatchObject({ backTo: "manual" });
  expect(await inForce(params)).toEqual({ stableRelease: "manual", candidateRelease: first, share: 0.5 });
  // And its own rollback has its effect.
  expect(await back(params, again)).toMatchObject({ backTo: "manual" });
  expect(await inForce(params)).toEqual({ stableRelease: "manual", candidateRelease: null, share: 0 });
});

test("cases are described by the release that they go back to, where the candidate has none yet", async () => {
  const { params, first, second, secondRollout } = await replaced();
  await app.database.run(
    sql`update workflow set dials = jsonb_set(dials, '{rollout}', '["shadow", 1]') where name = ${params.workflow}`,
  );
  const open = await start(params, await anotherRelease(params, 5_002));
  expect(await get(open)).toMatchObject({ state: "shadow" });
  expect(await reference(params)).toBe(second);
  await back(params, secondRollout);
  expect(await inForce(params)).toMatchObject({ stableRelease: first });
  expect(await reference(params)).toBe(first);
});

test("cases are still described by the candidate that has its share of them", async () => {
  const { params, candidate, rollout } = await beside();
  await back(params, rollout);
  expect(await reference(params)).toBe(candidate);
});

test("where new cases go is said anew when the release that they went to is taken out", async () => {
  const { params, first, secondRollout } = await replaced();
  const third = await start(params, await anotherRelease(params, 5_002));
  await advance(params);
  await back(params, third);
  await back(params, secondRollout);
  expect(await inForce(params)).toMatchObject({ stableRelease: first });
  expect(await get(third)).toMatchObject({
    backTo: first,
    sentence: expect.stringContaining(`new cases go to ${first}`),
  });
  expect(await back(params, third)).toMatchObject({ already: true, backTo: first });
});

test("a candidate that is left alone twice says where the other cases go now", async () => {
  const { params, first, firstRollout, second, secondRollout } = await replaced();
  const third = await start(params, await anotherRelease(params, 5_002));
  await advance(params);
  await back(params, secondRollout);
  expect(await get(third)).toMatchObject({ state: "running", control: second, backTo: first });
  await back(params, firstRollout);
  expect(await inForce(params)).toMatchObject({ stableRelease: "manual" });
  expect(await get(third)).toMatchObject({
    state: "running",
    backTo: "manual",
    sentence: expect.stringContaining("the others go to manual"),
  });
  const moves = await audited<{ rollout: string; leavesAlone?: string }>(params, "rollout.moved");
  expect(moves.filter(({ leavesAlone }) => leavesAlone === third).map(({ rollout }) => rollout)).toEqual([
    secondRollout,
    firstRollout,
  ]);
});

test("a gate from before its release was rolled back is not signed as go; one that is judged after it can be", async () => {
  const { params, stable: release, rollout } = await promoted();
  const criteria = [
    { name: "drill", group: "readiness", proof: "The provider was down and nothing was lost" },
  ];
  await brandt.applyWorkflow({ params, body: { document: workflowDocument({ ...params, criteria }) } });
  await owner.attestCriterion({ params, body: { criterion: "drill", holds: true, said: "Done", days: 90 } });
  const judge = () => owner.judgeGate({ params, body: { release, runs: [] } });
  const sign = ({ id, digest }: { id: string; digest: string }, decision: "go" | "no-go") =>
    owner.signGate({ params: { gate: id }, body: { decision, digest } });
  const before = await judge();
  expect(before).toMatchObject({ verdict: "go", rolledBackAt: null });
  await pass(1);
  await back(params, rollout);

  await expect(sign(before, "go")).rejects.toMatchObject({
    code: "wrong_state",
    message: expect.stringContaining(`The release ${release} was rolled back (2026-01-`),
    hint: expect.stringContaining(`pilotage rollout show ${rollout} says why`),
  });
  const [shown] = (await owner.listGates({ params, query: {} })).gates;
  expect(shown).toMatchObject({ id: before.id, signatures: [], rolledBackAt: (await get(rollout)).endedAt });

  await pass(1);
  const after = await judge();
  expect(after.rolledBackAt).toBeNull();
  expect((await sign(after, "go")).signatures).toMatchObject([{ as: "owner", decision: "go" }]);
  // No-go takes nothing on itself: it is signed to any gate.
  expect((await sign(before, "no-go")).signatures).toMatchObject([{ decision: "no-go" }]);
});
