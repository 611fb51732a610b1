/**
 * Rollouts in the whole program: two people forward, one back, guards that step back by themselves, records that replay.
 *
 * Time is simulated, people work through the API, the watch is the program's own duty.
 */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, releaseDocument, until } from "./support/installation.ts";

const HOUR = 3_600_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url, key, client: brandt } = installation;
const okafor = openClient({ url, key, as: "J. Okafor" });
const { database } = app;

let made = 0;

/** A workflow on people's work, with a release that is ready and says "billing" to everything. */
async function begin(more: { workflow?: JsonObject; stable?: boolean } = {}) {
  const workflow = `tickets-${++made}`;
  const base = { workflow, rollout: ["shadow", 0.5, 1], ...more.workflow };
  const first = await launch(installation, {
    workflow: base,
    release: { workflow },
    share: 0,
    script: { rules: [], otherwise: { answer: { category: "billing" }, confidence: 0.9 } },
  });
  return { workflow, params: { workflow }, release: first };
}

type Begun = Awaited<ReturnType<typeof begin>>;

async function start({ params, release }: Begun, plan: { ceiling?: number } = {}) {
  return brandt.startRollout({ params, body: { release, ceiling: 0.3, ...plan } });
}

/** One asks, another approves. */
async function advance({ params }: Begun, body: { undecided?: boolean; reason?: string } = {}) {
  const { pending } = await brandt.advanceRollout({ params, body });
  await okafor.approveChange({ params: { change: pending!.id } });
  return shown({ params });
}

async function shown({ params }: Pick<Begun, "params">) {
  const { rollouts } = await brandt.listRollouts({ params, query: {} });
  return brandt.getRollout({ params: { rollout: rollouts[0]!.id } });
}

async function submit({ params }: Begun, count: number, input: JsonObject = {}): Promise<string[]> {
  const sent = Array.from({ length: count }, () =>
    brandt.submitCase({ params, body: { externalId: `r-${++made}`, input: { text: "a bill", ...input } } }),
  );
  return (await Promise.all(sent)).map((one) => one.caseId);
}

/** Reviews the AI cases among these: right ones are approved, wrong ones changed. Answers how many there were. */
async function review(ids: readonly string[], wrong: (i: number) => boolean = () => false): Promise<number> {
  let seen = 0;
  for (const id of ids) {
    const found = await until(
      () => brandt.getCase({ params: { case: id } }),
      ({ state }) => state === "in_review",
    );
    if (found.arm === "manual") continue;
    const { lease } = await brandt.claimReview({ params: { case: id }, body: {} });
    await brandt.giveVerdict({
      params: { case: id },
      body: wrong(seen++)
        ? { lease, verdict: "edit", output: { category: "technical" } }
        : { lease, verdict: "approve" },
    });
  }
  return seen;
}

/** Another release, whose model answers what fits no schema. */
async function fitsNoSchema({ params, workflow }: Begun): Promise<string> {
  const script = { rules: [], otherwise: { answer: { category: "nonsense" }, confidence: 0.9 } };
  await brandt.saveConnection({
    params: { name: "broken" },
    body: { settings: { kind: "scripted", script } },
  });
  const document = releaseDocument({ workflow, model: { connection: "broken", timeout: 5_000 } });
  return (await brandt.publishRelease({ params, body: { document } })).id;
}

/** A release that was promoted, and one that was tried after it and aborted. */
async function promotedThenAborted() {
  const begun = await begin({ workflow: { rollout: [1] } });
  const { id } = await start(begun);
  await advance(begun);
  await review(await submit(begun, 40));
  await pass(24);
  await advance(begun);
  expect(await brandt.getRollout({ params: { rollout: id } })).toMatchObject({ state: "promoted" });
  const release = await fitsNoSchema(begun);
  await brandt.startRollout({ params: begun.params, body: { release, ceiling: 0.3 } });
  await brandt.abortRollout({ params: begun.params, body: { reason: "published by mistake" } });
  return { ...begun, rollout: { rollout: id } };
}

