import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "../statistics/bootstrap.ts";
import { GRID } from "../statistics/certification.ts";
import { judgeCounts, startsFor, type LookPlan } from "./certification.ts";
import type { SampledLabel } from "./certification-sample.ts";
import { fewRows, previewOf, type PreviewGiven } from "./certification-preview.ts";

const PLAN = { look: 1, target: 0.1, confidence: 0.9, per: "all" as const, grid: GRID };

const given = (labels: SampledLabel[], more: Partial<PreviewGiven> = {}): PreviewGiven => ({
  sample: { labels, traffic: labels.map(({ score, category }) => ({ score, category, cases: 3 })) },
  grid: GRID,
  curve: undefined,
  starts: undefined,
  look: PLAN.look,
  target: PLAN.target,
  confidence: PLAN.confidence,
  per: "all",
  last: undefined,
  ...more,
});

const labels: fc.Arbitrary<SampledLabel[]> = fc.array(
  fc.record({
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    wrong: fc.boolean(),
    category: fc.constantFrom("a", "b"),
  }),
  { maxLength: 400 },
);

describe("a preview of labels that do not lie open", () => {
  test("says the same whatever the labels say", () => {
    fc.assert(
      fc.property(labels, fc.array(fc.boolean(), { minLength: 400, maxLength: 400 }), (list, truth) => {
        const other = list.map((one, i) => ({ ...one, wrong: truth[i]! }));
        for (const per of ["all", "category"] as const)
          expect(previewOf(given(other, { per }))).toEqual(previewOf(given(list, { per })));
      }),
    );
  });

  test("the twin: where they lie open it does not", () => {
    const list = Array.from({ length: 300 }, (_, i) => ({
      score: 0.9,
      wrong: i % 3 === 0,
      category: undefined,
    }));
    const right = list.map((one) => ({ ...one, wrong: false }));
    const starts = startsFor(
      { labels: list, traffic: [{ score: 0.9, category: undefined, cases: 300 }] },
      PLAN,
    );
    expect(previewOf(given(list, { starts }))).not.toEqual(previewOf(given(right, { starts })));
  });

  test("counts how many labels there may be wrong, and how many are missing", () => {
    const few = previewOf(
      given(Array.from({ length: 20 }, () => ({ score: 0.9, wrong: false, category: undefined }))),
    );
    expect(few.missing).toBe(67);
    const enough = previewOf(
      given(Array.from({ length: 200 }, () => ({ score: 0.9, wrong: false, category: undefined }))),
    );
    expect(enough).toMatchObject({ missing: 0, now: undefined });
    expect(enough.rows.at(-1)).toMatchObject({ coverage: 1, labels: 200, mayBeWrong: 12, seen: null });
  });

  test("shows few rows: of thresholds that let out the same the loosest, and the one that was asked for", () => {
    const { rows } = previewOf(
      given(
        Array.from({ length: 200 }, (_, i) => ({
          score: i % 2 ? 0.9 : 0.6,
          wrong: false,
          category: undefined,
        })),
      ),
    );
    expect(fewRows(rows, undefined).map(({ threshold }) => threshold)).toEqual([0.95, 0.65, 0.4]);
    expect(fewRows(rows, 0.83).map(({ threshold }) => threshold)).toEqual([0.95, 0.83, 0.65, 0.4]);
  });
});

describe("a look at labels that were seen before", () => {
  const RUNS = 120;
  const grid = [0.9];
  const starts = [{ category: null, start: 0 }];

  /** Whoever sees each label waits for the first moment at which a release that is just too bad is certified. */
  function everCertified(open: boolean, chance: () => number): boolean {
    let errors = 0;
    for (let n = 1; n <= 900; n++) {
      if (chance() < PLAN.target) errors++;
      if (n < 90 || n % 15 !== 0) continue;
      const counts = { labels: n, traffic: 1_000, at: [{ n, errors, traffic: 1_000 }] };
      const plan: LookPlan = { ...PLAN, grid, starts: open ? starts : undefined };
      if (judgeCounts([{ category: null, counts }], plan, n).result === "certified") return true;
    }
    return false;
  }
  const share = (open: boolean) => {
    const chance = mulberry32(20_261_129);
    let certified = 0;
    for (let run = 0; run < RUNS; run++) if (everCertified(open, chance)) certified++;
    return certified / RUNS;
  };

  test("keeps its promise when it tests what may be read at any time", () => {
    // At most the budget of the first look, and three standard errors.
    expect(share(true)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / RUNS));
  });

  test("the twin: the test for one look would break it", () => {
    expect(share(false)).toBeGreaterThan(0.15);
  });
});
