/** The gate: every kind of criterion, what is missing, what certainly fails, and the same verdict again from whole numbers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BentBy } from "../contract/evaluation-set-endpoints.ts";
import { MOST_LOOKS, type Verdict } from "../contract/gate.ts";
import { judgeCriterion, type Criterion, type Evidence } from "./criterion.ts";
import { judgeGate, recheckGate, type GateInput } from "./gate.ts";

const LEVELS = { minimum: 0.85, target: 0.92, stretch: 0.96 };
const accuracy: Criterion = {
  name: "accuracy",
  group: "performance",
  must: true,
  kind: "share",
  levels: LEVELS,
};
const latency: Criterion = {
  name: "latency p95",
  group: "performance",
  must: true,
  kind: "amount",
  figure: { quantile: 0.95 },
  better: "less",
  levels: { minimum: 3_000, target: 2_000, stretch: 1_000 },
};
const macroF1: Criterion = {
  name: "macro-F1",
  group: "performance",
  must: true,
  kind: "amount",
  figure: "macro-f1",
  better: "more",
  levels: { minimum: 0.7, target: 0.8, stretch: 0.9 },
};
const drill: Criterion = { name: "fallback drill", group: "readiness", must: true, kind: "proof" };
const pulse: Criterion = {
  name: "would keep it",
  group: "acceptance",
  must: true,
  kind: "survey",
  favourable: 4,
  levels: { minimum: 0.4, target: 0.5, stretch: 0.7 },
};
const saving: Criterion = {
  name: "minutes saved",
  group: "business",
  must: true,
  kind: "amount",
  figure: "mean",
  better: "more",
  levels: { minimum: 1, target: 2, stretch: 4 },
};

const share = (right: number, n: number, more: object = {}): Extract<Evidence, { kind: "share" }> => ({
  kind: "share",
  right,
  n,
  unanswered: 0,
  ...more,
});
/** So many groups of five amounts each, from `low` up to just below `low` + 50. */
const amounts = (groups: number, low: number): Evidence => ({
  kind: "amount",
  groups: Array.from({ length: groups }, (_, i) =>
    Array.from({ length: 5 }, (__, j) => [low + (((i * 5 + j) * 17) % 50), 1] as const),
  ),
});
const COINS = { waiting: 0, holding: 0, otherModel: 0, uneven: 0, played: 0, early: 0 };
const WELL: Record<string, Evidence> = {
  accuracy: share(485, 500),
  "fallback drill": { kind: "proof", holds: true },
  "would keep it": { kind: "survey", answers: [0, 1, 2, 12, 15] },
  "minutes saved": amounts(20, 3),
};
const gate = (more: Partial<GateInput> = {}): GateInput => ({
  criteria: [accuracy, drill, pulse, saving],
  evidence: WELL,
  frozenAt: 1_000,
  startedAt: 2_000,
  groups: ["performance", "business", "acceptance", "readiness"],
  set: { sealed: true, looks: 1, representative: true },
  confidence: 0.95,
  ...more,
});
const verdict = (more: Partial<GateInput> = {}) => judgeGate(gate(more)).verdict;
const withEvidence = (more: Record<string, Evidence>) => ({ evidence: { ...WELL, ...more } });