const pass = (hours: number) => brandt.advanceClock({ body: { milliseconds: hours * HOUR } });

describe("a rollout", () => {
  test("begins in shadow with one person, and gets its first cases only when two let it", async () => {
    const begun = await begin();
    const started = await start(begun);
    expect(started).toMatchObject({
      state: "shadow",
      stageName: "shadow",
      share: 0,
      control: "manual",
      moves: ["advance", "hold", "abort"],
    });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      shadowRelease: begun.release,
      share: 0,
    });
    const { pending } = await brandt.advanceRollout({ params: begun.params, body: {} });
    await expect(brandt.approveChange({ params: { change: pending!.id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    expect(await shown(begun)).toMatchObject({ state: "shadow" });
    await okafor.approveChange({ params: { change: pending!.id } });
    expect(await shown(begun)).toMatchObject({ state: "running", stageName: "50 %", share: 0.5 });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      candidateRelease: begun.release,
      share: 0.5,
      shadowRelease: null,
    });
  });

  test("is the only one: no second one beside it, and no share by hand", async () => {
    const begun = await begin();
    await start(begun);
    await expect(start(begun)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("is open (shadow"),
    });
    await expect(
      brandt.setShare({ params: begun.params, body: { release: begun.release, share: 0.1 } }),
    ).rejects.toMatchObject({ message: expect.stringContaining("its stages set the share") });
    const ending = { hint: expect.stringContaining(`pilotage rollout abort ${begun.workflow}`) };
    await expect(start(begun)).rejects.toMatchObject(ending);
    await expect(
      brandt.setShare({ params: begun.params, body: { release: begun.release, share: 0.1 } }),
    ).rejects.toMatchObject(ending);
    await expect(brandt.setShadow({ params: begun.params, body: { release: null } })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("decides what runs in shadow"),
      ...ending,
    });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      shadowRelease: begun.release,
    });
    await brandt.abortRollout({ params: begun.params, body: { reason: "a test" } });
    expect(await shown(begun)).toMatchObject({ state: "aborted", moves: [] });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ shadowRelease: null });
  });

  test("leaves a stage only with enough labels, time and proof, and says what is missing", async () => {
    const begun = await begin();
    await start(begun);
    await advance(begun);
    await expect(brandt.advanceRollout({ params: begun.params, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringMatching(/too few.*lasted long enough.*no data/),
    });
    await review(await submit(begun, 90));
    // A week of business before all cases go there.
    await pass(24);
    await expect(brandt.advanceRollout({ params: begun.params, body: {} })).rejects.toMatchObject({
      message: expect.stringContaining("not lasted long enough"),
    });
    await pass(6 * 24);
    expect((await shown(begun)).promotion).toMatchObject({ kind: "ready" });
    expect(await advance(begun)).toMatchObject({
      state: "running",
      share: 1,
      moves: ["promote", "hold", "roll_back"],
    });
    await pass(24);
    const promoted = await advance(begun);
    expect(promoted).toMatchObject({ state: "promoted", control: "manual" });
    expect(promoted.history.map(({ move, agrees }) => [move, agrees])).toEqual([
      ["start", true],
      ["advance", true],
      ["advance", true],
      ["promote", true],
    ]);
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      stableRelease: begun.release,
      candidateRelease: null,
      share: 0,
    });
    // 100 % is not the end of the way back.
    await brandt.rollBack({ params: begun.params, body: { reason: "it was wrong after all" } });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      stableRelease: "manual",
      candidateRelease: null,
    });
    const [id] = await submit(begun, 1);
    expect(await brandt.getCase({ params: { case: id! } })).toMatchObject({ arm: "manual" });
  });

  test("that errs is rolled back by the program, with a record that comes out the same from its numbers", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    expect(await start(begun, { ceiling: 0.05 })).toMatchObject({ state: "draft" });
    await advance(begun);
    const ids = await submit(begun, 24);
    await review(ids, () => true);
    const back = await until(
      () => shown(begun),
      ({ state }) => state === "rolled_back",
    );
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      candidateRelease: null,
      share: 0,
    });
    const last = back.history.at(-1)!;
    expect(last).toMatchObject({
      move: "roll_back",
      reason: "errors",
      from: "running",
      agrees: true,
      differences: [],
    });
    const next = await submit(begun, 20);
    for (const id of next)
      expect(await brandt.getCase({ params: { case: id } })).toMatchObject({
        arm: "manual",
        release: "manual",
      });
    const { body } = await database.one<{ body: string }>(sql`
      select body from audit_event where kind = 'rollout.moved' and workflow = ${begun.workflow} order by id desc limit 1`);
    expect(JSON.parse(body)).toMatchObject({
      actor: { kind: "system" },
      data: { move: "roll_back", alarm: "errors" },
    });
    const delivered = await brandt.rolledOutCases({ params: { rollout: back.id }, query: {} });
    expect(delivered).toMatchObject({ alone: 0, total: expect.any(Number) });
  });

  test("that nobody judged goes nowhere: missing is not passing", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    await start(begun);
    await advance(begun);
    await submit(begun, 3);
    await pass(24 * 5);
    const { promotion, state } = await shown(begun);
    expect(state).toBe("running");
    expect(promotion).toMatchObject({ kind: "hold", reasons: expect.arrayContaining(["few-labels"]) });
  });

  test("is held by a person at its share, and goes on when the owner says so", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    await start(begun);
    await advance(begun);
    await brandt.holdRollout({ params: begun.params, body: { reason: "waiting for the vendor" } });
    expect(await shown(begun)).toMatchObject({
      state: "held",
      share: 0.5,
      tripped: null,
      moves: ["resume", "roll_back"],
    });
    await expect(brandt.advanceRollout({ params: begun.params, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
    });
    const { pending } = await brandt.resumeRollout({
      params: begun.params,
      body: { reason: "they answered" },
    });
    expect(pending).toBeNull();
    expect(await shown(begun)).toMatchObject({ state: "running", share: 0.5 });
  });

  test("that a person holds loses its cases when an alarm sounds, and then goes on only by two", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    const release = await fitsNoSchema(begun);
    await brandt.startRollout({ params: begun.params, body: { release, ceiling: 0.3 } });
    await advance(begun);
    await brandt.holdRollout({ params: begun.params, body: { reason: "waiting for the vendor" } });
    await submit(begun, 60);
    const held = await until(
      () => shown(begun),
      ({ tripped }) => tripped !== null,
    );
    expect(held).toMatchObject({ state: "held", tripped: "bad_answers", share: 0 });
    expect(held.history.map(({ move, agrees }) => [move, agrees])).toEqual([
      ["start", true],
      ["advance", true],
      ["hold", true],
      ["hold", true],
    ]);
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ share: 0 });
    const { pending } = await brandt.resumeRollout({ params: begun.params, body: { reason: "mended" } });
    await okafor.approveChange({ params: { change: pending!.id } });
    expect(await shown(begun)).toMatchObject({
      state: "running",
      share: 0.5,
      tripped: null,
      accepted: ["bad_answers"],
    });
  });

  test("whose model fits no schema is held without cases; two people take that on themselves, and it trips no more", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    const id = await fitsNoSchema(begun);
    await brandt.startRollout({ params: begun.params, body: { release: id, ceiling: 0.3 } });
    await advance(begun);
    await submit(begun, 60);
    const held = await until(
      () => shown(begun),
      ({ state }) => state === "held",
    );
    expect(held).toMatchObject({ tripped: "bad_answers", share: 0 });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ share: 0 });
    const { pending } = await brandt.resumeRollout({
      params: begun.params,
      body: { reason: "the schema is mended" },
    });
    await okafor.approveChange({ params: { change: pending!.id } });
    const again = await shown(begun);
    expect(again).toMatchObject({ state: "running", share: 0.5, accepted: ["bad_answers"] });
    expect(again.guards.map((guard) => guard.name)).not.toContain("bad_answers");
    expect(again.history.every((move) => move.agrees)).toBe(true);
  });

  test("that promoted its release is rolled back also after another one was aborted", async () => {
    const begun = await promotedThenAborted();
    await brandt.rollBack({ params: begun.params, body: { reason: "it was wrong after all" } });
    expect(await brandt.getRollout({ params: begun.rollout })).toMatchObject({ state: "rolled_back" });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ stableRelease: "manual" });
    expect(await brandt.rollBack({ params: begun.params, body: { reason: "once more" } })).toMatchObject({
      id: begun.rollout.rollout,
      already: true,
    });
  });

  test("that promoted its release is rolled back by a signed no-go also after another one was aborted", async () => {
    const begun = await promotedThenAborted();
    const owner = openClient({ url, key, as: "e.brandt@example.com" });
    const gate = await owner.judgeGate({ params: begun.params, body: { release: begun.release, runs: [] } });
    await owner.signGate({
      params: { gate: gate.id },
      body: { decision: "no-go", digest: gate.digest, note: "wrong after all" },
    });
    const back = await brandt.getRollout({ params: begun.rollout });
    expect(back).toMatchObject({ state: "rolled_back" });
    expect(back.history.at(-1)).toMatchObject({ move: "roll_back", reason: "signed no-go" });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ stableRelease: "manual" });
  });

  test("counts a label that was taken back no more", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1], undo: 60_000 } });
    await start(begun);
    await advance(begun);
    const ids = await submit(begun, 12);
    const reviewed = await review(ids);
    const counted = async () =>
      (await shown(begun)).guards.find((guard) => guard.name === "errors")!.steps[0]?.candidate.n ?? 0;
    expect(await counted()).toBe(reviewed);
    const one = (await Promise.all(ids.map((id) => brandt.getCase({ params: { case: id } })))).find(
      (found) => found.arm === "candidate",
    )!;
    await brandt.undoVerdict({ params: { case: one.id } });
    expect(await counted()).toBe(reviewed - 1);
  });

  test("gives all cases of a team to the candidate in a stage of that team, and no others", async () => {
    const begun = await begin({
      workflow: { teams: ["north", "south"], team: "customer", rollout: [{ team: "north" }, 1] },
    });
    await start(begun);
    expect(await advance(begun)).toMatchObject({ stageName: "team north" });
    const arms = async (customer: string) =>
      Promise.all(
        (await submit(begun, 6, { customer })).map(
          async (id) => (await brandt.getCase({ params: { case: id } })).arm,
        ),
      );
    expect(new Set(await arms("north"))).toEqual(new Set(["candidate"]));
    expect(new Set(await arms("south"))).toEqual(new Set(["manual"]));
    const { guards } = await shown(begun);
    expect(guards.map((guard) => guard.name)).not.toContain("overridden");
  });

  test("is moved once by two people who approve at the same moment", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    await start(begun);
    const { pending } = await brandt.advanceRollout({ params: begun.params, body: {} });
    const keller = openClient({ url, key, as: "M. Keller" });
    const outcomes = await Promise.allSettled(
      [okafor, keller].map((one) => one.approveChange({ params: { change: pending!.id } })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await shown(begun)).history.map(({ move }) => move)).toEqual(["start", "advance"]);
  });

  test("cannot be approved after it moved on by itself", async () => {
    const begun = await begin({ workflow: { rollout: [0.5, 1] } });
    await start(begun);
    const { pending } = await brandt.advanceRollout({ params: begun.params, body: {} });
    await brandt.abortRollout({ params: begun.params, body: { reason: "a mistake" } });
    await expect(okafor.approveChange({ params: { change: pending!.id } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });
});
