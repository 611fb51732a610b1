/**
 * The answers of 14 language models to 600 complaints, measured and judged by the program: equal to what the data's own file
 * expects, and in one order under the gate. Skipped where the data does not lie beside the checkout.
 */
import { describe, expect, test } from "vitest";
import { compileSchema } from "../src/definition/schema.ts";
import type { Verdict } from "../src/contract/gate.ts";
import type { Criterion, Evidence } from "../src/releases/criterion.ts";
import { judgeGate, recheckGate, type GateInput } from "../src/releases/gate.ts";
import { classTable, measure, type Measure } from "../src/releases/measure.ts";
import { mulberry32, quantile } from "../src/statistics/bootstrap.ts";
import { classify, confusions } from "../src/statistics/classification.ts";
import { compareReleases } from "../src/statistics/comparison.ts";
import { readComplaints, type ModelAnswers } from "./support/complaints.ts";

const data = readComplaints();
const product: Measure = { kind: "field", field: "product" };

describe.skipIf(!data)("14 models on 600 complaints (skipped without the data beside the checkout)", () => {
  const { models, classes, expected } = data ?? { models: [], classes: ["none"], expected: {} };
  const schema: Measure = {
    kind: "schema",
    validate: compileSchema({
      type: "object",
      properties: { product: { enum: classes } },
      required: ["product"],
    }),
  };
  const rightOf = ({ items }: ModelAnswers) => measure(items, product).right;

  test.each(models.map((one) => [one.model, one] as const))("%s is measured as expected", (model, one) => {
    const wanted = expected[model]!;
    expect(measure(one.items, product)).toEqual({ n: 600, right: wanted.correct, unanswered: 0 });
    const { cells, outside } = classTable(one.items, "product", classes);
    const found = classify(cells, classes);
    expect(found.accuracy).toBeCloseTo(wanted.accuracy, 6);
    expect(found.macroF1).toBeCloseTo(wanted.macro_f1_over_5_classes, 6);
    expect(outside).toEqual(wanted.labels_outside_taxonomy);
    const invalid = Object.values(outside).reduce((sum, n) => sum + n, 0);
    expect(measure(one.items, schema)).toEqual({ n: 600, right: 600 - invalid, unanswered: 0 });
    const seconds = one.milliseconds.map((ms) => ms / 1_000).sort((a, b) => a - b);
    expect(quantile(seconds, 0.5)).toBeCloseTo(wanted.seconds_median, 2);
    expect(seconds.at(-1)).toBeCloseTo(wanted.seconds_max, 2);
    expect(confusions(cells).reduce((sum, { n }) => sum + n, 0)).toBe(600 - wanted.correct);
  });

  test("as many as the data's file names", () => {
    expect(models.map(({ model }) => model).sort()).toEqual(Object.keys(expected).sort());
    expect(models).toHaveLength(14);
  });

  const accuracy: Criterion = {
    name: "accuracy",
    group: "performance",
    must: true,
    kind: "share",
    levels: { minimum: 0.73, target: 0.75, stretch: 0.85 },
  };
  const macroF1: Criterion = {
    name: "macro-F1",
    group: "performance",
    must: false,
    kind: "amount",
    figure: "macro-f1",
    better: "more",
    levels: { minimum: 0.6, target: 0.7, stretch: 0.8 },
  };
  const latency: Criterion = {
    name: "latency",
    group: "performance",
    must: true,
    kind: "amount",
    figure: { quantile: 0.95 },
    better: "less",
    levels: { minimum: 10_000, target: 6_000, stretch: 2_000 },
  };
  const inputFor = (one: ModelAnswers, criteria: Criterion[]): GateInput => {
    const evidence: Record<string, Evidence> = {
      accuracy: { kind: "share", ...measure(one.items, product) },
      "macro-F1": { kind: "classes", cells: classTable(one.items, "product", classes).cells, classes },
      latency: { kind: "amount", groups: one.milliseconds.map((ms) => [[ms, 1]]) },
    };
    return {
      criteria,
      evidence: Object.fromEntries(criteria.map(({ name }) => [name, evidence[name]!])),
      frozenAt: 1,
      startedAt: 2,
      groups: ["performance"],
      set: { sealed: true, looks: 1, representative: true },
      confidence: 0.95,
    };
  };

  test("the gate orders them: who has more right is never judged worse", () => {
    const order: Verdict[] = ["no-go", "inconclusive", "conditional", "go"];
    const judged = models
      .map((one) => ({ right: rightOf(one), verdict: judgeGate(inputFor(one, [accuracy])).verdict }))
      .sort((a, b) => a.right - b.right);
    const places = judged.map(({ verdict }) => order.indexOf(verdict));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    // It tells them apart: 600 cases prove the best to reach the target, the worst to miss the minimum, and leave some open.
    expect(places).toEqual(expect.arrayContaining([0, 1, 2, 3]));
  });

  test.each<[string, Verdict]>([
    ["deepseek-chat", "no-go"],
    ["deepseek-reasoner", "no-go"],
    ["gpt-4.5-preview", "conditional"],
  ])(
    "a slow model fails by its seconds, however well it answers, and each verdict comes out again: %s is %s",
    (name, verdict) => {
      const input = inputFor(
        models.find(({ model }) => model === name)!,
        [accuracy, macroF1, latency],
      );
      const found = judgeGate(input);
      expect(found.verdict).toBe(verdict);
      expect(recheckGate(input, JSON.parse(JSON.stringify(found)) as typeof found)).toEqual([]);
    },
  );

  test("the best is better than the worst on the same cases, and neighbours cannot be told apart", () => {
    const byRight = [...models].sort((a, b) => rightOf(b) - rightOf(a));
    const compare = (one: ModelAnswers, other: ModelAnswers) =>
      compareReleases(
        one.items.map(({ answers, truth }, i) => {
          const right = (found: unknown) => (found as { product: string }).product === truth["product"];
          return { newRight: right(answers[0]!.answer), oldRight: right(other.items[i]!.answers[0]!.answer) };
        }),
        { chance: mulberry32(42), resamples: 500 },
      )!;
    const ends = compare(byRight[0]!, byRight.at(-1)!);
    expect(ends.p).toBeLessThan(0.001);
    expect(ends.interval!.lower).toBeGreaterThan(0);
    expect(ends.difference).toBeCloseTo((rightOf(byRight[0]!) - rightOf(byRight.at(-1)!)) / 600, 12);
    const neighbours = compare(byRight[0]!, byRight[1]!);
    expect(neighbours.p).toBeGreaterThan(0.05);
    expect(neighbours.interval!.lower).toBeLessThan(0);
  });
});
