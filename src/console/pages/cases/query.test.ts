/** What is searched for, between the address and the program. */
import { describe, expect, it } from "vitest";
import { isFacet, queryOf, wantedOf } from "./query.ts";

describe("the search in the address", () => {
  it("takes numbers as texts and leaves out what is empty or unknown", () => {
    expect(wantedOf({ q: 4711, state: "in_review", team: " ", workflow: "w", other: "x" })).toEqual({
      q: "4711",
      state: "in_review",
    });
  });

  it("asks for whole days of the workflow's zone, also where the clocks change", () => {
    const asked = (zone: string, day: string) => queryOf({ from: day, to: day }, zone);
    expect(asked("Europe/Berlin", "2026-01-05")).toEqual({
      from: "2026-01-04T23:00:00.000Z",
      to: "2026-01-05T23:00:00.000Z",
    });
    expect(asked("America/New_York", "2026-03-08")).toEqual({
      from: "2026-03-08T05:00:00.000Z",
      to: "2026-03-09T04:00:00.000Z",
    });
  });

  it("asks for a facet without the spaces around its equals sign", () => {
    expect(queryOf({ facet: "output.category = needs review" }, "UTC")).toEqual({
      facet: "output.category=needs review",
    });
  });

  it("knows a facet by its equals sign", () => {
    for (const text of ["output.category=billing", "a=", "a = b", "a=b=c"])
      expect(isFacet(text), text).toBe(true);
    for (const text of ["billing", "=billing", " = x", ""]) expect(isFacet(text), text).toBe(false);
  });

  it("leaves out a day and a facet that are not written to the end", () => {
    expect(queryOf({ from: "2026-1", facet: "queue", arm: "manual" }, "UTC")).toEqual({ arm: "manual" });
  });
});
