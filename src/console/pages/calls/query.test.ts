/** What calls are sought by: from the address to the question, and nothing that is not understood. */
import { expect, test } from "vitest";
import { queryOf, wantedOf } from "./query.ts";

test("the address names the filters; numbers are texts, and what else stands there is left alone", () => {
  expect(wantedOf({ workflow: "triage", model: 4711, outcome: "failed", key: " ", from: true })).toEqual({
    model: "4711",
    outcome: "failed",
  });
});

test("who answers is a workflow or a connection, and anything else asks for nothing", () => {
  expect(queryOf({ by: "workflow:triage" }, "UTC")).toEqual({ workflow: "triage" });
  expect(queryOf({ by: "connection:mistral-eu", outcome: "failed" }, "UTC")).toEqual({
    connection: "mistral-eu",
    outcome: "failed",
  });
  expect(queryOf({ by: "somebody:else" }, "UTC")).toEqual({});
});

test("days are those of the zone, the last one whole", () => {
  expect(queryOf({ from: "2026-03-28", to: "2026-03-29" }, "Europe/Berlin")).toEqual({
    from: "2026-03-27T23:00:00.000Z",
    to: "2026-03-29T22:00:00.000Z",
  });
  expect(queryOf({ from: "yesterday" }, "UTC")).toEqual({});
});
