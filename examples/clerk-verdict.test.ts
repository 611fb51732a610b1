import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { NEUTRAL_TEXT, verdictOn } from "./clerk-verdict.ts";

const SCHEMA: JsonObject = {
  type: "object",
  properties: {
    category: { enum: ["billing", "technical"] },
    priority: { enum: ["low", "high"] },
    amount: { type: "number" },
    urgent: { type: "boolean" },
    draft: { type: "string" },
  },
  required: ["category", "priority"],
};

const truth = (fields: Record<string, JsonValue>) => new Map(Object.entries(fields));
const shown = (output: JsonObject | null, outputSchema = SCHEMA) => ({ output, outputSchema });

test("an output that agrees in every known field is approved, whatever stands in the others", () => {
  const output = { category: "billing", priority: "low", draft: "Hello" };
  expect(verdictOn(shown(output), [truth({ category: "billing", priority: "low" })])).toEqual({
    verdict: "approve",
  });
});

test("an output that is wrong in one field is edited there, and its other fields are kept", () => {
  const output = { category: "billing", priority: "high", draft: "Hello" };
  expect(verdictOn(shown(output), [truth({ category: "billing", priority: "low" })])).toEqual({
    verdict: "edit",
    output: { category: "billing", priority: "low", draft: "Hello" },
  });
  expect(output.priority).toBe("high");
});

test("a case without an output gets a whole one", () => {
  expect(verdictOn(shown(null), [truth({ category: "technical", priority: "high" })])).toEqual({
    verdict: "edit",
    output: { category: "technical", priority: "high" },
  });
});

test("what the schema requires and no answer knows is filled in by its type", () => {
  const schema: JsonObject = {
    type: "object",
    properties: {
      category: { type: "string" },
      draft: { type: "string" },
      count: { type: "integer", minimum: 3 },
      sure: { type: "boolean" },
      tags: { type: "array" },
      team: { enum: ["care", "orders"] },
      kind: { const: "ticket" },
      nested: { type: "object", properties: { note: { type: "string" } }, required: ["note"] },
    },
    required: ["category", "draft", "count", "sure", "tags", "team", "kind", "nested"],
  };
  expect(verdictOn(shown(null, schema), [truth({ category: "billing" })])).toEqual({
    verdict: "edit",
    output: {
      category: "billing",
      draft: NEUTRAL_TEXT,
      count: 3,
      sure: false,
      tags: [],
      team: "care",
      kind: "ticket",
      nested: { note: NEUTRAL_TEXT },
    },
  });
});

test("a case that the answers do not know is rejected, never guessed", () => {
  expect(verdictOn(shown({ category: "billing", priority: "low" }), [])).toEqual({
    verdict: "reject",
    reason: "out_of_scope",
  });
});

test("with several right answers any of them is approved, and the first is used for an edit", () => {
  const both = [truth({ category: "billing" }), truth({ category: "technical" })];
  expect(verdictOn(shown({ category: "technical", priority: "low" }), both)).toEqual({ verdict: "approve" });
  expect(verdictOn(shown({ category: "other", priority: "low" }), both)).toEqual({
    verdict: "edit",
    output: { category: "billing", priority: "low" },
  });
});

test("answers from a CSV file become the type that the schema asks for, also below a path", () => {
  const schema: JsonObject = {
    properties: {
      ...(SCHEMA["properties"] as JsonObject),
      total: { properties: { gross: { type: "number" } } },
    },
  };
  const given = [truth({ amount: "12.5", urgent: "true", "total.gross": "3", category: "42" })];
  expect(verdictOn(shown(null, schema), given)).toEqual({
    verdict: "edit",
    output: { amount: 12.5, urgent: true, total: { gross: 3 }, category: "42" },
  });
  expect(
    verdictOn(shown({ amount: 12.5, urgent: true, total: { gross: 3 }, category: "42" }, schema), given),
  ).toEqual({ verdict: "approve" });
});
