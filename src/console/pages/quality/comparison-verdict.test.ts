/** What a difference with its range is called, and where it stands in the picture. */
import { expect, test } from "vitest";
import { placesOf, verdictOf } from "./comparison-verdict.ts";

const difference = (lower: number, value: number, upper: number) => ({ lower, value, upper });

test("better takes a range above zero, not worse one above minus the margin", () => {
  expect(verdictOf({ difference: difference(0.01, 0.03, 0.05), notWorse: true })).toBe("better");
  expect(verdictOf({ difference: difference(-0.01, 0.01, 0.03), notWorse: true })).toBe("notWorse");
});

test("a small certain loss within the margin is not called worse", () => {
  expect(verdictOf({ difference: difference(-0.015, -0.01, -0.005), notWorse: true })).toBe("notWorse");
});

test("worse takes a range below zero; what reaches over zero is open", () => {
  expect(verdictOf({ difference: difference(-0.2, -0.1, -0.03), notWorse: false })).toBe("worse");
  expect(verdictOf({ difference: difference(-0.1, 0, 0.1), notWorse: false })).toBe("open");
  expect(verdictOf({ difference: null, notWorse: null })).toBe("unknown");
});

test("in the picture all parts stand in their order, zero and the margin among them", () => {
  const places = placesOf({ difference: difference(0.05, 0.1, 0.15), margin: 0.02 })!;
  expect(places.limit).toBeGreaterThan(0);
  expect([places.limit, places.zero, places.lower, places.value, places.upper]).toEqual(
    [places.limit, places.zero, places.lower, places.value, places.upper].toSorted((a, b) => a - b),
  );
  expect(places.upper).toBeLessThan(1);
});
