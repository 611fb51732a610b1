import { describe, expect, test } from "vitest";
import { daysUntil, firstDay, shutdownDatesIn } from "./retirement.ts";

const listing = (...data: unknown[]) => Object.fromEntries(shutdownDatesIn({ object: "list", data }));

describe("a provider's list of models", () => {
  test("says when they end: as a day, a moment, or seconds", () => {
    expect(
      listing(
        { id: "a", shutdown_date: "2027-06-30" },
        { id: "b", shutdown_date: "2027-06-30T12:00:00Z" },
        { id: "c", shutdown_date: Date.UTC(2027, 5, 30) / 1_000 },
        { id: "d" },
        { id: "e", shutdown_date: null },
      ),
    ).toStrictEqual({ a: "2027-06-30", b: "2027-06-30", c: "2027-06-30" });
  });

  test.each([
    ["no text of a day", "soon"],
    ["a day that does not exist", "2027-02-30"],
    ["a day beside the century", "1970-01-01"],
    ["far seconds", 9e15],
    ["no number", Number.NaN],
    ["an object", { day: "2027-06-30" }],
    ["a line that goes on", "2027-06-30\n<script>"],
  ])("with %s says nothing of that model, and what it says of others counts", (_, date) => {
    expect(listing({ id: "a", shutdown_date: date }, { id: "b", shutdown_date: "2027-06-30" })).toStrictEqual(
      { b: "2027-06-30" },
    );
  });

  test.each([[null], ["text"], [[]], [{}], [{ data: "x" }], [{ data: [null, 3, "x", [], { id: 4 }] }]])(
    "that is none says nothing: %j",
    (body) => {
      expect([...shutdownDatesIn(body)]).toStrictEqual([]);
    },
  );
});

describe("the day of an end", () => {
  test("is the first that somebody named", () => {
    expect(firstDay(null, "2027-06-30", undefined, "2027-01-01")).toBe("2027-01-01");
    expect(firstDay(null, undefined)).toBeNull();
  });

  test("is so many days away, by whole days, and behind when it is over", () => {
    const now = Date.parse("2026-01-05T23:30:00Z");
    expect(daysUntil("2026-01-05", now)).toBe(0);
    expect(daysUntil("2026-01-06", now)).toBe(1);
    expect(daysUntil("2025-12-31", now)).toBe(-5);
    expect(daysUntil("2027-01-05", now)).toBe(365);
  });
});
