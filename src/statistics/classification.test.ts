/** Classes: figures against their definitions on the pairs themselves, and what is no class. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellsOf, classify, confusions, flips, majority } from "./classification.ts";

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
