/** Typed numbers are read when they can mean one thing only. */
import { expect, test } from "vitest";
import { readNumber } from "./number-text.ts";

test.each<[string, number]>([
  ["12", 12],
  ["-3", -3],
  ["0,10", 0.1],
  ["0.125", 0.125],
  ["1234,5", 1234.5],
  ["1.234,56", 1234.56],
  ["1,234.56", 1234.56],
  ["1'234.56", 1234.56],
  ["1.234.567", 1_234_567],
  ["1 234,5", 1234.5],
])("%s is %d", (typed, value) => {
  expect(readNumber(typed)).toEqual({ kind: "number", value });
});

test("a single group of three can mean two things", () => {
  expect(readNumber("1.234")).toEqual({ kind: "ambiguous", either: 1.234, or: 1234 });
  expect(readNumber("12,500")).toEqual({ kind: "ambiguous", either: 12.5, or: 12_500 });
});

test.each(["", "abc", "1.23.4", "1,2,3", "12e3", "1.2,3.4", "--1", "12.3456,7"])(
  "%s is no number",
  (typed) => {
    expect(readNumber(typed)).toEqual({ kind: "none" });
  },
);
