import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { compileCoercingSchema, compileSchema, fieldsOf, valueAt } from "./schema.ts";

const schema: JsonObject = {
  type: "object",
  additionalProperties: false,
  required: ["body"],
  properties: {
    body: { type: "string", minLength: 1, maxLength: 10 },
    category: { enum: ["a", "b", "c"] },
    code: { type: "string", pattern: "^[A-Z]{2}\\d+$" },
    mail: { type: "string", format: "email" },
    on: { type: "string", format: "date" },
    age: { type: "integer", minimum: 0 },
    price: { type: ["number", "null"] },
    vip: { type: "boolean" },
    tags: { type: "array", items: { type: "string" }, maxItems: 2, uniqueItems: true },
    note: { type: "string" },
    contact: { $ref: "#/$defs/contact" },
  },
  $defs: {
    contact: {
      type: "object",
      required: ["email"],
      properties: { email: { type: "string" }, age: { type: "integer" } },
    },
  },
};

const told = (value: JsonValue) =>
  compileSchema(schema)(value).map(({ path, message }) => `${path}: ${message}`);

describe("schemas", () => {
  it("finds nothing wrong with a value that meets them", () => {
    expect(
      told({
        body: "x",
        category: "a",
        code: "AB1",
        mail: "a@b.de",
        on: "2026-02-28",
        age: 3,
        price: null,
        tags: ["x"],
      }),
    ).toEqual([]);
  });

  it("names every problem at once, in words, and never the value", () => {
    const value = {
      body: "SECRET SECRET",
      category: "SECRET",
      code: "SECRET",
      mail: "SECRET",
      on: "2026-02-30",
      age: -1.5,
      vip: "SECRET",
      tags: [1, "a", "a"],
      contact: {},
      colour: "SECRET",
    };
    const problems = told(value);
    expect(problems.sort()).toEqual([
      "age: must be >= 0",
      "age: must be an integer",
      "body: must have at most 10 characters",
      "category: must be one of a, b, c",
      "code: must match the pattern ^[A-Z]{2}\\d+$",
      "colour: is not a field of the schema",
      "contact.email: is missing",
      "mail: must be an email",
      "on: must be a date",
      "tags.0: must be a string",
      "tags: must have at most 2 items",
      "tags: must not name anything twice",
      "vip: must be a boolean",
    ]);
    expect(problems.join()).not.toContain("SECRET");
    expect(told("SECRET")).toEqual([": must be an object"]);
    expect(told({})).toEqual(["body: is missing"]);
  });

  it("hostile patterns in a schema take linear time", () => {
    const check = compileSchema({
      type: "object",
      properties: { x: { type: "string", pattern: "^(a+)+$" } },
    });
    const started = performance.now();
    expect(check({ x: `${"a".repeat(100_000)}!` })).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("formats and uniqueItems stay quick on large values", () => {
    const check = compileSchema({
      type: "object",
      properties: { m: { type: "string", format: "email" }, l: { type: "array", uniqueItems: true } },
    });
    const started = performance.now();
    const items = Array.from({ length: 20_000 }, (_, index) => ({ index }));
    expect(check({ m: `${"a".repeat(1_000_000)}@`, l: items }).map(({ path }) => path)).toEqual(["m"]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("refuses what is no schema, with the reason", () => {
    expect(() => compileSchema({ type: "objekt" })).toThrow(/not a JSON Schema/);
    expect(() => compileSchema({ type: "object", propertys: {} })).toThrow(/unknown keyword: "propertys"/);
    expect(() => compileSchema({ type: "string", pattern: "(?=a)" })).toThrow(/RE2/);
    expect(() => compileSchema({ type: "string", format: "regex" })).toThrow(/unknown format "regex"/);
    expect(() => compileSchema({ $ref: "https://example.com/x.json" })).toThrow(/resolve/);
  });

  it("two schemas with the same $id do not meet", () => {
    const one = compileSchema({ $id: "https://example.com/s", type: "string" });
    const two = compileSchema({ $id: "https://example.com/s", type: "number" });
    expect([one("x").length, one(1).length, two("x").length, two(1).length]).toEqual([0, 1, 1, 0]);
  });

  it("reads texts as what the schema wants, in a copy", () => {
    const row: JsonObject = {
      body: "12",
      age: "41",
      price: "",
      vip: "ja",
      mail: "",
      note: "",
      category: "",
      tags: '["a"]',
      contact: { email: "a", age: "7" },
    };
    const before = structuredClone(row);
    const { value, problems } = compileCoercingSchema(schema)(row);
    expect(problems).toEqual([]);
    expect(value).toEqual({
      body: "12",
      age: 41,
      price: null,
      vip: true,
      note: "",
      tags: ["a"],
      contact: { email: "a", age: 7 },
    });
    expect(row).toEqual(before);
  });

  it("does not guess: what is no plain number stays and is named", () => {
    const { problems } = compileCoercingSchema(schema)({
      body: "x",
      age: "12,5",
      vip: "maybe",
      price: "1e400",
    });
    expect(problems.map(({ path }) => path).sort()).toEqual(["age", "price", "vip"]);
    expect(compileCoercingSchema(schema)({ age: "1" }).problems).toEqual([
      { path: "body", message: "is missing" },
    ]);
  });

  it("lists its fields flat, references followed, lists marked", () => {
    const fields = fieldsOf({
      ...schema,
      properties: {
        ...(schema["properties"] as JsonObject),
        lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
      },
    });
    const named = new Map(fields.map((field) => [field.path, field]));
    expect(named.get("body")).toMatchObject({ types: ["string"], required: true, inList: false });
    expect(named.get("category")).toMatchObject({
      enum: ["a", "b", "c"],
      types: ["string"],
      required: false,
    });
    expect(named.get("contact.email")).toMatchObject({ required: true });
    expect(named.get("lines.price")).toMatchObject({ inList: true });
  });

  it("follows a schema that contains itself only so far", () => {
    const loop: JsonObject = {
      type: "object",
      properties: { child: { $ref: "#" }, self: { $ref: "#/properties/self" } },
    };
    expect(fieldsOf(loop).length).toBeLessThan(100);
  });

  it("reads values by path, own properties only", () => {
    const value = JSON.parse('{"a":{"b":[1]},"__proto__":{"x":1}}') as JsonObject;
    expect(valueAt(value, "a.b")).toEqual([1]);
    for (const path of ["a.b.0", "a.x", "constructor", "a.constructor.name", "toString"])
      expect(valueAt(value, path)).toBeUndefined();
  });
});
