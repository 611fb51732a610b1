import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { checkExpression } from "./expression.ts";
import { compilePattern } from "./regex.ts";
import { compileRules } from "./rules.ts";

const input: JsonObject = {
  type: "object",
  properties: {
    body: { type: "string" },
    age: { type: "integer" },
    amount: { type: "number" },
    vip: { type: "boolean" },
    note: { type: ["string", "null"] },
    any: {},
    tags: { type: "array", items: { type: "string" } },
    counts: { type: "array", items: { type: "integer" } },
    lines: {
      type: "array",
      items: { type: "object", properties: { price: { type: "number" }, pieces: { type: "integer" } } },
    },
    contact: { type: "object", properties: { email: { type: "string" } } },
    "ticket no": { type: "string" },
  },
};
const output: JsonObject = {
  type: "object",
  properties: { priority: { enum: ["low", "urgent"] }, score: { type: "number" } },
};

function review(expression: string, inputValue: JsonObject, outputValue: JsonObject = {}) {
  const { matched, failed } = compileRules({ input, output, decide: { review: [expression] } }).review(
    inputValue,
    outputValue,
  );
  return matched.length > 0 ? "matched" : failed.length > 0 ? "failed" : "passed";
}

describe("rules", () => {
  it("names the rules that hold, and only those", () => {
    const rules = compileRules({
      input,
      output,
      decide: { review: ["input.vip", "input.age > 60", "output.priority == 'urgent'"] },
    });
    expect(rules.review({ vip: false, age: 61 }, { priority: "urgent" })).toEqual({
      matched: ["input.age > 60", "output.priority == 'urgent'"],
      failed: [],
    });
  });

  it.each([
    ["input.age == 5", { age: 5 }],
    ["input.age == 5.0", { age: 5 }],
    ["input.amount == 5", { amount: 5 }],
    ["5 == input.amount", { amount: 5 }],
    ["input.amount > 4", { amount: 4.5 }],
    ["input.age > 4.5", { age: 5 }],
    ["input.age / 2 == 2", { age: 5 }],
    ["input.age % 2 == 1", { age: 5 }],
    ["input.amount / 2 == 2.5", { amount: 5 }],
    ["input.amount + 1 == 6", { amount: 5 }],
    ["input.amount * 2 > input.age", { amount: 5, age: 9 }],
    ["input.amount in [1, 5]", { amount: 5 }],
    ["5 in input.counts", { counts: [4, 5] }],
    ["input.any == 5", { any: 5 }],
    ["input.any > 4", { any: 5 }],
    ["input.lines.exists(line, line.price * line.pieces > 100)", { lines: [{ price: 50.5, pieces: 2 }] }],
    ["input['ticket no'] == 'T-1'", { "ticket no": "T-1" }],
    ["input.note == null", { note: null }],
    ["size(input.tags) > 1 && 'b' in input.tags", { tags: ["a", "b"] }],
    ["matches(input.body, '(?i)k(ü|ue)ndigung')", { body: "Meine KÜNDIGUNG" }],
    ["!has(input.contact)", {}],
  ] as [string, JsonObject][])("%s holds for %j", (expression, value) => {
    expect(review(expression, value)).toBe("matched");
  });

  it("a missing optional field fails the rule instead of passing it, and never throws", () => {
    expect(review("input.amount > 1000", {})).toBe("failed");
    expect(review("input.contact.email == 'x'", {})).toBe("failed");
    expect(review("has(input.amount) && input.amount > 1000", {})).toBe("passed");
    expect(review("input.amount > 1000 || input.vip", { vip: true })).toBe("matched");
    expect(review("matches(input.note, 'x')", { note: null })).toBe("failed");
  });

  it("what fails at run time is reported, the other rules still count", () => {
    const rules = compileRules({ input, output, decide: { review: ["10 / input.age > 1", "input.vip"] } });
    expect(rules.review({ age: 0, vip: true }, {})).toEqual({
      matched: ["input.vip"],
      failed: ["10 / input.age > 1"],
    });
  });

  it("own properties only: names of JavaScript are no fields", () => {
    expect(review("has(input.any) && input.any.constructor == 'x'", { any: {} })).toBe("failed");
    expect(checkExpression("input.constructor == 'x'", { input, output })).not.toEqual([]);
    expect(checkExpression("input.__proto__ == 'x'", { input, output })).not.toEqual([]);
  });

  it.each([
    "input.body.matches('x')",
    "input.any.matches('x')",
    "'a'.matches('x')",
    "input.body .  matches ('x')",
    "input.tags.exists(tag, tag.matches('x'))",
    "input.tags.all(tag, tag.matches('x'))",
    "input.tags.exists_one(tag, tag.matches('x'))",
    "size(input.tags.filter(tag, tag.matches('x'))) > 0",
    "input.tags.map(tag, tag.matches('x'))[0]",
    "input.tags.map(tag, tag.matches('x'), true)[0]",
    "cel.bind(body, input.body, body.matches('x'))",
    "cel.bind(found, input.body.matches('x'), found)",
    "{'found': input.body.matches('x')}.found",
    "[input.body.matches('x')][0]",
    "true ? input.body.matches('x') : false",
    "matches(string(input.body.matches('x')), 'true')",
    "!input.body.matches('x')",
    "input.body.matches('x') == true",
    "has(input.vip) && input.body.matches('x')",
  ])("the library's own matches cannot be reached: %s", (expression) => {
    expect(checkExpression(expression, { input, output }).map((fault) => fault.message)).toContain(
      "matches is not a method here",
    );
    expect(() => compileRules({ input, output, decide: { review: [expression] } })).toThrow(
      /matches is not a method/,
    );
  });

  it("hostile patterns on hostile texts take linear time", () => {
    const text = `${"a".repeat(200_000)}!`;
    const patterns = {
      "(a+)+$": "passed",
      "(a|aa)+$": "passed",
      "(.*a){12}$": "passed",
      "(a|a?)+x?!": "matched",
      "^(([a-z])+.)+[A-Z]([a-z])+$": "passed",
    };
    for (const [pattern, verdict] of Object.entries(patterns)) {
      const started = performance.now();
      expect(review(`matches(input.body, '${pattern}')`, { body: text }), pattern).toBe(verdict);
      expect(performance.now() - started, pattern).toBeLessThan(4_000);
    }
  });

  it("a pattern is written out, so that no sender of a case can choose one", () => {
    for (const pattern of ["input.note", "'a' + input.body", "input.vip ? 'a' : 'b'"]) {
      const [fault] = checkExpression(`matches(input.body, ${pattern})`, { input, output });
      expect(fault?.message, pattern).toBe("the pattern of matches is not written out");
    }
  });

  it("a text nested too deeply for the stack fails the rules instead of the program", () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(review("input.vip", { vip: true, any: deep })).toBe("failed");
  });

  it("a text too long for a large pattern is refused rather than searched for minutes", () => {
    expect(() => compilePattern("[a-z]{1,500}[0-9]").test("a".repeat(1_000_000))).toThrow(/too long/);
    expect(compilePattern("anwalt|lawyer").test(`${"a".repeat(1_000_000)}lawyer`)).toBe(true);
  });
});
