/** What the start dialog measures by itself, and how one more metric is put together. */
import { describe, expect, test } from "vitest";
import { readMetric } from "../../../definition/metric.ts";
import {
  ADDED,
  classesFor,
  defaultMetrics,
  fieldsFor,
  kindsFor,
  namesOf,
  readDraft,
  type AddedKind,
} from "./metric-entry.ts";
import { partsOf } from "./metric-words.ts";

const document = {
  output: {
    type: "object",
    properties: {
      category: { enum: ["billing", "technical"] },
      urgent: { type: "boolean" },
      total: { type: "number" },
      due: { type: "string", format: "date" },
      invoiceNumber: { type: "string" },
      reply: { type: "string" },
      lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
    },
    required: ["category", "urgent", "total", "due", "invoiceNumber", "reply", "lines"],
  },
  suggestions: ["reply"],
};
const names = namesOf(document)!;

test("each field of the output is measured by what says most about it, and all of it can be read", () => {
  const found = defaultMetrics(document);
  expect(found).toEqual([
    "macro-f1 category",
    "macro-f1 urgent",
    "number total within 1 %",
    "date due within 0 days",
    "field invoiceNumber",
    "text reply similarity 0.8",
  ]);
  expect(found.filter((metric) => !readMetric(metric, names).ok)).toEqual([]);
});

test("a release without an output, such as the manual one, has nothing to choose from", () => {
  expect([namesOf({ model: "manual" }), defaultMetrics(undefined)]).toEqual([undefined, []]);
});

test("only fields of the right kind are offered, and no kind without one", () => {
  expect(fieldsFor("recall", names)).toEqual(["category", "urgent"]);
  expect(fieldsFor("number", names)).toEqual(["total"]);
  expect(fieldsFor("date", names)).toContain("due");
  expect(fieldsFor("pattern", names)).toEqual(["category", "due", "invoiceNumber", "reply"]);
  expect(classesFor("urgent", names)).toEqual(["true", "false"]);
  const few = namesOf({ output: { type: "object", properties: { total: { type: "integer" } } } })!;
  expect(kindsFor(few)).toEqual(["field", "number", "schema", "steady", "judge"]);
});

describe("a metric that is put together", () => {
  const read = (kind: AddedKind, field: string, parameter: string, present: string[] = []) =>
    readDraft({ kind, field, parameter }, names, present);

  test("is written as the command line takes it, whichever mark its numbers have", () => {
    expect(read("number", "total", "0,5")).toEqual({ ok: true, metric: "number total within 0.5" });
    expect(read("number", "total", "5%")).toEqual({ ok: true, metric: "number total within 5 %" });
    expect(read("date", "due", "1")).toEqual({ ok: true, metric: "date due within 1 day" });
    expect(read("pattern", "reply", "^Dear /x")).toEqual({ ok: true, metric: "pattern reply /^Dear /x/" });
    expect(read("judge", "", " polite ")).toEqual({ ok: true, metric: "judge polite" });
  });

  test.each([
    ["number", "total", "many"],
    ["number", "total", "1.000"],
    ["number", "total", "-1"],
    ["date", "due", "1.5"],
    ["text", "reply", "2"],
    ["text", "reply", ""],
    ["pattern", "reply", "("],
    ["pattern", "reply", ""],
    ["recall", "category", "weather"],
    ["judge", "", " "],
  ] as const)("is refused where its parameter says nothing: %s %s %s", (kind, field, parameter) => {
    expect(read(kind, field, parameter)).toEqual({ ok: false, wrong: "parameter" });
  });

  test("stands once in the list, however it is typed", () => {
    expect(read("number", "total", "1,0 %", ["number total within 1 %"])).toEqual({
      ok: false,
      wrong: "twice",
    });
  });

  test("comes apart again into what it was made of", () => {
    const parameters: Record<AddedKind, string> = {
      recall: "billing",
      precision: "billing",
      "macro-f1": "",
      field: "",
      number: "5 %",
      date: "2 days",
      text: "0.8",
      pattern: "/^a b/",
      schema: "",
      steady: "",
      judge: "polite",
    };
    const typed: Partial<Record<AddedKind, string>> = { date: "2", pattern: "^a b" };
    const fields: Partial<Record<AddedKind, string>> = { schema: "", steady: "", judge: "" };
    for (const kind of ADDED) {
      const field = fields[kind] ?? fieldsFor(kind, names)[0]!;
      const made = read(kind, field, typed[kind] ?? parameters[kind]);
      expect(made.ok && partsOf(made.metric)).toEqual({ kind, field, parameter: parameters[kind] });
    }
  });
});
