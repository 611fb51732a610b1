/** Looks as points of a line. */
import { expect, test } from "vitest";
import { wayOf } from "./way-points.ts";

const look = (guard: "paired" | "errors", n: number, evidence: number | null) => ({
  at: "2026-01-05T08:00:00.000Z",
  stageName: "20 %",
  guard,
  candidate: { errors: 1, n },
  evidence,
  limit: evidence === null ? null : 20,
});

test("the limit is at 100, nothing and what speaks for the release at 0", () => {
  const points = wayOf([look("errors", 10, 0.2), look("errors", 20, 1), look("errors", 30, 20)], "errors");
  expect(points.map(({ part }) => part)).toEqual([0, 0, 100]);
});

test("of two looks at as many labels the newer counts, and other guards and missing data make no point", () => {
  const points = wayOf(
    [look("errors", 10, 2), look("errors", 10, 4), look("paired", 5, 3), look("errors", 12, null)],
    "errors",
  );
  expect(points).toMatchObject([{ labelled: 10, evidence: 4 }]);
});