describe("a criterion", () => {
  test.each<[number, number, Verdict]>([
    [97, 100, "go"],
    [190, 200, "conditional"],
    [176, 200, "inconclusive"],
    [150, 200, "no-go"],
    [30, 30, "conditional"],
  ])("of a share: %d of %d is %s", (right, n, expected) => {
    const found = judgeCriterion(accuracy, share(right, n));
    expect(found).toMatchObject({ verdict: expected, n, estimate: right / n });
    expect(found.missing !== undefined).toBe(expected === "conditional" || expected === "inconclusive");
  });

  test("of an amount where less is better is proved from above", () => {
    const of = (low: number) => judgeCriterion(latency, amounts(40, low));
    expect(of(700)).toMatchObject({ verdict: "go", proven: "stretch" });
    expect(of(1_500)).toMatchObject({ verdict: "go", proven: "target" });
    expect(of(2_500)).toMatchObject({ verdict: "conditional", proven: "minimum" });
    expect(of(3_100)).toMatchObject({ verdict: "no-go" });
    expect(of(2_953)).toMatchObject({ verdict: "inconclusive" });
    const { estimate, bounds } = of(1_500);
    expect(bounds!.lower).toBeLessThanOrEqual(estimate!);
    expect(bounds!.upper).toBeGreaterThanOrEqual(estimate!);
  });

  test("of an amount from few groups is inconclusive, however alike they are", () => {
    expect(judgeCriterion(latency, amounts(9, 700))).toMatchObject({
      verdict: "inconclusive",
      missing: 1,
      reasons: [{ code: "few-groups" }],
    });
    expect(
      judgeCriterion(latency, { kind: "amount", groups: Array.from({ length: 30 }, () => []) }),
    ).toMatchObject({ verdict: "inconclusive", missing: 10 });
  });

  test("of macro-F1 is judged by drawing cases again", () => {
    const cells = [
      { truth: "a", answer: "a", n: 90 },
      { truth: "a", answer: null, n: 5 },
      { truth: "b", answer: "b", n: 95 },
      { truth: "b", answer: "a", n: 5 },
    ];
    const found = judgeCriterion(macroF1, { kind: "classes", cells, classes: ["a", "b"] });
    expect(found).toMatchObject({ verdict: "go", n: 195 });
    expect(found.bounds!.lower).toBeGreaterThan(0.9);
    expect(found.bounds!.upper).toBeLessThan(0.99);
    expect(judgeCriterion(macroF1, { kind: "classes", cells: [], classes: ["a"] }).verdict).toBe(
      "inconclusive",
    );
  });

  test("of a survey needs five people, and counts those who were favourable", () => {
    expect(judgeCriterion(pulse, { kind: "survey", answers: [0, 0, 0, 2, 2] })).toMatchObject({
      verdict: "inconclusive",
      missing: 1,
    });
    const found = judgeCriterion(pulse, { kind: "survey", answers: [1, 1, 2, 10, 16] });
    expect(found).toMatchObject({ verdict: "go", n: 30 });
    expect(found.estimate).toBeCloseTo(26 / 30, 12);
  });

  test("of a proof is go or no-go", () => {
    expect(judgeCriterion(drill, { kind: "proof", holds: true }).verdict).toBe("go");
    expect(judgeCriterion(drill, { kind: "proof", holds: false }).verdict).toBe("no-go");
  });

  test("counts cases without an answer neither for nor against", () => {
    expect(judgeCriterion(accuracy, share(485, 500, { unanswered: 100 }))).toMatchObject({
      verdict: "inconclusive",
      reasons: [{ code: "unanswered", about: "100" }],
    });
    expect(judgeCriterion(accuracy, share(0, 0, { unanswered: 50 })).verdict).toBe("inconclusive");
    expect(judgeCriterion(accuracy, share(100, 200, { unanswered: 5 })).verdict).toBe("no-go");
    expect(judgeCriterion(accuracy, share(0, 0))).toMatchObject({ verdict: "inconclusive", missing: 19 });
  });

  test("fails by a critical slice that lies under the minimum, and waits for one without cases", () => {
    const critical: Criterion = { ...accuracy, criticalSlices: ["de", "en"] };
    const slices = { de: { right: 400, n: 410 }, en: { right: 85, n: 90 } };
    expect(judgeCriterion(critical, share(485, 500, { slices })).verdict).toBe("go");
    const failing = { ...slices, en: { right: 40, n: 90 } };
    expect(judgeCriterion(critical, share(485, 500, { slices: failing }))).toMatchObject({
      verdict: "no-go",
      reasons: [{ code: "slice-fails", about: "en" }],
    });
    expect(judgeCriterion(critical, share(485, 500, { slices: { de: slices.de } }))).toMatchObject({
      verdict: "inconclusive",
      reasons: [{ code: "slice-without-cases", about: "en" }],
    });
    // One of twenty slices a little low is what chance does.
    const many = Array.from({ length: 20 }, (_, i) => `s${i}`);
    const alike = Object.fromEntries(many.map((name) => [name, { right: 19, n: 20 }]));
    const low = { ...alike, s3: { right: 13, n: 20 } };
    expect(
      judgeCriterion({ ...accuracy, criticalSlices: many }, share(485, 500, { slices: low })).verdict,
    ).toBe("go");
    expect(
      judgeCriterion({ ...accuracy, criticalSlices: ["s3"] }, share(485, 500, { slices: low })).verdict,
    ).not.toBe("go");
  });

  test("judged by a model counts only after its agreement with people", () => {
    const judged: Criterion = { ...accuracy, judged: true };
    const by = (judge: object) => judgeCriterion(judged, share(485, 500, judge)).verdict;
    expect(by({})).toBe("could-not-run");
    expect(by({ judge: { cases: 99, alpha: 0.9 } })).toBe("could-not-run");
    expect(by({ judge: { cases: 100, alpha: 0.66 } })).toBe("could-not-run");
    expect(by({ judge: { cases: 100, alpha: Number.NaN } })).toBe("could-not-run");
    expect(by({ judge: { cases: 100, alpha: 0.67 } })).toBe("go");
  });

  test.each<[string, Criterion, Evidence | undefined, string]>([
    ["nothing measured under its name", accuracy, undefined, "no-evidence"],
    ["a measurement that failed", accuracy, { kind: "failed", problem: "no such metric" }, "failed"],
    ["evidence of another kind", accuracy, { kind: "proof", holds: true }, "other-kind"],
    ["amounts for classes", macroF1, amounts(20, 1), "other-kind"],
    ["more right than there are", accuracy, share(11, 10), "bad-counts"],
    ["half a case", accuracy, share(1.5, 10), "bad-counts"],
    ["levels that fall", { ...accuracy, levels: { ...LEVELS, minimum: 0.95 } }, share(97, 100), "bad-levels"],
    ["levels that rise where less is better", { ...latency, levels: LEVELS }, amounts(20, 1), "bad-levels"],
    [
      "a level that nothing can prove",
      { ...accuracy, levels: { ...LEVELS, stretch: 1 } },
      share(9, 10),
      "bad-levels",
    ],
  ])("could not be run with %s", (_, criterion, evidence, code) => {
    expect(judgeCriterion(criterion, evidence)).toMatchObject({
      verdict: "could-not-run",
      reasons: [{ code }],
    });
  });
});

