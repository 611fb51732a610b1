/** Whether a stage may be left: every condition alone holds it, and evidence alone never promotes by itself. */
import { describe, expect, test } from "vitest";
import { judgePromotion, type Hold, type StageEvidence } from "./promotion.ts";

const PLAN = { ceiling: 0.1, alpha: 0.05, leastLabelled: 30, leastHours: 24 };
const QUIET = { kind: "quiet", logEvidence: -1, limit: 3 } as const;
const WELL: StageEvidence = {
  candidate: { errors: 2, n: 200 },
  hours: 48,
  guards: [QUIET],
  ratio: -2,
  labelGap: 0,
  dataHealthy: true,
};

describe("leaving a stage", () => {
  test("is ready when everything holds and the candidate has proved to lie under the ceiling", () => {
    expect(judgePromotion(PLAN, WELL)).toMatchObject({ kind: "ready" });
  });

  test("is undecided while the evidence does not suffice, with the interval for a person to look at", () => {
    const found = judgePromotion(PLAN, { ...WELL, candidate: { errors: 7, n: 80 } });
    if (found.kind !== "undecided") throw new Error(`It is ${found.kind}.`);
    expect(found.interval.lower).toBeLessThan(7 / 80);
    expect(found.interval.upper).toBeGreaterThan(PLAN.ceiling);
  });

  test.each<[Hold, Partial<StageEvidence>]>([
    ["few-labels", { candidate: { errors: 0, n: 29 } }],
    ["too-early", { hours: 23.9 }],
    ["too-early", { hours: Number.NaN }],
    ["guard-tripped", { guards: [QUIET, { ...QUIET, kind: "tripped" }] }],
    ["guard-without-data", { guards: [QUIET, { kind: "no-data", missing: ["stable"] }] }],
    ["guard-without-data", { guards: [{ kind: "failed", problem: "counts" }] }],
    ["guard-without-data", { guards: [] }],
    ["sample-ratio", { ratio: Math.log(1_000) }],
    ["sample-ratio", { ratio: Number.NaN }],
    ["label-gap", { labelGap: Infinity }],
    ["data-health", { dataHealthy: false }],
  ])("is held by %s alone: %o", (reason, change) => {
    expect(judgePromotion(PLAN, { ...WELL, ...change })).toEqual({ kind: "hold", reasons: [reason] });
  });

  test("is held without traffic, also where no number of labels is asked for", () => {
    const none = { ...WELL, candidate: { errors: 0, n: 0 } };
    expect(judgePromotion({ ...PLAN, leastLabelled: 0 }, none)).toMatchObject({ kind: "hold" });
  });
});
