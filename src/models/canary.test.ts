import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIXED_QUESTIONS, normalAnswer, SHAPES } from "./canary-questions.ts";
import { differing, FEWEST_SETTLED, judge, limitOf, newIdentity, settled, wordsOf } from "./canary.ts";

const A = { model: "small-1", version: "fp_1" };
const B = { model: "small-1", version: "fp_2" };
const C = { model: "small-2", version: null };

/** P(at least k of n), each with probability p, summed by hand. */
function atLeast(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = k; i <= n; i++) {
    let ways = 1;
    for (let j = 0; j < i; j++) ways = (ways * (n - j)) / (j + 1);
    sum += ways * p ** i * (1 - p) ** (n - i);
  }
  return sum;
}

describe("from how many differing answers on a model has changed", () => {
  test("is so many that chance does it once in ten years at most, and no more than that", () => {
    for (let n = FEWEST_SETTLED; n <= 40; n++) {
      const limit = limitOf(n)!;
      expect(atLeast(limit, n, 0.05)).toBeLessThanOrEqual(1 / 3650);
      expect(atLeast(limit - 1, n, 0.05)).toBeGreaterThan(1 / 3650);
    }
    expect([8, 12, 16].map(limitOf)).toStrictEqual([5, 5, 6]);
  });

  test("cannot be said of too few answers", () => {
    expect(limitOf(FEWEST_SETTLED - 1)).toBeUndefined();
    expect(limitOf(0)).toBeUndefined();
  });
});

describe("settled answers", () => {
  test("are those that were the same in every round, and in the form that was asked for", () => {
    const rounds = [
      { a: "1", b: "x", c: null, d: "7" },
      { a: "1", b: "y", c: null, d: "7" },
      { a: "1", b: "x", c: null },
    ];
    expect(settled(rounds)).toStrictEqual({ a: "1" });
    expect(settled([])).toStrictEqual({});
  });

  test("differ when another one came, or none in the form, and not when they were not asked for", () => {
    expect(differing({ a: "1", b: "2", c: "3", d: "4" }, { a: "1", b: "x", c: null })).toStrictEqual([
      "b",
      "c",
    ]);
  });
});

describe("an identity", () => {
  test("is new when the name is, or the version alone; the first that is known says what was before", () => {
    expect(newIdentity([A], [A])).toBeUndefined();
    expect(newIdentity([A, B], [B, A])).toBeUndefined();
    expect(newIdentity([A], [A, B])).toStrictEqual({
      kind: "version",
      before: "small-1 (fp_1)",
      after: "small-1 (fp_2)",
    });
    expect(newIdentity([A], [C])).toMatchObject({ kind: "name", after: wordsOf(C) });
    expect(newIdentity([A], [{ ...A, version: null }])).toMatchObject({ kind: "version", after: "small-1" });
  });

  test("cannot be new where none is known", () => {
    expect(newIdentity([], [A])).toBeUndefined();
  });
});

describe("a run", () => {
  const known = {
    answered: [A],
    answers: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`q${i}`, "same"])),
  };
  const ids = Object.keys(known.answers);

  test("says changed exactly from the limit on, and a new name before all else", () => {
    fc.assert(
      fc.property(fc.nat(16), fc.boolean(), (others, renamed) => {
        const confirmed = ids.slice(0, others);
        const first = { ...known.answers, ...Object.fromEntries(confirmed.map((id) => [id, "other"])) };
        const { change, ...figures } = judge(known, { answered: [renamed ? C : A], first, confirmed });
        expect(figures).toStrictEqual({ compared: 16, differing: others, limit: 6 });
        expect(change?.kind).toBe(renamed ? "name" : others >= 6 ? "behaviour" : undefined);
      }),
    );
  });

  test("over too few settled answers says nothing of behaviour", () => {
    const few = { answered: [A], answers: { a: "1", b: "2" } };
    const judged = judge(few, { answered: [A], first: { a: "x", b: "y" }, confirmed: ["a", "b"] });
    expect(judged).toStrictEqual({ change: undefined, compared: 2, differing: 2, limit: undefined });
  });
});

describe("the fixed questions", () => {
  test("have ids of their own and a shape, and are more than the fewest that must be settled", () => {
    expect(new Set(FIXED_QUESTIONS.map((one) => one.id)).size).toBe(FIXED_QUESTIONS.length);
    expect(FIXED_QUESTIONS.length).toBeGreaterThanOrEqual(2 * FEWEST_SETTLED);
    for (const { answers, ask } of FIXED_QUESTIONS) {
      expect(SHAPES[answers]).toBeDefined();
      expect(ask.length).toBeLessThan(200);
    }
  });

  test("take another spelling of an answer for the same answer", () => {
    expect(normalAnswer("  Ocker.\n")).toBe(normalAnswer("ocker"));
    expect(normalAnswer("Anna  Berg")).toBe("anna berg");
    expect(normalAnswer(427)).toBe("427");
    expect(normalAnswer("Zu\u0308rich")).toBe(normalAnswer("Z\u00fcrich"));
  });
});
