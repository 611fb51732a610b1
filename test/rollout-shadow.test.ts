/** A candidate in shadow: compared on the cases that both releases answered, held there when it alone errs more often. */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { mcnemar } from "../src/statistics/comparison.ts";
import { install, launch, releaseDocument, until } from "./support/installation.ts";

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url, key, client: brandt } = installation;
const okafor = openClient({ url, key, as: "J. Okafor" });
const { database } = app;
let made = 0;

/** A stable release that says "billing", and a candidate that says what the case's text asks it to. */
async function begin(more: { workflow?: JsonObject } = {}) {
  const workflow = `shadowed-${++made}`;
  const params = { workflow };
  const stable = await launch(installation, {
    workflow: { workflow, rollout: ["shadow", 0.5, 1], ...more.workflow },
    release: { workflow },
    share: 0,
    script: { rules: [], otherwise: { answer: { category: "billing" }, confidence: 0.9 } },
  });
  await database.run(
    sql`update workflow set stable_release = ${stable}, reference_release = ${stable} where name = ${workflow}`,
  );
  const answer = (category: string) => ({ answer: { category }, confidence: 0.9 });
  await brandt.saveConnection({
    params: { name: "other" },
    body: {
      settings: {
        kind: "scripted",
        script: {
          rules: [
            { when: { field: "text", contains: "worse" }, do: answer("technical") },
            { when: { field: "text", contains: "no schema" }, do: answer("nonsense") },
          ],
          otherwise: answer("billing"),
        },
      },
    },
  });
  const { id: candidate } = await brandt.publishRelease({
    params,
    body: { document: releaseDocument({ workflow, model: { connection: "other", timeout: 5_000 } }) },
  });
  const rollout = await brandt.startRollout({ params, body: { release: candidate, ceiling: 0.3 } });
  return { workflow, params, stable, candidate, rollout };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const shown = ({ rollout }: Begun) => brandt.getRollout({ params: { rollout: rollout.id } });

async function submit({ params }: Begun, text: string, more: JsonObject = {}): Promise<string> {
  const { caseId } = await brandt.submitCase({
    params,
    body: { externalId: `s-${++made}`, input: { text, ...more } },
  });
  return caseId;
}

/** Decides a case once both releases have answered it; a right answer of the stable release is approved. */
async function review(id: string, right = "billing"): Promise<void> {
  await until(
    () => brandt.getCase({ params: { case: id } }),
    ({ state }) => state === "in_review",
  );
  // What was said in shadow is told to nobody before the verdict.
  await until(
    () => database.one<{ state: string }>(sql`select state from shadow_run where case_id = ${id}`),
    ({ state }) => state !== "waiting",
  );
  const { lease } = await brandt.claimReview({ params: { case: id }, body: {} });
  const body =
    right === "billing"
      ? { lease, verdict: "approve" as const }
      : { lease, verdict: "edit" as const, output: { category: right }, reason: "wrong_class" as const };
  await brandt.giveVerdict({ params: { case: id }, body });
}

async function play(begun: Begun, count: number, text: string, right = "billing"): Promise<string[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => submit(begun, text)));
  for (const id of ids) await review(id, right);
  return ids;
}

const counted = async (begun: Begun, n: number) =>
  until(
    () => shown(begun),
    ({ pairs }) => (pairs?.n ?? 0) === n,
  );

