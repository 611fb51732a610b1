import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../contract/json.ts";
import { compileSchema } from "../../definition/schema.ts";
import { badExternalId, checkInput, LIMITS } from "./check.ts";

const schema: JsonObject = {
  type: "object",
  properties: { text: { type: "string" }, amount: { type: "number" }, tags: { type: "array" } },
  required: ["text"],
  additionalProperties: false,
};
const problems = compileSchema(schema);
const check = (value: unknown, its = schema) =>
  checkInput(value, its, (given: JsonValue) => ({
    value: given,
    problems: its === schema ? problems(given) : [],
  }));

const nested = (depth: number): JsonValue => (depth === 0 ? "x" : [nested(depth - 1)]);

describe("input", () => {
  test("that meets the schema is taken as it is", () => {
    expect(check({ text: "a", amount: 1 })).toEqual({
      ok: true,
      input: { text: "a", amount: 1 },
      dropped: [],
    });
  });

  test("loses the fields that the schema does not name, and says which", () => {
    expect(check({ text: "a", newColumn: "b", constructor: "c" })).toEqual({
      ok: true,
      input: { text: "a" },
      dropped: ["newColumn", "constructor"],
    });
  });

  test("loses a field called __proto__ like any other that is not named", () => {
    const given = JSON.parse('{"text":"a","__proto__":{"amount":"b"}}') as JsonObject;
    const checked = check(given);
    expect(checked).toEqual({ ok: true, input: { text: "a" }, dropped: ["__proto__"] });
    expect(checked.ok && checked.input["amount"]).toBeUndefined();
  });

  test("of a schema that branches and refers to itself is kept and left out the same however many shapes came before", () => {
    const levels = 14;
    const branching: JsonObject = {
      $ref: "#/$defs/r",
      $defs: {
        r: {
          anyOf: [
            { type: "object", properties: { a: { $ref: "#/$defs/r" }, b: { $ref: "#/$defs/r" } } },
            { type: "object", properties: { a: { $ref: "#/$defs/s1" } } },
          ],
        },
        ...Object.fromEntries(
          Array.from({ length: levels }, (_, i) => [
            `s${i + 1}`,
            {
              type: "object",
              properties: {
                a: { $ref: `#/$defs/s${Math.min(levels, i + 2)}` },
                b: { $ref: `#/$defs/s${Math.min(levels, i + 2)}` },
              },
            },
          ]),
        ),
      },
    };
    // The letters of 2,000 numbers as paths: more combinations than are remembered.
    for (let n = 0; n < 2_000; n++) {
      const names = n
        .toString(2)
        .padStart(20, "1")
        .split("")
        .map((bit) => (bit === "1" ? "a" : "b"));
      const nest = (last: JsonObject) =>
        names.reduceRight<JsonObject>((below, name) => ({ [name]: below }), last);
      expect(check(nest({ a: 1, other: 2 }), branching)).toEqual({
        ok: true,
        input: nest({ a: 1 }),
        dropped: [[...names, "other"].join(".")],
      });
    }
  });

  test("loses them below objects, in lists and behind references too, each named by its path", () => {
    const deep: JsonObject = {
      type: "object",
      $defs: {
        person: {
          type: "object",
          properties: { name: { type: "string" }, boss: { $ref: "#/$defs/person" } },
        },
      },
      properties: {
        contact: { $ref: "#/$defs/person" },
        items: { type: "array", items: { type: "object", properties: { label: { type: "string" } } } },
        either: {
          anyOf: [
            { type: "object", properties: { a: {} } },
            { type: "object", properties: { b: {} } },
          ],
        },
        free: { type: "object" },
        map: { type: "object", properties: {}, additionalProperties: { $ref: "#/$defs/person" } },
      },
    };
    const given = {
      contact: { name: "n", ssn: "MARKER", boss: { name: "m", ssn: "MARKER" } },
      items: [
        { label: "l", price: "MARKER" },
        { label: "k", price: "MARKER" },
      ],
      either: { a: 1, b: 2, c: "MARKER" },
      free: { any: { thing: 1 } },
      map: { one: { name: "n", ssn: "MARKER" } },
    };
    expect(check(given, deep)).toEqual({
      ok: true,
      input: {
        contact: { name: "n", boss: { name: "m" } },
        items: [{ label: "l" }, { label: "k" }],
        either: { a: 1, b: 2 },
        free: { any: { thing: 1 } },
        map: { one: { name: "n" } },
      },
      dropped: ["contact.ssn", "contact.boss.ssn", "items.price", "either.c", "map.one.ssn"],
    });
  });

  test("of a schema that refers to itself ends", () => {
    const loop: JsonObject = { type: "object", properties: { text: {} }, allOf: [{ $ref: "#" }] };
    expect(check({ text: "a", more: 1 }, loop)).toMatchObject({ ok: true, dropped: ["more"] });
  });

  test("keeps every field where the schema is open", () => {
    const open = { type: "object", properties: {}, additionalProperties: true };
    expect(check({ any: 1 }, open)).toEqual({ ok: true, input: { any: 1 }, dropped: [] });
  });

  test("keeps NUL in content", () => {
    expect(check({ text: "a\0b" })).toMatchObject({ ok: true, input: { text: "a\0b" } });
  });

  test.each<[string, unknown, string]>([
    ["a list", [], "not_an_object"],
    ["a text", "x", "not_an_object"],
    ["null", null, "not_an_object"],
    ["nothing", undefined, "not_an_object"],
    ["a field over 1 MB", { text: "ä".repeat(524_289) }, "value_too_large"],
    [
      "more than 10 MB together",
      { text: "a", tags: Array.from({ length: 11 }, () => "x".repeat(1_000_000)) },
      "case_too_large",
    ],
    ["half a character", { text: "\ud800" }, "lone_surrogate"],
    ["half a character in a name", { text: "a", "\ud800": "b" }, "lone_surrogate"],
    ["NUL in a name", { text: "a", "b\0": "c" }, "nul_in_key"],
    ["deep nesting", { text: "a", tags: nested(80) }, "too_deep"],
    ["a missing field", { amount: 1 }, "schema_mismatch"],
    ["a wrong type", { text: 7 }, "schema_mismatch"],
  ])("that is %s is refused with its reason", (_, value, reason) => {
    expect(check(value)).toMatchObject({
      ok: false,
      problem: { reason, message: expect.stringMatching(/\.$|:/) },
    });
  });

  test("has all its schema problems named at once", () => {
    const checked = check({ amount: "many" });
    expect(checked.ok ? [] : checked.problem.details).toHaveLength(2);
  });

  test("of exactly 1 MB in one field is taken", () => {
    expect(check({ text: "x".repeat(1_048_576) }).ok).toBe(true);
  });
});

describe("an external id", () => {
  test.each(["T-1", "0", "Vorgang Ä 7/2026", "\u{1f600}", "x".repeat(LIMITS.externalId), "' or 1=1 --"])(
    "can be %j",
    (id) => {
      expect(badExternalId(id)).toBeUndefined();
    },
  );

  test.each([
    ["", "empty"],
    ["x".repeat(LIMITS.externalId + 1), "longer than 200"],
    ["a\0b", "NUL"],
    ["a\nb", "control character"],
    ["a\u0085b", "control character"],
    ["\udc00", "lone surrogate"],
  ])("cannot be %j", (id, because) => {
    expect(badExternalId(id)).toContain(because);
  });
});
