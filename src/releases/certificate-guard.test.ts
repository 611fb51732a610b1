import { describe, expect, test } from "vitest";
import { mulberry32 } from "../statistics/bootstrap.ts";
import { GRID } from "../statistics/certification.ts";
import { brokenBy, doubtPlan, judgeDoubt, judgeWatch } from "./certificate-guard.ts";
import { judgeSample, storedEvidence } from "./certification.ts";

const TARGET = 0.1;
const broken = (n: number, errors: number) => brokenBy(judgeWatch(TARGET, [{ category: null, n, errors }]));

describe("the labels of what went out alone", () => {
  test("take a certificate back when too many are wrong, and not before", () => {
    expect(broken(0, 0)).toBeUndefined();
    expect(broken(60, 6)).toBeUndefined();
    expect(broken(30, 12)).toMatchObject({ category: null, n: 30, errors: 12 });
  });

  test("of one category alone do so, too, at its part of the risk", () => {
    const groups = [
      { category: "large", n: 400, errors: 8 },
      { category: "small", n: 30, errors: 14 },
    ];
    expect(brokenBy(judgeWatch(TARGET, groups))).toMatchObject({ category: "small" });
  });

  test("of a certificate that keeps its word take it back in one life of twenty at most, read after each", () => {
    const chance = mulberry32(5);
    let taken = 0;
    for (let run = 0; run < 400; run++) {
      let errors = 0;
      for (let n = 1; n <= 600; n++) {
        if (chance() < TARGET) errors++;
        if (broken(n, errors)) {
          taken++;
          break;
        }
      }
    }
    expect(taken / 400).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });
});

describe("how sure the release is", () => {
  const look = (below: number, n = 240) => {
    const labels = Array.from({ length: n }, (_, i) => ({
      score: i < below ? 0.1 : 0.9,
      wrong: false,
      category: undefined,
    }));
    const plan = { look: 1, target: TARGET, confidence: 0.9, per: "all" as const, grid: GRID };
    const traffic = labels.map(({ score, category }) => ({ score, category, cases: 1 }));
    return storedEvidence(judgeSample({ labels, traffic }, plan), plan);
  };
  const plan = doubtPlan(look(48))!;

  test("is held against the traffic of the look, where there was enough of it", () => {
    expect(plan.rate).toBeGreaterThan(0.2);
    expect(plan.rate).toBeLessThan(0.25);
    expect(doubtPlan(look(10, 90))).toBeUndefined();
  });

  const stream = (rate: number, n: number, seed: number) => {
    const chance = mulberry32(seed);
    return Array.from({ length: n }, () => chance() < rate);
  };

  test("takes a certificate back within some fifty cases when half of them are below its threshold", () => {
    const counts = Array.from({ length: 40 }, (_, seed) => {
      const all = stream(0.5, 400, seed + 1);
      let n = 1;
      while (n < 400 && !judgeDoubt(plan, null, all.slice(0, n)).alarm) n++;
      return n;
    }).sort((a, b) => a - b);
    expect(counts[20]).toBeLessThan(60);
    expect(counts.at(-1)).toBeLessThan(200);
  });

  test("stays quiet while as many are below as were, and comes out the same in parts", () => {
    const all = stream(0.2, 4_000, 9);
    const whole = judgeDoubt(plan, null, all);
    expect(whole.alarm).toBeUndefined();
    const first = judgeDoubt(plan, null, all.slice(0, 1_234));
    expect(judgeDoubt(plan, first.state, all.slice(1_234))).toEqual(whole);
  });
});