describe("a candidate in shadow", () => {
  test("that alone errs more often is held, is asked no more, and its record comes out the same", async () => {
    const begun = await begin();
    await play(begun, 6, "worse");
    expect(await counted(begun, 6)).toMatchObject({
      state: "shadow",
      pairs: { onlyCandidate: 6, onlyStable: 0, p: mcnemar(6, 0) },
      guards: [{ name: "paired", kind: "quiet", action: "hold" }],
    });
    await play(begun, 1, "worse");
    const held = await until(
      () => shown(begun),
      ({ state }) => state === "held",
    );
    expect(held).toMatchObject({ tripped: "paired", share: 0, moves: ["resume", "abort"] });
    expect(held.history.at(-1)).toMatchObject({
      move: "hold",
      reason: "paired",
      from: "shadow",
      agrees: true,
    });
    expect(held.sentence).toContain("is held");
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ shadowRelease: null });
    await expect(brandt.advanceRollout({ params: begun.params, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
    });
    const { looks } = await brandt.rolloutLooks({ params: { rollout: begun.rollout.id } });
    expect(looks.at(-1)).toMatchObject({
      guard: "paired",
      candidate: { errors: 7, n: 7 },
      stageName: "shadow",
    });
    expect(looks.at(-1)!.evidence).toBeGreaterThanOrEqual(looks.at(-1)!.limit!);
    await brandt.abortRollout({ params: begun.params, body: { reason: "it is worse" } });
    expect(await shown(begun)).toMatchObject({ state: "aborted", endedAt: expect.any(String) });
  });

  test("goes on in shadow when two people take that on themselves, and may then leave it", async () => {
    const begun = await begin();
    await play(begun, 7, "worse");
    await until(
      () => shown(begun),
      ({ state }) => state === "held",
    );
    const { pending } = await brandt.resumeRollout({
      params: begun.params,
      body: { reason: "The labels of Monday were wrong" },
    });
    await okafor.approveChange({ params: { change: pending!.id } });
    expect(await shown(begun)).toMatchObject({ state: "shadow", accepted: ["paired"], share: 0 });
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({
      shadowRelease: begun.candidate,
    });
    const next = await brandt.advanceRollout({
      params: begun.params,
      body: { undecided: true, reason: "Seven cases settle nothing, and people look at every one" },
    });
    await okafor.approveChange({ params: { change: next.pending!.id } });
    const running = await shown(begun);
    expect(running).toMatchObject({ state: "running", share: 0.5 });
    expect(running.history.every(({ agrees }) => agrees)).toBe(true);
    // What was compared in shadow stays known.
    expect(running.pairs).toMatchObject({ n: 7, onlyCandidate: 7 });
  });

  test("leaves it with enough pairs after a day, and before that only when two people take it on themselves", async () => {
    const begun = await begin();
    const { params } = begun;
    expect((await shown(begun)).promotion).toEqual({
      kind: "undecided",
      reasons: ["few-pairs", "too-early"],
      interval: null,
    });
    await expect(brandt.advanceRollout({ params, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringMatching(/too few cases were answered by both.*not lasted long enough/),
    });
    const { pending } = await brandt.advanceRollout({
      params,
      body: { undecided: true, reason: "A pilot with people at every case" },
    });
    expect(pending).toMatchObject({ after: { undecided: true } });
    await play(begun, 30, "the same");
    await counted(begun, 30);
    expect((await shown(begun)).promotion).toMatchObject({ kind: "undecided", reasons: ["too-early"] });
    await brandt.advanceClock({ body: { milliseconds: 24 * 3_600_000 } });
    expect((await shown(begun)).promotion).toEqual({ kind: "ready", reasons: [], interval: null });
    const next = await brandt.advanceRollout({ params, body: {} });
    await okafor.approveChange({ params: { change: next.pending!.id } });
    const running = await shown(begun);
    expect(running).toMatchObject({ state: "running", share: 0.5 });
    expect(running.history.every(({ agrees }) => agrees)).toBe(true);
  });

  test("that is as good stays: cases that both get wrong, or both right, say nothing", async () => {
    const begun = await begin();
    await play(begun, 4, "the same");
    await play(begun, 4, "the same", "other");
    // Here the stable release alone is wrong.
    await play(begun, 3, "worse", "technical");
    const found = await counted(begun, 11);
    expect(found).toMatchObject({ state: "shadow", pairs: { onlyCandidate: 0, onlyStable: 3 } });
    expect(found.guards[0]!.evidence).toBeLessThan(1);
  });

  test("is not compared where it gave no answer, in rehearsals, or twice in a thread", async () => {
    const begun = await begin({ workflow: { thread: "customer" } });
    await play(begun, 2, "no schema");
    const twice = [
      await submit(begun, "worse", { customer: "c-1" }),
      await submit(begun, "worse", { customer: "c-1" }),
    ];
    for (const id of twice) await review(id);
    expect((await counted(begun, 1)).pairs).toMatchObject({ n: 1, onlyCandidate: 1 });
  });

  test("counts a corrected label as it stands, late ones too, and one that was taken back no more", async () => {
    const begun = await begin({ workflow: { undo: 60_000 } });
    const [taken] = await play(begun, 1, "worse");
    const [kept] = await play(begun, 1, "worse");
    await counted(begun, 2);
    await brandt.undoVerdict({ params: { case: taken! } });
    expect((await counted(begun, 1)).pairs).toMatchObject({ onlyCandidate: 1, onlyStable: 0 });
    // The other one turns out to be technical after it was delivered: now the stable release was wrong.
    await brandt.advanceClock({ body: { milliseconds: 61_000 } });
    await until(
      () => brandt.getCase({ params: { case: kept! } }),
      ({ state }) => state === "delivered",
    );
    await brandt.correctCase({
      params: { case: kept! },
      body: { output: { category: "technical" }, reason: "wrong_class" },
    });
    const found = await until(
      () => shown(begun),
      ({ pairs }) => pairs?.onlyStable === 1,
    );
    expect(found.pairs).toMatchObject({ n: 1, onlyCandidate: 0, onlyStable: 1 });
  });

  test("is compared by the labels alone that a coin asked for, once cases may go out alone", async () => {
    const begun = await begin();
    await database.run(sql`update workflow set autonomy = 0.5 where name = ${begun.workflow}`);
    await play(begun, 8, "worse");
    await until(
      () => shown(begun),
      ({ reviewedWhole }) => !reviewedWhole,
    );
    const { cases } = await database.one<{ cases: number }>(
      sql`select count(*)::int as cases from case_ where workflow = ${begun.workflow} and (qa or cold)`,
    );
    expect((await shown(begun)).pairs?.n ?? 0).toBe(cases);
  });

  test("of people's work has nothing that it could be compared with", async () => {
    const workflow = `manual-${++made}`;
    const release = await launch(installation, {
      workflow: { workflow, rollout: ["shadow", 0.5, 1] },
      release: { workflow },
      share: 0,
    });
    const { id } = await brandt.startRollout({ params: { workflow }, body: { release, ceiling: 0.3 } });
    const found = await brandt.getRollout({ params: { rollout: id } });
    expect(found).toMatchObject({ state: "shadow", pairs: null, guards: [], forecast: { inShadow: [] } });
  });

  test("that a person holds is held again by the program when it errs more, and is asked no more", async () => {
    const begun = await begin();
    await brandt.holdRollout({ params: begun.params, body: { reason: "waiting for the vendor" } });
    await play(begun, 7, "worse");
    const held = await until(
      () => shown(begun),
      ({ tripped }) => tripped !== null,
    );
    expect(held).toMatchObject({ state: "held", tripped: "paired", moves: ["resume", "abort"] });
    expect(held.history.map(({ move, agrees }) => [move, agrees])).toEqual([
      ["start", true],
      ["hold", true],
      ["hold", true],
    ]);
    expect(await brandt.getWorkflow({ params: begun.params })).toMatchObject({ shadowRelease: null });
  });

  test("is held and let go on by a person alone, and answers all the while", async () => {
    const begun = await begin();
    await brandt.holdRollout({ params: begun.params, body: { reason: "waiting for the vendor" } });
    expect(await shown(begun)).toMatchObject({ state: "held", tripped: null, moves: ["resume", "abort"] });
    await play(begun, 1, "the same");
    expect(await counted(begun, 1)).toMatchObject({ state: "held" });
    await brandt.resumeRollout({ params: begun.params, body: { reason: "they answered" } });
    expect(await shown(begun)).toMatchObject({ state: "shadow" });
  });
});
