/** The measure itself, and the aims of the local model on Banking77: 77 classes, train file to test file. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { stopwatch } from "../../platform/clock.ts";
import { evaluateLocal } from "./evaluate.ts";
import { loadLocal, type LocalClassifier } from "./predict.ts";
import { trainLocal, type TrainingExample } from "./train.ts";

/** Answers with what stands in the input. */
const echo: LocalClassifier = {
  heads: ["category", "team"],
  predict: ({ category, team, confidence }) => ({
    output: { category: category as string, team: team as string },
    confidence: Number(confidence),
    perHead: {},
  }),
};

test("accuracy needs all heads right; macro-F1 weighs classes alike; unknown truth is left out", () => {
  const example = (said: [string, string], truth: Record<string, string>): TrainingExample => ({
    input: { category: said[0], team: said[1], confidence: 0.75 },
    output: truth,
  });
  const result = evaluateLocal(echo, [
    example(["a", "x"], { category: "a", team: "x" }),
    example(["a", "x"], { category: "a", team: "x" }),
    example(["a", "x"], { category: "b", team: "x" }),
    example(["b", "y"], { category: "b", team: "x" }),
    example(["a", "x"], { category: "a" }),
  ]);
  expect(result).toMatchObject({ examples: 4, accuracy: 0.5, ece: 0.25 });
  expect(result.heads["category"]!.accuracy).toBe(4 / 5);
  // Class a: 3 hits, named 3 + 4 times. Class b: 1 hit, named 2 + 1 times.
  expect(result.heads["category"]!.macroF1).toBeCloseTo((6 / 7 + 2 / 3) / 2);
  // Class x: 3 hits, named 4 + 3 times. Class y: no hit.
  expect(result.heads["team"]).toMatchObject({
    examples: 4,
    accuracy: 0.75,
    macroF1: expect.closeTo(6 / 7 / 2),
  });
  expect(result.macroF1).toBeCloseTo(((6 / 7 + 2 / 3) / 2 + 6 / 7 / 2) / 2);
  expect(result.microsecondsPerCase).toBeGreaterThan(0);
});

test("without examples every figure is missing, not zero", () => {
  expect(evaluateLocal(echo, [])).toMatchObject({
    examples: 0,
    accuracy: null,
    macroF1: null,
    ece: null,
    microsecondsPerCase: null,
  });
});

const banking77 = new URL("../../../../shared/data/intents-banking77/", import.meta.url);
const missing = !existsSync(new URL("test.csv", banking77));

test("on Banking77 it reaches its aims", (context) => {
  context.skip(missing, "the Banking77 files are not on this machine");
  const seconds = stopwatch();
  const job = {
    examples: intents("train.csv"),
    heads: ["category"],
    textFields: ["text"],
    categoryFields: [],
    seed: 1,
  };
  const { bytes, report } = trainLocal(job);
  const training = seconds() / 1000;
  const result = evaluateLocal(loadLocal(bytes), intents("test.csv"));
  console.log(
    `Banking77: accuracy ${result.accuracy!.toFixed(4)}, macro-F1 ${result.macroF1!.toFixed(4)}, ECE ${result.ece!.toFixed(4)}, ` +
      `${bytes.length} bytes, ${training.toFixed(1)} s training, ${result.microsecondsPerCase!.toFixed(0)} µs per case`,
  );
  expect(report.classes).toEqual({ category: 77 });
  expect(result.examples).toBe(3080);
  expect(result.accuracy).toBeGreaterThanOrEqual(0.9);
  expect(result.ece).toBeLessThan(0.03);
  expect(bytes.length).toBeLessThan(10_000_000);
  // What training promises must hold on cases it never saw.
  expect(Math.abs(report.holdoutAccuracy! - result.accuracy!)).toBeLessThan(0.03);
});

function intents(file: string): TrainingExample[] {
  const rows: { text: string; category: string }[] = parse(readFileSync(new URL(file, banking77)), {
    columns: true,
  });
  return rows.map(({ text, category }) => ({ input: { text }, output: { category } }));
}