describe("a gate", () => {
  test("goes when every must goes, whatever only informs", () => {
    expect(judgeGate(gate())).toMatchObject({ verdict: "go", reasons: [] });
    const informs: Criterion = { ...latency, must: false };
    expect(
      verdict({
        criteria: [...gate().criteria, informs],
        ...withEvidence({ "latency p95": amounts(20, 9_000) }),
      }),
    ).toBe("go");
    expect(verdict({ criteria: [...gate().criteria, informs] })).toBe("go");
  });

  test("is as good as its worst must; what certainly fails fails, whatever is missing", () => {
    expect(verdict(withEvidence({ accuracy: share(190, 200) }))).toBe("conditional");
    expect(verdict(withEvidence({ accuracy: share(176, 200) }))).toBe("inconclusive");
    expect(verdict(withEvidence({ accuracy: { kind: "failed", problem: "x" } }))).toBe("could-not-run");
    expect(verdict(withEvidence({ accuracy: share(150, 200) }))).toBe("no-go");
    expect(
      verdict(
        withEvidence({ accuracy: share(150, 200), "fallback drill": { kind: "failed", problem: "x" } }),
      ),
    ).toBe("no-go");
    expect(
      verdict(
        withEvidence({ accuracy: share(176, 200), "fallback drill": { kind: "failed", problem: "x" } }),
      ),
    ).toBe("could-not-run");
  });

  test.each<[string, Partial<GateInput>, string]>([
    ["no criteria", { criteria: [], evidence: {} }, "no-criteria"],
    ["criteria that are not frozen", { frozenAt: null }, "not-frozen"],
    ["criteria frozen after measuring began", { frozenAt: 2_001 }, "frozen-too-late"],
    ["a clock that says nothing", { startedAt: Number.NaN }, "frozen-too-late"],
    ["one name for two", { criteria: [...gate().criteria, accuracy] }, "same-name-twice"],
    [
      "a group without a must",
      { criteria: [accuracy, drill, saving, { ...pulse, must: false }] },
      "group-without-must",
    ],
    ["a mistyped name", withEvidence({ acuracy: share(9, 10) }), "evidence-without-criterion"],
  ])("could not be run with %s", (_, change, code) => {
    const found = judgeGate(gate(change));
    expect(found.verdict).toBe("could-not-run");
    expect(found.reasons.map((reason) => reason.code)).toContain(code);
  });

  test("does not go on a set that was tuned to, but fails on it", () => {
    for (const set of [
      { sealed: false, looks: 1, representative: true },
      { sealed: true, looks: MOST_LOOKS + 1, representative: true },
    ]) {
      expect(verdict({ set })).toBe("inconclusive");
      expect(verdict({ set, ...withEvidence({ accuracy: share(150, 200) }) })).toBe("no-go");
    }
    expect(verdict({ set: { sealed: true, looks: MOST_LOOKS, representative: true } })).toBe("go");
    expect(verdict({ set: null })).toBe("go");
  });

  test("goes no further than conditional on cases that somebody chose, and fails on them", () => {
    const set = { sealed: true, looks: 1, representative: false };
    expect(judgeGate(gate({ set }))).toMatchObject({
      verdict: "conditional",
      reasons: [{ code: "set-not-drawn" }],
    });
    expect(verdict({ set, ...withEvidence({ accuracy: share(150, 200) }) })).toBe("no-go");
  });

  test("goes no further than conditional while nobody stated how cases were drawn, and tells that from what was chosen", () => {
    const of = (bentBy: BentBy[]) =>
      judgeGate(gate({ set: { sealed: true, looks: 1, representative: bentBy.length === 0, bentBy } }));
    expect(of([])).toMatchObject({ verdict: "go", reasons: [] });
    expect(of(["unstated"])).toMatchObject({ verdict: "conditional", reasons: [{ code: "set-unstated" }] });
    expect(of(["missing", "unstated"]).reasons).toEqual([
      { code: "set-not-drawn" },
      { code: "set-unstated" },
    ]);
    expect(of(["filtered"]).reasons).toEqual([{ code: "set-not-drawn" }]);
  });

  const evidence: fc.Arbitrary<Evidence> = fc.oneof(
    fc
      .integer({ min: 0, max: 300 })
      .chain((n) =>
        fc.record({
          kind: fc.constant("share" as const),
          right: fc.nat(n),
          n: fc.constant(n),
          unanswered: fc.nat(3),
        }),
      )
      .chain((counted) => fc.constantFrom(counted, { ...counted, coins: { ...COINS, waiting: 5 } })),
    fc.constant({ kind: "failed" as const, problem: "down" }),
  );
  const many: Criterion[] = ["a", "b", "c"].map((name) => ({ ...accuracy, name }));
  const three = fc
    .tuple(evidence, evidence, evidence)
    .map(([a, b, c]) => gate({ criteria: many, evidence: { a, b, c }, groups: ["performance"] }));

  test("goes only when every must does, and one more right answer never makes it worse", () => {
    const order: Verdict[] = ["no-go", "could-not-run", "inconclusive", "conditional", "go"];
    fc.assert(
      fc.property(three, (input) => {
        const found = judgeGate(input);
        expect(found.verdict === "go").toBe(found.criteria.every((one) => one.verdict === "go"));
        const first = input.evidence["a"]!;
        if (first.kind !== "share" || first.right === first.n) return;
        const better = judgeGate({
          ...input,
          evidence: { ...input.evidence, a: { ...first, right: first.right + 1 } },
        });
        expect(order.indexOf(better.verdict)).toBeGreaterThanOrEqual(order.indexOf(found.verdict));
      }),
    );
  });

  test("comes out the same again from what is stored, and what was tampered with does not", () => {
    fc.assert(
      fc.property(three, (input) => {
        const stored = JSON.parse(JSON.stringify({ input, verdict: judgeGate(input) })) as {
          input: GateInput;
          verdict: ReturnType<typeof judgeGate>;
        };
        expect(recheckGate(stored.input, stored.verdict)).toEqual([]);
      }),
    );
    const input = gate();
    const stored = JSON.parse(JSON.stringify(judgeGate(input))) as ReturnType<typeof judgeGate>;
    expect(recheckGate(input, stored)).toEqual([]);
    expect(recheckGate({ ...input, ...withEvidence({ accuracy: share(484, 500) }) }, stored)).toEqual([
      "accuracy comes out otherwise than stored",
    ]);
    expect(recheckGate(input, { ...stored, verdict: "no-go" })).toEqual([
      "the verdict comes out as go, stored is no-go",
    ]);
    expect(
      recheckGate({ ...input, set: { sealed: false, looks: 1, representative: true } }, stored),
    ).toHaveLength(2);
    expect(recheckGate(input, { ...stored, criteria: stored.criteria.slice(1) })).toHaveLength(1);
  });
});
