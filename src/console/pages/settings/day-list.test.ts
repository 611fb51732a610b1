import { describe, expect, test } from "vitest";
import { daysFrom, textOfDays } from "./day-list.ts";

describe("days on which models retire", () => {
  test("are one line, and what is read from it is what was shown", () => {
    const days = { "small-1": "2027-06-30", "large-1": "2028-01-31" };
    expect(textOfDays(days)).toBe("small-1 2027-06-30, large-1 2028-01-31");
    expect(daysFrom(textOfDays(days)!)).toStrictEqual(days);
  });

  test("bear spaces and commas too many", () => {
    expect(daysFrom(" small-1   2027-06-30 , ,")).toStrictEqual({ "small-1": "2027-06-30" });
    expect(daysFrom("  ")).toStrictEqual({});
  });

  test("that are none are left for the server to refuse", () => {
    expect(daysFrom("2027-06-30")).toStrictEqual({ "": "2027-06-30" });
    expect(daysFrom("small-1 soon")).toStrictEqual({ "small-1": "soon" });
  });

  test("of what is no list of days have no text", () => {
    for (const value of [undefined, null, "x", 3, ["2027-06-30"]]) expect(textOfDays(value)).toBeUndefined();
  });
});
