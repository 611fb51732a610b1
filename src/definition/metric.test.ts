import { describe, expect, test } from "vitest";
import { metricNames, METRIC_FORMS, readMetric, writeMetric, type Metric } from "./metric.ts";

const names = metricNames(
  {
    type: "object",
    properties: {
      category: { enum: ["billing", "technical", "other"] },
      urgent: { type: "boolean" },
      amount: { type: ["number", "null"] },
      due: { type: "string", format: "date" },
      draft: { type: "string" },
      contact: { type: "object", properties: { "first name": { type: "string" } } },
      lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
    },
  },
  ["tone"],
);

describe("a metric by name", () => {
  test.each<[string, Metric]>([
    ["accuracy", { kind: "accuracy" }],
    ["recall category = billing", { kind: "recall", field: "category", class: "billing" }],
    ["precision category=other", { kind: "precision", field: "category", class: "other" }],
    ["recall urgent = true", { kind: "recall", field: "urgent", class: "true" }],
    ["macro-f1 category", { kind: "macro-f1", field: "category" }],
    ["field contact.first name", { kind: "field", field: "contact.first name" }],
    ["number amount within 0.5", { kind: "number", field: "amount", within: 0.5, relative: false }],
    ["number amount  within  5 %", { kind: "number", field: "amount", within: 0.05, relative: true }],
    ["date due within 2 days", { kind: "date", field: "due", days: 2 }],
    ["date due within 1 day", { kind: "date", field: "due", days: 1 }],
    ["text draft similarity 0.8", { kind: "text", field: "draft", similarity: 0.8 }],
    [
      "pattern draft /^Dear .*(Sir|Madam)/",
      { kind: "pattern", field: "draft", pattern: "^Dear .*(Sir|Madam)" },
    ],
    ["pattern draft /a/b/", { kind: "pattern", field: "draft", pattern: "a/b" }],
    ["schema", { kind: "schema" }],
    ["judge tone", { kind: "judge", judge: "tone" }],
    ["latency p95", { kind: "latency", figure: { quantile: 0.95 } }],
    ["latency p99.9", { kind: "latency", figure: { quantile: 0.999 } }],
    ["latency mean", { kind: "latency", figure: "mean" }],
    ["cost mean", { kind: "cost", figure: "mean" }],
    ["steady", { kind: "steady" }],
  ])("%s is read, and written again means the same", (text, metric) => {
    expect(readMetric(text, names)).toEqual({ ok: true, metric });
    expect(readMetric(writeMetric(metric), names)).toEqual({ ok: true, metric });
  });

  test.each<[string, string, string | undefined]>([
    ["acuracy", 'there is no metric "acuracy"', "accuracy"],
    ["recal category = billing", 'there is no metric "recal"', "recall category = billing"],
    ["recall categroy = billing", 'no field "categroy"', "recall category = billing"],
    ["flips", 'there is no metric "flips"', "steady"],
    ["", "the metric is empty", undefined],
    ["accuracy category", "accuracy takes nothing after it", "accuracy"],
    ["field categroy", 'the output schema has no field "categroy"', "field category"],
    ["recall category = biling", '"biling" is no class of category', "recall category = billing"],
    ["recall draft = x", "draft is not a field with classes", undefined],
    ["recall category", "it is not complete", undefined],
    ["macro-f1", "it is not complete", undefined],
    ["number draft within 2", "draft is not a number field", undefined],
    ["number amount within much", '"much" is no number and no percent', undefined],
    ["number amount", "it is not complete", undefined],
    ["date amount within 2 days", "amount is not a text field with a date", undefined],
    ["date due within 2 weeks", "it is not complete", undefined],
    ["text draft similarity 1.5", '"1.5" is no similarity', undefined],
    ["pattern draft /(/", "not a regular expression", undefined],
    ["pattern draft", "it is not complete", undefined],
    ["field lines.price", "lines.price lies inside a list", undefined],
    ["judge tune", 'the workflow has no judge "tune"', "judge tone"],
    ["latency p100", "is no figure of a latency", undefined],
    ["latency men", "is no figure of a latency", "latency mean"],
    ["cost p95", "costs have one figure", "cost mean"],
  ])("%s is refused with what is wrong, and what may have been meant", (text, message, suggestion) => {
    const read = readMetric(text, names);
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    if (suggestion !== undefined) expect(read).toMatchObject({ suggestion });
  });

  test("nothing is said about fields while the schema itself has problems", () => {
    expect(readMetric("field whatever", { fields: undefined, judges: [] })).toMatchObject({ ok: true });
    expect(readMetric("recall x = y", { fields: undefined, judges: [] })).toMatchObject({ ok: true });
  });

  test("each form begins with the name of its metric", () => {
    for (const [kind, form] of Object.entries(METRIC_FORMS)) expect(form.split(" ")[0]).toBe(kind);
  });
});
