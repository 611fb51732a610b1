import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";
import { changedShare, diffFields, isWrong } from "./error-rule.ts";

describe("what counts as wrong", () => {
  const error = { equal: ["category", "who.team"], tolerance: { amount: 0.1 }, changed: { reply: 0.2 } };
  const truth = { category: "a", who: { team: "x" }, amount: 0.3, reply: "0123456789", other: 1 };

  it("nothing is wrong within equality, tolerance and change limit, whatever else differs", () => {
    expect(isWrong(error, { ...truth, amount: 0.2, reply: "01234567xx", other: 2 }, truth)).toEqual({
      wrong: false,
      fields: [],
    });
  });

  it("names every wrong field", () => {
    const output = { category: "b", who: { team: "y" }, amount: 0.41, reply: "0123456xxx" };
    expect(isWrong(error, output, truth)).toEqual({
      wrong: true,
      fields: ["category", "who.team", "amount", "reply"],
    });
  });

  it("a field that is missing on one side is wrong, on both sides right", () => {
    expect(isWrong(error, { category: "a", who: {} }, { category: "a", amount: 1 }).fields).toEqual([
      "amount",
    ]);
    expect(isWrong(error, {}, {})).toEqual({ wrong: false, fields: [] });
    expect(isWrong({ equal: ["x"] }, { x: null }, {}).wrong).toBe(true);
  });

  it("compares lists and objects by what they hold", () => {
    expect(isWrong({ equal: ["x"] }, { x: { a: 1, b: [1, 2] } }, { x: { b: [1, 2], a: 1 } }).wrong).toBe(
      false,
    );
    expect(isWrong({ equal: ["x"] }, { x: [1, 2] }, { x: [2, 1] }).wrong).toBe(true);
    expect(isWrong({ equal: ["x"] }, { x: "1" }, { x: 1 }).wrong).toBe(true);
  });

  it("types that do not fit the tolerance are wrong, not an accident", () => {
    expect(isWrong(error, { ...truth, amount: "0.3" }, truth).fields).toEqual(["amount"]);
    expect(isWrong(error, { ...truth, reply: 5 }, truth).fields).toEqual(["reply"]);
  });
});

describe("how much of a text changed", () => {
  it("is 0 for the same text, 1 for another, and does not see line ends or composition", () => {
    expect(changedShare("abc", "abc")).toBe(0);
    expect(changedShare("", "")).toBe(0);
    expect(changedShare("abc", "xyz")).toBe(1);
    expect(changedShare("a\r\nü", "a\nu\u0308")).toBe(0);
    expect(changedShare("Hello Anna", "Hello Anne")).toBeCloseTo(0.1);
  });

  it("counts as the plain algorithm does", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
    fc.assert(fc.property(short, short, (a, b) => editDistance(a, b) === plainDistance(a, b)));
  });

  it("stays quick for long texts, and never makes them look less changed", () => {
    const started = performance.now();
    expect(changedShare(`${"a".repeat(300_000)}b`, `c${"a".repeat(300_000)}`)).toBeGreaterThan(0);
    expect(changedShare(`x${"ab".repeat(5_000)}y`, `z${"ba".repeat(5_000)}w`)).toBeLessThan(0.01);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it("the differing fields are named down to the smallest", () => {
  expect(diffFields({ a: 1, b: { c: 1, d: [1] }, e: 1 }, { a: 1, b: { c: 2, d: [2] }, f: 1 })).toEqual([
    "b.c",
    "b.d",
    "e",
    "f",
  ]);
  expect(diffFields({ a: 1 }, { a: 1 })).toEqual([]);
});

function plainDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      table[i]![j] = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + cost);
    }
  }
  return table[a.length]![b.length]!;
}
