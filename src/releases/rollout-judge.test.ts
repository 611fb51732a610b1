/** Judging a rollout: which guards there are, which alarm counts, what may go on, and that stored judgements come out again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepCounts } from "../statistics/guard.ts";
import {
  alarmOf,
  guardsOf,
  judgeGuards,
  judgeShadow,
  judgeStage,
  recheckMove,
  recheckVerdicts,
  type At,
  type Evidence,
  type Plan,
} from "./rollout-judge.ts";

const PLAN: Plan = {
  ceiling: 0.1,
  tolerated: 1,
  alpha: 0.05,
  leastLabelled: 30,
  latency: null,
  cost: null,
  inFlight: "review",
  simulated: false,
};
const AT: At = { stage: 0.2, control: "rel_1", accepted: [] };

function step(share: number, candidate: [number, number], stable: [number, number]): StepCounts {
  const [errors, n] = candidate;
  const [stableErrors, stableN] = stable;
  return { share, candidate: { errors, n }, stable: { errors: stableErrors, n: stableN } };
}

function evidence(errors: StepCounts[], more: Partial<Evidence> = {}): Evidence {
  const quiet = [step(0.2, [0, 100], [0, 400])];
  return {
    guards: { errors, bad_answers: quiet, no_answers: quiet, overridden: quiet },
    cases: [{ share: 0.2, candidate: 100, stable: 400 }],
    labelled: errors.map(({ share, candidate, stable }) => ({
      share,
      candidate: candidate.n,
      stable: stable.n,
    })),
    hours: 24,
    dataHealthy: true,
    ...more,
  };
}

describe("guards", () => {
  test("compare with the stable release where cases are drawn, and look at a ceiling alone where they are not", () => {
    expect(guardsOf(PLAN, 0.2, "rel_1")["bad_answers"]).toMatchObject({ test: "relative" });
    for (const [stage, control] of [
      [1, "rel_1"],
      [{ team: "north" }, "rel_1"],
      [0.2, "manual"],
    ] as const) {
      const guards = guardsOf(PLAN, stage, control);
      expect(guards["bad_answers"]).toMatchObject({ test: "ceiling" });
      expect(guards).not.toHaveProperty("overridden");
    }
  });

  test("of errors are one test in every stage with cases, so that alpha is spent once", () => {
    const stages = [0.2, 0.5, { team: "north" }, 1] as const;
    const tests = (control: string) => stages.map((stage) => guardsOf(PLAN, stage, control)["errors"]);
    expect(new Set(tests("rel_1").map((one) => JSON.stringify(one))).size).toBe(1);
    expect(tests("rel_1")[0]).toEqual({ test: "mixed", alpha: 0.05, ceiling: 0.1, tolerated: 1 });
    for (const one of tests("manual")) expect(one).toEqual({ test: "ceiling", alpha: 0.05, ceiling: 0.1 });
  });

  test("of errors say the same at 100 % as in the stage before, from the same counts, and see what came since", () => {
    const counts = [step(0.2, [4, 40], [6, 160])];
    const before = judgeGuards(PLAN, AT, evidence(counts).guards)["errors"];
    const whole = { ...AT, stage: 1 };
    expect(judgeGuards(PLAN, whole, evidence(counts).guards)["errors"]).toEqual(before);
    const worse = [...counts, step(1, [20, 60], [0, 0])];
    expect(judgeGuards(PLAN, whole, evidence(worse).guards)["errors"]).toMatchObject({ kind: "tripped" });
  });

  test("watch time and cost only where the plan has a limit", () => {
    expect(guardsOf(PLAN, 0.2, "rel_1")).not.toHaveProperty("slow");
    expect(guardsOf({ ...PLAN, latency: 500, cost: 0.1 }, 0.2, "rel_1")).toMatchObject({
      slow: { test: "relative" },
      dear: { test: "relative" },
    });
  });

  test("trip for a candidate that errs more, and not when the arms are swapped", () => {
    const worse = [step(0.2, [12, 40], [6, 160])];
    const swapped = [step(0.2, [6, 160], [12, 40])];
    expect(judgeGuards(PLAN, AT, evidence(worse).guards)["errors"]).toMatchObject({ kind: "tripped" });
    expect(judgeGuards(PLAN, AT, evidence(swapped).guards)["errors"]).toMatchObject({ kind: "quiet" });
  });

  test("of errors cannot be accepted away, others can", () => {
    const worse = [step(0.2, [12, 40], [6, 160])];
    const found = evidence(worse, {
      guards: { errors: worse, bad_answers: [step(0.2, [30, 40], [0, 160])] },
    });
    const at: At = { ...AT, accepted: ["errors", "bad_answers"] };
    const verdicts = judgeGuards(PLAN, at, found.guards);
    expect(verdicts).toMatchObject({ errors: { kind: "tripped" } });
    expect(verdicts).not.toHaveProperty("bad_answers");
    expect(alarmOf(verdicts, at, found)).toEqual({ name: "errors", action: "roll_back" });
  });
});

describe("an alarm", () => {
  test("that rolls back goes before one that holds", () => {
    const worse = [step(0.2, [12, 40], [6, 160])];
    const found = evidence(worse, {
      guards: { errors: worse, bad_answers: [step(0.2, [30, 40], [0, 160])] },
    });
    expect(alarmOf(judgeGuards(PLAN, AT, found.guards), AT, found)).toEqual({
      name: "errors",
      action: "roll_back",
    });
  });

  test("sounds when the arms are not what the share says, until two people accept it", () => {
    const found = evidence([step(0.2, [0, 60], [0, 80])], {
      cases: [{ share: 0.2, candidate: 300, stable: 400 }],
    });
    const verdicts = judgeGuards(PLAN, AT, found.guards);
    expect(alarmOf(verdicts, AT, found)).toEqual({ name: "sample_ratio", action: "hold" });
    expect(alarmOf(verdicts, { ...AT, accepted: ["sample_ratio"] }, found)).toBeUndefined();
  });

  test("sounds when one arm is asked for labels more often; not while people are the other arm", () => {
    const found = evidence([step(0.2, [0, 100], [0, 60])]);
    const verdicts = judgeGuards(PLAN, AT, found.guards);
    expect(alarmOf(verdicts, AT, found)).toEqual({ name: "label_gap", action: "hold" });
    const people = { ...AT, control: "manual" };
    expect(alarmOf(judgeGuards(PLAN, people, found.guards), people, found)).toBeUndefined();
  });
});

describe("a stage", () => {
  const sound = [step(0.2, [0, 100], [0, 400])];
  const next = { ...AT, next: 0.5 };

  test("may be left when all conditions hold", () => {
    expect(judgeStage(PLAN, next, evidence(sound))).toMatchObject({ kind: "ready" });
  });

  test.each([
    ["too-early", evidence(sound, { hours: 23 })],
    ["few-labels", evidence([step(0.2, [0, 29], [0, 116])])],
    ["data-health", evidence(sound, { dataHealthy: false })],
    ["guard-without-data", evidence(sound, { guards: { errors: sound } })],
    ["sample-ratio", evidence(sound, { cases: [{ share: 0.2, candidate: 300, stable: 400 }] })],
  ] as const)("is held: %s", (reason, found) => {
    expect(judgeStage(PLAN, next, found)).toMatchObject({
      kind: "hold",
      reasons: expect.arrayContaining([reason]),
    });
  });

  test("before all cases lasts a week", () => {
    expect(judgeStage(PLAN, { ...next, next: 1 }, evidence(sound, { hours: 167 }))).toMatchObject({
      kind: "hold",
    });
    expect(judgeStage(PLAN, { ...next, next: 1 }, evidence(sound, { hours: 168 }))).toMatchObject({
      kind: "ready",
    });
  });

  test("whose errors may lie on either side of the ceiling is undecided, with the interval", () => {
    const found = evidence([step(0.2, [8, 100], [30, 400])]);
    expect(judgeStage(PLAN, next, found)).toMatchObject({
      kind: "undecided",
      interval: { lower: expect.any(Number) },
    });
  });
});

describe("shadow", () => {
  const at: At = { ...AT, stage: "shadow" };
  const found = (pairs: StepCounts[], hours: number): Evidence =>
    evidence([], { guards: { paired: pairs }, cases: [], labelled: [], hours });
  const pairs = (n: number) => [step(0, [2, n], [3, n])];

  test.each([
    ["ready", [], 30, 24],
    ["undecided", ["few-pairs"], 29, 24],
    ["undecided", ["too-early"], 30, 23],
    ["undecided", ["few-pairs", "too-early"], 0, 0],
  ] as const)("is %s, lacking %j, with %i pairs after %i hours", (kind, lacks, n, hours) => {
    expect(judgeShadow(PLAN, at, found(pairs(n), hours))).toEqual({ kind, lacks });
  });

  test("without a pair is undecided, and holds where the candidate alone errs more, until that is accepted", () => {
    expect(judgeShadow(PLAN, at, found([], 48))).toEqual({ kind: "undecided", lacks: ["few-pairs"] });
    const worse = found([step(0, [20, 40], [0, 40])], 48);
    expect(judgeShadow(PLAN, at, worse)).toEqual({ kind: "hold", reasons: ["guard-tripped"] });
    expect(judgeShadow(PLAN, { ...at, accepted: ["paired"] }, worse)).toEqual({ kind: "ready", lacks: [] });
  });

  test("is never ready by pairs with a release that was taken out since", () => {
    const refused = { ...at, alone: true };
    expect(judgeShadow(PLAN, refused, found(pairs(40), 48))).toEqual({
      kind: "undecided",
      lacks: ["few-pairs"],
    });
  });

  test("that was left comes out otherwise only where an alarm stood against it", () => {
    const left = (counts: StepCounts[]) => {
      const guards = found(counts, 2);
      const stored = { evidence: guards, verdicts: judgeGuards(PLAN, at, guards.guards) };
      return recheckMove(PLAN, at, { move: "advance", alarm: undefined, next: 0.2, stored });
    };
    expect(left(pairs(5))).toEqual([]);
    expect(left([step(0, [20, 40], [0, 40])])).toEqual(["its stage could not be left: guard-tripped"]);
  });
});

test("a stored judgement comes out the same from its numbers, and one with another number does not", () => {
  const counts = fc
    .tuple(fc.nat(30), fc.nat(100))
    .map(([errors, right]): [number, number] => [errors, errors + right]);
  fc.assert(
    fc.property(counts, counts, (candidate, stable) => {
      const found = evidence([step(0.2, candidate, stable)]);
      const stored = JSON.parse(
        JSON.stringify({ evidence: found, verdicts: judgeGuards(PLAN, AT, found.guards) }),
      ) as Parameters<typeof recheckVerdicts>[2];
      expect(recheckVerdicts(PLAN, AT, stored)).toEqual([]);
      const changed = structuredClone(stored);
      changed.evidence!.guards.errors![0]!.candidate.errors += 1;
      changed.evidence!.guards.errors![0]!.candidate.n += 1;
      expect(recheckVerdicts(PLAN, AT, changed)).not.toEqual([]);
    }),
    { numRuns: 50 },
  );
});

describe("a stored move", () => {
  const stored = (found: Evidence) => ({ evidence: found, verdicts: judgeGuards(PLAN, AT, found.guards) });
  const sound = [step(0.2, [1, 200], [30, 800])];

  test("that an alarm about the arms made comes out otherwise when a number of the arms is changed", () => {
    const gap = evidence(sound, { labelled: [{ share: 0.2, candidate: 99, stable: 100 }] });
    const held = { move: "hold", alarm: "label_gap", next: 0.5, stored: stored(gap) } as const;
    expect(recheckMove(PLAN, AT, held)).toEqual([]);
    const changed = structuredClone(held.stored);
    changed.evidence.labelled[0]!.candidate = 25;
    expect(recheckVerdicts(PLAN, AT, changed)).toEqual([]);
    expect(recheckMove(PLAN, AT, { ...held, stored: changed })).toEqual([
      "the alarm is stored as label_gap, and is none",
    ]);
  });

  test("forward comes out otherwise when its stage could not have been left", () => {
    const forward = {
      move: "advance",
      alarm: undefined,
      next: 0.5,
      stored: stored(evidence(sound, { hours: 24 })),
    } as const;
    expect(recheckMove(PLAN, AT, forward)).toEqual([]);
    const early = structuredClone(forward.stored);
    early.evidence.hours = 23;
    expect(recheckMove(PLAN, AT, { ...forward, stored: early })).toEqual([
      "its stage could not be left: too-early",
    ]);
  });
});
