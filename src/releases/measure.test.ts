/** Measures of an evaluation run: each kind with what hits, what misses, and what cannot be said. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { compileSchema } from "../definition/schema.ts";
import { classTable, hits, measure, measureSlices, rightness, type Item, type Measure } from "./measure.ts";

const amount = (within: number, relative = false): Measure => ({
  kind: "number",
  field: "amount",
  within,
  relative,
});
const date = (days: number): Measure => ({ kind: "date", field: "on", days });
const text = (similarity: number): Measure => ({ kind: "text", field: "reply", similarity });
const pattern: Measure = { kind: "pattern", field: "reply", pattern: "(?i)best regards" };
const field: Measure = { kind: "field", field: "who.team" };
const schema: Measure = {
  kind: "schema",
  validate: compileSchema({
    type: "object",
    properties: { team: { enum: ["billing", "technical"] } },
    required: ["team"],
    additionalProperties: false,
  }),
};

describe("an answer", () => {
  test.each<[string, Measure, JsonValue, JsonObject, boolean | undefined]>([
    ["the same field", field, { who: { team: "a" } }, { who: { team: "a" } }, true],
    ["another field", field, { who: { team: "b" } }, { who: { team: "a" } }, false],
    ["a field that is not there", field, {}, { who: { team: "a" } }, false],
    ["a truth that does not say", field, { who: { team: "a" } }, {}, undefined],
    ["nothing where nothing is right", field, { who: { team: null } }, { who: { team: null } }, true],
    ["a number within its tolerance", amount(0.1), { amount: 0.3 }, { amount: 0.2 }, true],
    ["a number outside of it", amount(0.1), { amount: 0.31 }, { amount: 0.2 }, false],
    ["a number within a part of the truth", amount(0.01, true), { amount: 1010 }, { amount: 1000 }, true],
    ["a number outside of that part", amount(0.01, true), { amount: 1011 }, { amount: 1000 }, false],
    ["a text for a number", amount(1), { amount: "3" }, { amount: 3 }, false],
    ["a number where there is none", amount(1), { amount: 3 }, { amount: null }, false],
    ["a truth that is no number", amount(1), { amount: 3 }, { amount: "three" }, undefined],
    ["a date a day off", date(1), { on: "2026-03-01" }, { on: "2026-02-28" }, true],
    ["a date two days off", date(1), { on: "2026-03-02" }, { on: "2026-02-28" }, false],
    ["a date with a time", date(0), { on: "2026-02-28T23:59:00Z" }, { on: "2026-02-28" }, true],
    ["a date that does not exist", date(9), { on: "2026-02-30" }, { on: "2026-03-01" }, false],
    ["a date in another way of writing", date(0), { on: "28.02.2026" }, { on: "2026-02-28" }, false],
    ["a truth that is no date", date(0), { on: "2026-02-28" }, { on: "soon" }, undefined],
    [
      "a text that is similar enough",
      text(0.9),
      { reply: "Dear Ms Brandt" },
      { reply: "Dear Mr Brandt" },
      true,
    ],
    ["a text that is not", text(0.95), { reply: "Dear Ms Brandt" }, { reply: "Dear Mr Brandt" }, false],
    ["a text with the pattern", pattern, { reply: "Best regards, E." }, {}, true],
    ["a text without it", pattern, { reply: "Bye" }, {}, false],
    ["an answer that fits the schema", schema, { team: "billing" }, {}, true],
    ["a class outside of the schema", schema, { team: "auto_loan" }, {}, false],
    ["words in place of an object", schema, "billing", {}, false],
    [
      "what the release itself calls right",
      { kind: "correct", error: { equal: ["team"] } },
      { team: "a" },
      { team: "a" },
      true,
    ],
    [
      "what it calls wrong",
      { kind: "correct", error: { equal: ["team"] } },
      { team: "b" },
      { team: "a" },
      false,
    ],
    ["what has no fields at all", { kind: "correct", error: { equal: ["team"] } }, "a", { team: "a" }, false],
  ])("%s", (_, how, answer, truth, expected) => {
    expect(hits(how, answer, truth)).toBe(expected);
  });

  test("that is the truth itself hits every measure that looks at the truth", () => {
    const truth = fc.record({
      amount: fc.double({ noNaN: true, noDefaultInfinity: true }),
      on: fc
        .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
        .map((at) => at.toISOString()),
      reply: fc.string(),
      who: fc.record({ team: fc.string() }),
    });
    fc.assert(
      fc.property(truth, (same) => {
        for (const one of [field, amount(0), date(0), text(1)]) expect(hits(one, same, same)).toBe(true);
      }),
    );
  });
});

describe("a run", () => {
  const team: Measure = { kind: "field", field: "team" };
  const item = (answer: JsonValue | undefined, truth: string | null, queue?: string): Item => ({
    answers: [{ answer }],
    truth: truth === null ? {} : { team: truth },
    ...(queue !== undefined && { facets: { queue } }),
  });

  test("counts answers that failed apart, and leaves out what cannot be said", () => {
    const items = [
      item({ team: "a" }, "a"),
      item({ team: "b" }, "a"),
      item({ team: "b" }, null),
      item(undefined, "a"),
    ];
    expect(measure(items, team)).toEqual({ n: 2, right: 1, unanswered: 1 });
    expect(measure([], team)).toEqual({ n: 0, right: 0, unanswered: 0 });
  });

  test("counts an item that was asked about several times once, by what more than half of its answers are", () => {
    const asked = (...answers: (string | null | undefined)[]): Item => ({
      answers: answers.map((one) => ({ answer: typeof one === "string" ? { team: one } : one })),
      truth: { team: "a" },
    });
    const found = (...answers: (string | null | undefined)[]) => rightness(team, asked(...answers));
    expect(found("a", "a", "b")).toBe(true);
    expect(found("a", "b", "b")).toBe(false);
    expect(found("a", "b")).toBe(false);
    expect(found("a", null, "a")).toBe(true);
    expect(found("a", undefined, "a")).toBe(true);
    // The missing answer could have decided it, or not.
    expect(found("a", undefined, "b")).toBe("unanswered");
    expect(found("b", undefined, "b")).toBe(false);
    expect(found(undefined, undefined, "a")).toBe("unanswered");
    const table = classTable([asked("a", "b", "b"), asked("b", undefined, "a")], "team", ["a", "b"]);
    expect(table).toMatchObject({ cells: [{ truth: "a", answer: "b", n: 1 }], unanswered: 1 });
  });

  test("of one class looks at its items, or at what was called so", () => {
    const items = [
      item({ team: "a" }, "a"),
      item({ team: "b" }, "a"),
      item({ team: "a" }, "b"),
      item(null, "a"),
      item(undefined, "a"),
      item(undefined, "b"),
    ];
    const of = { field: "team", class: "a" };
    expect(measure(items, { kind: "recall", ...of })).toEqual({ n: 3, right: 1, unanswered: 1 });
    expect(measure(items, { kind: "precision", ...of })).toEqual({ n: 2, right: 1, unanswered: 0 });
  });

  test("in parts adds up to the whole, with those of no part as one", () => {
    const items = [
      item({ team: "a" }, "a", "mail"),
      item({ team: "b" }, "a", "mail"),
      item({ team: "a" }, "a", "phone"),
      item(undefined, "a"),
    ];
    expect(measureSlices(items, team, "queue")).toEqual([
      { value: "mail", n: 2, right: 1, unanswered: 0 },
      { value: "phone", n: 1, right: 1, unanswered: 0 },
      { value: null, n: 0, right: 0, unanswered: 1 },
    ]);
  });

  test("tells classes outside of the taxonomy by name, and counts them against the class that was right", () => {
    const items = [
      item({ team: "a" }, "a"),
      item({ team: "x" }, "a"),
      item({ team: 7 }, "b"),
      item(undefined, "b"),
    ];
    expect(classTable([...items, item({ team: "a" }, "y")], "team", ["a", "b"])).toEqual({
      cells: [
        { truth: "a", answer: "a", n: 1 },
        { truth: "a", answer: null, n: 1 },
        { truth: "b", answer: null, n: 1 },
      ],
      outside: { 7: 1, x: 1 },
      unanswered: 1,
    });
  });
});
