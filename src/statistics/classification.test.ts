/** Classes and amounts: figures against their definitions on the pairs themselves, and what is no class. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountInterval } from "./amounts.ts";
import { bootstrapInterval, mulberry32, quantile } from "./bootstrap.ts";
import { cellsOf, classify, confusions, flips, macroF1Interval, majority } from "./classification.ts";

const name = fc.constantFrom("a", "b", "c", "d");
const pairs = fc.array(fc.record({ truth: name, answer: fc.option(name) }), { maxLength: 60 });

describe("a table of classes", () => {
  test("gives precision, recall and F1 as counting the pairs does", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const found = classify(cellsOf(list));
        expect(found.n).toBe(list.length);
        expect(found.right).toBe(list.filter(({ truth, answer }) => truth === answer).length);
        for (const one of found.classes) {
          const called = list.filter(({ answer }) => answer === one.name);
          const there = list.filter(({ truth }) => truth === one.name);
          const hits = called.filter(({ truth }) => truth === one.name).length;
          if (called.length > 0) expect(one.precision).toBeCloseTo(hits / called.length, 12);
          else expect(one.precision).toBeUndefined();
          if (there.length > 0) expect(one.recall).toBeCloseTo(hits / there.length, 12);
          else expect(one.recall).toBeUndefined();
          if (one.precision && one.recall)
            expect(one.f1).toBeCloseTo((2 * one.precision * one.recall) / (one.precision + one.recall), 12);
          else expect(one.f1).toBe(0);
        }
      }),
    );
  });

  test("loses no pair on the way to the list of confusions, which is sorted", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const cells = cellsOf(list);
        const wrong = confusions(cells);
        expect(wrong.reduce((sum, { n }) => sum + n, 0)).toBe(classify(cells).n - classify(cells).right);
        wrong.slice(1).forEach(({ n }, i) => expect(n).toBeLessThanOrEqual(wrong[i]!.n));
        expect(confusions(cellsOf(list.toReversed()))).toEqual(wrong);
      }),
    );
  });

  test("an answer outside of the classes hurts the class that was right, and is none itself", () => {
    const list = [
      { truth: "a", answer: "a" },
      { truth: "a", answer: "x" },
      { truth: "b", answer: "b" },
    ];
    const found = classify(cellsOf(list), ["a", "b"]);
    expect(found.classes.map((one) => one.name)).toEqual(["a", "b"]);
    expect(found.classes[0]).toMatchObject({ recall: 0.5, precision: 1 });
    expect(found.macroF1).toBeCloseTo((2 / 3 + 1) / 2, 12);
  });

  test("without cases has no figures, and a class that never occurs has no part in the mean", () => {
    expect(classify([])).toMatchObject({ n: 0, accuracy: undefined, macroF1: undefined });
    expect(classify(cellsOf([{ truth: "a", answer: "a" }]), ["a", "b"]).macroF1).toBe(1);
  });
});

describe("macro-F1 by drawing cases again", () => {
  test("is the same as classifying each draw, for the same seed", () => {
    fc.assert(
      fc.property(pairs, fc.nat(1_000), (list, seed) => {
        fc.pre(list.length > 0);
        const classes = ["a", "b", "c"];
        const plan = () => ({ chance: mulberry32(seed), resamples: 50 });
        const found = macroF1Interval(cellsOf(list), classes, plan());
        const cells = cellsOf(list).flatMap((cell) =>
          Array.from({ length: cell.n }, () => ({ ...cell, n: 1 })),
        );
        const expected = bootstrapInterval(cells, (sample) => classify(sample, classes).macroF1, plan());
        if (!found || !expected) {
          expect(found === undefined || expected === undefined).toBe(true);
          return;
        }
        expect(found.lower).toBeCloseTo(expected.lower, 10);
        expect(found.upper).toBeCloseTo(expected.upper, 10);
        expect(found.estimate).toBeCloseTo(classify(cellsOf(list), classes).macroF1!, 12);
      }),
      { numRuns: 40 },
    );
  });
});

describe("amounts by group", () => {
  const groups = fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 4 })), { maxLength: 5 }),
    { minLength: 1, maxLength: 15 },
  );

  test("have the mean and the quantile of all of them written down, and an interval by the same draws", () => {
    fc.assert(
      fc.property(groups, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const written = (some: typeof list) =>
          some.flatMap((group) => group.flatMap(([amount, n]) => Array.from({ length: n }, () => amount)));
        const plan = () => ({ chance: mulberry32(3), resamples: 40 });
        const all = written(list).sort((a, b) => a - b);
        const [mean, quantileAt] = [
          amountInterval(list, "mean", plan()),
          amountInterval(list, { quantile: q }, plan()),
        ];
        if (all.length === 0) {
          expect([mean, quantileAt]).toEqual([undefined, undefined]);
          return;
        }
        expect(mean!.estimate).toBeCloseTo(all.reduce((sum, one) => sum + one, 0) / all.length, 9);
        expect(quantileAt!.estimate).toBeCloseTo(quantile(all, q), 9);
        const filled = list.filter((group) => group.some(([, n]) => n > 0));
        const byHand = bootstrapInterval(
          filled,
          (sample) =>
            quantile(
              written(sample as typeof list).sort((a, b) => a - b),
              q,
            ),
          plan(),
        )!;
        expect(quantileAt!.lower).toBeCloseTo(byHand.lower, 9);
        expect(quantileAt!.upper).toBeCloseTo(byHand.upper, 9);
      }),
    );
  });
});

describe("repeats", () => {
  test("count as the answer that more than half of them are", () => {
    expect(majority(["a", "b", "a"])).toBe("a");
    expect(majority(["a", "b"])).toBeUndefined();
    expect(majority(["a", "b", "c"])).toBeUndefined();
    expect(majority([])).toBeUndefined();
  });

  test("flip where their answers are not all the same; a case that was asked once says nothing", () => {
    expect(flips([["a", "a", "a"], ["a", "b", "a"], ["c"]])).toEqual({ n: 2, flipped: 1 });
  });
});
