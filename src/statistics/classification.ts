/**
 * Answers that are one of several classes against the truth: accuracy, precision, recall and F1, and what is taken for what.
 *
 * All from one table of counts, so that every figure is recomputed from whole numbers. An answer outside of the classes, or
 * none at all, is wrong and belongs to no class. Pure. Source: van Rijsbergen 1979 (F1); macro means weigh classes alike.
 */
import { bootstrapInterval, type BootstrapPlan } from "./bootstrap.ts";
import type { Interval } from "./proportion.ts";

/** How many cases of this truth got this answer; null for no answer that can be used. */
export interface Cell {
  truth: string;
  answer: string | null;
  n: number;
}

export interface ClassFigures {
  name: string;
  /** Cases that are of the class, that were called so, and both. */
  truths: number;
  answers: number;
  hits: number;
  /** hits/answers, hits/truths, 2·hits/(truths + answers); undefined where the class was never called, is never there, or neither. */
  precision: number | undefined;
  recall: number | undefined;
  f1: number | undefined;
}

export interface Classification {
  n: number;
  right: number;
  classes: ClassFigures[];
  /** Undefined without cases. */
  accuracy: number | undefined;
  /** The mean F1 of the classes that occur as truth or as answer. */
  macroF1: number | undefined;
}

export function cellsOf(pairs: readonly { truth: string; answer: string | null }[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const { truth, answer } of pairs) {
    const key = JSON.stringify([truth, answer]);
    const cell = cells.get(key);
    if (cell) cell.n++;
    else cells.set(key, { truth, answer, n: 1 });
  }
  return [...cells.values()];
}

/**
 * The figures of a table. `classes` are those that there should be: answers outside of them hurt the class that was right, and
 * are no class of their own; without a list every truth and every answer is one.
 */
export function classify(cells: readonly Cell[], classes?: readonly string[]): Classification {
  const [truths, answers, hits] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const add = (counts: Map<string, number>, name: string, by: number) =>
    counts.set(name, (counts.get(name) ?? 0) + by);
  let [n, right] = [0, 0];
  for (const cell of cells) {
    n += cell.n;
    add(truths, cell.truth, cell.n);
    if (cell.answer !== null) add(answers, cell.answer, cell.n);
    if (cell.answer !== cell.truth) continue;
    right += cell.n;
    add(hits, cell.truth, cell.n);
  }
  const names = classes ?? [...new Set([...truths.keys(), ...answers.keys()])].sort();
  const figures = names.map((name) =>
    figuresOf(name, truths.get(name) ?? 0, answers.get(name) ?? 0, hits.get(name) ?? 0),
  );
  const f1s = figures.flatMap(({ f1 }) => f1 ?? []);
  return {
    n,
    right,
    classes: figures,
    accuracy: n === 0 ? undefined : right / n,
    macroF1: f1s.length === 0 ? undefined : f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length,
  };
}

function figuresOf(name: string, truths: number, answers: number, hits: number): ClassFigures {
  const over = (part: number, whole: number) => (whole === 0 ? undefined : part / whole);
  return {
    name,
    truths,
    answers,
    hits,
    precision: over(hits, answers),
    recall: over(hits, truths),
    f1: over(2 * hits, truths + answers),
  };
}

/** Macro-F1 with a percentile interval that draws single cases again; undefined without cases. */
export function macroF1Interval(
  cells: readonly Cell[],
  classes: readonly string[],
  plan: BootstrapPlan,
): ({ estimate: number; n: number } & Interval) | undefined {
  const alone = cells.flatMap((cell) => Array.from({ length: cell.n }, () => [{ ...cell, n: 1 }]));
  return macroF1OfGroups(alone, classes, plan);
}

/**
 * The same, drawing whole groups of cases again: those of one thread or customer.
 *
 * Counted over numbers of classes, since a table of names for each of thousands of draws would take seconds.
 */
export function macroF1OfGroups(
  groups: readonly (readonly Cell[])[],
  classes: readonly string[],
  plan: BootstrapPlan,
): ({ estimate: number; n: number } & Interval) | undefined {
  const { macroF1: estimate, n } = classify(groups.flat(), classes);
  const places = new Map(classes.map((name, i) => [name, i]));
  // One place more for what is no class; it is counted and left out of the mean.
  const place = (name: string | null) => (name === null ? undefined : places.get(name)) ?? classes.length;
  const units = groups.map((group) =>
    group.map(({ truth, answer, n: count }) => ({ truth: place(truth), answer: place(answer), count })),
  );
  const [named, hits] = [new Int32Array(classes.length + 1), new Int32Array(classes.length + 1)];
  const macroF1 = (sample: readonly (typeof units)[number][]) => {
    named.fill(0);
    hits.fill(0);
    for (const unit of sample)
      for (const { truth, answer, count } of unit) {
        named[truth]! += count;
        named[answer]! += count;
        if (truth === answer) hits[truth]! += count;
      }
    let [sum, some] = [0, 0];
    for (let i = 0; i < classes.length; i++) {
      if (named[i] === 0) continue;
      sum += (2 * hits[i]!) / named[i]!;
      some++;
    }
    return some === 0 ? undefined : sum / some;
  };
  const interval = bootstrapInterval(units, macroF1, plan);
  return estimate === undefined || !interval ? undefined : { estimate, n, ...interval };
}

/** What is taken for what, most often first; of equal counts in the order of their names. */
export function confusions(cells: readonly Cell[]): Cell[] {
  return cells
    .filter(({ truth, answer }) => truth !== answer)
    .sort((a, b) => b.n - a.n || compare(a.truth, b.truth) || compare(a.answer ?? "", b.answer ?? ""));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** k answers to one case as one: the one that more than half of them are; undefined where none is. */
export function majority<T>(answers: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts].find(([, count]) => count * 2 > answers.length)?.[0];
}

/** Cases asked more than once, and those among them whose answers are not all the same. */
export function flips(cases: readonly (readonly unknown[])[]): { n: number; flipped: number } {
  const repeated = cases.filter((answers) => answers.length > 1);
  return {
    n: repeated.length,
    flipped: repeated.filter((answers) => answers.some((answer) => answer !== answers[0])).length,
  };
}
