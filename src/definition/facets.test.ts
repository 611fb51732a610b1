import { describe, expect, it } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { checkDefinition } from "./check.ts";
import type { ReleaseDocument } from "./document.ts";
import { facetsOf } from "./facets.ts";
import { goodFiles } from "./golden/good.ts";

const good = checkDefinition(goodFiles()).release!;
const input: JsonObject = {
  type: "object",
  properties: {
    queue: { enum: ["mail", "a\0b", 7, null] },
    on: { type: "string", format: "date" },
    at: { type: "string", format: "date-time" },
    age: { type: ["integer", "null"] },
    vip: { type: "boolean" },
    body: { type: "string" },
    nested: { type: "object", properties: { size: { type: "number" } } },
  },
};
const release: ReleaseDocument = {
  ...good,
  input,
  facets: { input: ["queue", "on", "at", "age", "vip", "body", "nested.size"], output: ["category"] },
};

describe("facets", () => {
  it("are the declared enums, numbers, booleans and dates of input and output", () => {
    const value = {
      queue: "mail",
      on: "2026-03-01",
      at: "2026-03-01T10:00:00+01:00",
      age: 4,
      vip: false,
      body: "text",
      nested: { size: 1.5 },
    };
    expect(facetsOf(release, value, { category: "invoice", draft: "text" })).toEqual({
      "input.queue": "mail",
      "input.on": "2026-03-01",
      "input.at": "2026-03-01T10:00:00+01:00",
      "input.age": 4,
      "input.vip": false,
      "input.nested.size": 1.5,
      "output.category": "invoice",
    });
  });

  it("leave out what is missing or not of the declared kind, and NUL", () => {
    const value = {
      queue: "a\0b",
      on: "2026-02-30T",
      at: "yesterday",
      age: null,
      vip: "true",
      nested: { size: "1" },
    };
    expect(facetsOf(release, value, { category: "nonsense" })).toEqual({});
    expect(facetsOf(release, { queue: "other", age: "4", on: "2026-13-45" }, undefined)).toEqual({});
  });

  it("never hold free text, even when a release names it", () => {
    expect(Object.keys(facetsOf(release, { body: "text" }, {}))).toEqual([]);
  });
});
