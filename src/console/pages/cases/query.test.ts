/** What is searched for, between the address and the program. */
import { describe, expect, it } from "vitest";
import { queryOf, wantedOf } from "./query.ts";

describe("the search in the address", () => {
  it("takes numbers as texts and leaves out what is empty or unknown", () => {
    expect(wantedOf({ q: 4711, state: "in_review", team: " ", workflow: "w", other: "x" })).toEqual({
      q: "4711",
      state: "in_review",
    });
  });

  it("asks for whole days", () => {
    const { from, to } = queryOf({ from: "2026-01-05", to: "2026-01-05" }) as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBe(86_400_000);
  });

  it("leaves out a day and a facet that are not written to the end", () => {
    expect(queryOf({ from: "2026-1", facet: "queue", arm: "manual" })).toEqual({ arm: "manual" });
  });
});
