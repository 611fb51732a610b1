import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { isWrong } from "../definition/error-rule.ts";
import { compileSchema } from "../definition/schema.ts";
import { mulberry32 } from "../statistics/bootstrap.ts";
import { alter, APART, noticed, plants } from "./planted.ts";

const output: JsonObject = {
  type: "object",
  properties: {
    category: { enum: ["billing", "technical", "other"] },
    amount: { type: "number", minimum: 0, maximum: 1_000 },
    note: { type: "string" },
  },
  required: ["category"],
  additionalProperties: false,
};
const error = { equal: ["category"], tolerance: { amount: 0.01 } };
const check = compileSchema(output);
const fits = (value: JsonObject) => check(value).length === 0;

describe("an altered output", () => {
  test("differs from the truth in exactly one field that counts, and fits the schema", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom("billing", "technical", "other"),
        fc.option(fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100)),
        (seed, category, amount) => {
          const truth = { category, note: "kept", ...(amount === null ? {} : { amount }) };
          const before = structuredClone(truth);
          const altered = alter(truth, { output, error }, fits, mulberry32(seed))!;
          expect(truth).toEqual(before);
          expect(fits(altered.output)).toBe(true);
          expect(isWrong(error, altered.output, truth)).toEqual({ wrong: true, fields: [altered.field] });
          expect(altered.output["note"]).toBe("kept");
        },
      ),
    );
  });

  test("is none where no field that counts is a choice or a number", () => {
    const text = { ...output, properties: { category: { type: "string" }, note: { type: "string" } } };
    const chance = mulberry32(1);
    expect(alter({ category: "x", note: "y" }, { output: text, error }, () => true, chance)).toBeUndefined();
    expect(
      alter({ category: "billing" }, { output, error: { equal: ["note"] } }, fits, chance),
    ).toBeUndefined();
    const one = { ...output, properties: { category: { enum: ["billing"] } } };
    expect(alter({ category: "billing" }, { output: one, error }, () => true, chance)).toBeUndefined();
  });

  test("stays within what the schema says about the value", () => {
    const narrow = { ...output, properties: { n: { type: "integer", minimum: 4, maximum: 5 } } };
    const checked = compileSchema({ ...narrow, required: [] });
    const altered = alter(
      { n: 4 },
      { output: narrow, error: { equal: ["n"] } },
      (value) => checked(value).length === 0,
      mulberry32(3),
    );
    expect(altered).toEqual({ field: "n", output: { n: 5 } });
  });
});

test("a planted case is noticed by changing its value, or by rejecting the output as wrong", () => {
  const planted = { field: "category", output: { category: "other", note: "n" } };
  const verdict = (more: object) =>
    noticed(planted, { verdict: "edit", output: undefined, reason: undefined, ...more });
  expect(verdict({ output: { category: "billing", note: "n" } })).toBe(true);
  expect(verdict({ output: { category: "technical" } })).toBe(true);
  expect(verdict({ output: { category: "other", note: "changed" } })).toBe(false);
  expect(verdict({ verdict: "approve" })).toBe(false);
  expect(verdict({ verdict: "reject", reason: "wrong_class" })).toBe(true);
  expect(verdict({ verdict: "reject", reason: "unreadable" })).toBe(false);
});

test("of forty cases in a row one at most is planted, and none without dial and agreement", () => {
  const on = { share: 0.1, settled: true };
  expect(plants(on, APART, 0.05)).toBe(true);
  expect(plants(on, APART - 1, 0)).toBe(false);
  expect(plants(on, APART, 0.1)).toBe(false);
  expect(plants({ ...on, settled: false }, 1_000, 0)).toBe(false);
  expect(plants({ ...on, share: 0 }, 1_000, 0)).toBe(false);
});
