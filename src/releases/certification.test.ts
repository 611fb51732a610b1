import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GRID, zeroErrorMinimum } from "../statistics/certification.ts";
import type { SampledLabel } from "./certification-sample.ts";
import {
  deltaOf,
  judgeSample,
  recheckLook,
  storedEvidence,
  type LookPlan,
  type StoredEvidence,
} from "./certification.ts";

const plan = (more: Partial<LookPlan> = {}): LookPlan => ({
  look: 1,
  target: 0.1,
  confidence: 0.9,
  per: "all",
  grid: GRID,
  ...more,
});
const labels = (n: number, more: Partial<SampledLabel> = {}): SampledLabel[] =>
  Array.from({ length: n }, () => ({ score: 0.95, wrong: false, category: undefined, ...more }));
const sampleOf = (list: SampledLabel[]) => ({
  labels: list,
  traffic: list.map(({ score, category }) => ({ score, category, cases: 1 })),
});
const judge = (list: SampledLabel[], more: Partial<LookPlan> = {}) => judgeSample(sampleOf(list), plan(more));

const label: fc.Arbitrary<SampledLabel> = fc.record({
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  wrong: fc.nat(20).map((draw) => draw === 0),
  category: fc.constantFrom("billing", "technical", "other"),
});
const look: fc.Arbitrary<[SampledLabel[], LookPlan]> = fc.tuple(
  fc.array(label, { maxLength: 500 }),
  fc.record({
    look: fc.integer({ min: 1, max: 4 }),
    target: fc.constantFrom(0.05, 0.1, 0.2),
    confidence: fc.constantFrom(0.8, 0.9, 0.95),
    per: fc.constantFrom("all" as const, "category" as const),
    grid: fc.constant(GRID),
  }),
);

describe("the error budget", () => {
  test("is never overspent, however often one looks", () => {
    let spent = 0;
    for (let k = 1; k <= 60; k++) spent += deltaOf(k, 0.95);
    expect(spent).toBeLessThanOrEqual(1 - 0.95);
    expect(deltaOf(1, 0.95)).toBeCloseTo(0.025, 12);
    expect(deltaOf(2, 0.95)).toBeCloseTo(0.0125, 12);
  });

  test("of one look is split over what is tested and no more", () => {
    fc.assert(
      fc.property(look, ([list, how]) => {
        const found = judge(list, how);
        const shares = found.groups.reduce((sum, group) => sum + group.delta, 0);
        expect(shares).toBeLessThanOrEqual(found.delta * (1 + 1e-12));
      }),
    );
  });

  test("a later look has less, so that what just passed at the first fails at it", () => {
    const enough = 3 * zeroErrorMinimum(0.1, deltaOf(1, 0.9));
    expect(judge(labels(enough)).result).toBe("certified");
    const second = judge(labels(enough), { look: 2 });
    expect(second).toMatchObject({ result: "none", spent: false });
    expect(second.moreLabels).toBe(3 * zeroErrorMinimum(0.1, deltaOf(2, 0.9)) - enough);
  });
});

