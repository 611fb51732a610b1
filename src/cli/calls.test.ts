/** What `pilotage calls show` says of a call that came to no try. */
import { expect, test } from "vitest";
import { INTERRUPTED } from "../contract/gateway-endpoints.ts";
import { MODEL_CALLS } from "./call-samples.fixture.ts";
import { shown } from "./calls.ts";

const call = { ...MODEL_CALLS.getModelCall, tries: [] };

test("a call whose process was killed does not claim that nobody was asked", () => {
  const text = shown({ ...call, outcome: "failed", status: 500, error: INTERRUPTED });
  expect(text).toContain("which providers it had asked is not known");
  expect(text).not.toContain("No provider was asked");
});

test("an answer that was given again asked no provider, and a case asks for itself", () => {
  expect(shown({ ...call, finish: "again" })).toContain("No provider was asked.");
  expect(shown({ ...call, workflow: "tickets", connection: null })).toContain("stand with the case");
});

test("what a data policy kept back is told by names and counts; a model without one says nothing of it", () => {
  expect(shown(call)).toContain("metadata left out, 2 iban masked, 1 email pseudonymised");
  const policy = { dropped: [], masked: {}, pseudonymised: {}, refused: {} };
  expect(shown({ ...call, policy })).toMatch(/kept back\s+nothing/);
  expect(shown({ ...call, policy: null })).not.toContain("kept back");
});