describe("a look", () => {
  test("with too few labels tests nothing and spends nothing", () => {
    expect(judge(labels(20))).toMatchObject({ result: "none", spent: false, coverage: 0 });
    expect(judge([])).toMatchObject({ result: "none", spent: false });
  });

  test("at many wrong ones spends its part, certifies nothing and promises no number of labels", () => {
    const found = judge([...labels(150), ...labels(50, { wrong: true })]);
    expect(found).toMatchObject({ result: "none", spent: true, moreLabels: undefined });
  });

  test("one more wrong case never loosens the threshold", () => {
    fc.assert(
      fc.property(look, fc.nat(499), ([list, how], at) => {
        fc.pre(list.length > 0 && how.per === "all");
        const i = at % list.length;
        const before = judge(list, how).threshold ?? Infinity;
        const after = judge(list.with(i, { ...list[i]!, wrong: true }), how).threshold ?? Infinity;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test("where it starts does not depend on what the labels say", () => {
    fc.assert(
      fc.property(look, ([list, how]) => {
        const turned = list.map((one) => ({ ...one, wrong: !one.wrong }));
        const starts = (of: SampledLabel[]) =>
          judge(of, how).groups.map((group) => [group.category, group.delta, group.tests[0]?.threshold]);
        expect(starts(turned)).toEqual(starts(list));
      }),
    );
  });
});

describe("by category", () => {
  const sure = labels(300, { category: "billing" });
  const doubtful = [
    ...labels(150, { category: "technical" }),
    ...labels(150, { category: "technical", wrong: true }),
  ];
  const few = labels(5, { category: "other" });

  test("one that fails is always reviewed, and one with too few labels is not carried by the large ones", () => {
    const found = judge([...sure, ...doubtful, ...few], { per: "category" });
    expect(found.thresholds).toEqual({ billing: 0.4, technical: null });
    expect(found.threshold).toBeNull();
    expect(found.coverage).toBeCloseTo(300 / 605, 12);
    expect(found).toMatchObject({ labels: 605, accepted: 300, errors: 0 });
  });

  test("a small one with many wrong does not hide behind a large one", () => {
    const large = labels(950, { category: "billing" });
    const small = [...labels(20, { category: "other" }), ...labels(30, { category: "other", wrong: true })];
    const found = judge([...large, ...small], { per: "category" });
    expect(found.thresholds).toEqual({ billing: 0.4 });
    expect(found.threshold).toBeNull();
    expect(found).toMatchObject({ accepted: 950, errors: 0 });
    // Twin: over all cases together 30 of 1000 are few enough.
    expect(judge([...large, ...small]).threshold).toBe(0.4);
  });

  test("small ones go out on labels of their own, whatever cases without a category show", () => {
    const names = ["a", "b", "c"];
    const small = names.flatMap((category) => labels(50, { category }));
    const nameless = labels(150, { wrong: true });
    const found = judge([...sure, ...small, ...nameless], { per: "category" });
    expect(found.thresholds).toEqual({ billing: 0.4 });
    expect(found.threshold).toBe(0.4);
    expect(found.groups[0]!.counts.labels).toBe(150);
    expect(found).toMatchObject({ labels: 600, accepted: 450, errors: 0, coverage: 0.75 });
    const bad = [...small.slice(0, 100), ...labels(50, { category: "c", wrong: true })];
    expect(judge([...sure, ...bad], { per: "category" }).threshold).toBeNull();
  });

  test("each labelled case is in one group at most, and the groups' bounds speak of what they let out", () => {
    fc.assert(
      fc.property(look, ([list, how]) => {
        const found = judge(list, { ...how, per: "category" });
        const mine = ({ category }: SampledLabel) =>
          found.groups.find((one) => one.category === category && one.delta > 0) ?? found.groups[0]!;
        const out = list.filter((one) => one.score >= (mine(one).threshold ?? Infinity));
        expect(found.accepted).toBe(out.length);
        expect(found.errors).toBe(out.filter((one) => one.wrong).length);
        for (const group of found.groups.filter((one) => one.delta > 0))
          expect(group.counts.labels).toBe(list.filter((one) => mine(one) === group).length);
      }),
    );
  });

  test("the bound told is the largest of those that hold", () => {
    const found = judge([...sure, ...labels(60, { category: "other" })], { per: "category" });
    const bounds = found.groups.flatMap((group) => group.bound ?? []);
    expect(found.bound).toBe(Math.max(...bounds));
  });
});

describe("a stored look", () => {
  const stored = (list: SampledLabel[], how: LookPlan) => {
    const made = judgeSample(sampleOf(list), how);
    const issued = made.result === "certified" ? made : undefined;
    const look: { evidence: StoredEvidence; result: string; delta: number } = {
      evidence: storedEvidence(made, how),
      result: made.result,
      delta: made.delta,
    };
    return structuredClone({ look, issued });
  };

  test("comes out the same from its whole numbers, also after a trip through JSON", () => {
    fc.assert(
      fc.property(look, ([list, how]) => {
        const kept = JSON.parse(JSON.stringify(stored(list, how))) as ReturnType<typeof stored>;
        expect(recheckLook(kept.look, how, kept.issued)).toEqual([]);
      }),
    );
  });

  test.each<[string, (kept: ReturnType<typeof stored>) => void]>([
    ["an error taken away", (kept) => kept.look.evidence.groups[0]!.at.forEach((counts) => (counts[1] = 0))],
    ["a looser threshold", (kept) => (kept.look.evidence.groups[0]!.threshold = 0.41)],
    ["a smaller bound", (kept) => (kept.look.evidence.groups[0]!.bound = 0.001)],
    ["a test left out", (kept) => kept.look.evidence.groups[0]!.tests.pop()],
    ["another result", (kept) => (kept.look.result = "none")],
    ["a certificate with more coverage", (kept) => (kept.issued!.coverage = 1)],
    ["a certificate for nothing", (kept) => (kept.issued = undefined)],
    ["fewer errors told", (kept) => (kept.look.evidence.errors -= 1)],
    ["less spent", (kept) => (kept.look.delta /= 2)],
  ])("twin: %s is found", (_, tamper) => {
    const kept = stored(
      [...labels(300), ...labels(2, { wrong: true }), ...labels(40, { score: 0.6, wrong: true })],
      plan(),
    );
    const differences = () => recheckLook(kept.look, plan(), kept.issued);
    expect(differences()).toEqual([]);
    tamper(kept);
    expect(differences()).not.toEqual([]);
  });
});
