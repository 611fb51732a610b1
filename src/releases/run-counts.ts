/**
 * What a run over an evaluation set counted: whole numbers, from which every figure of it follows again.
 *
 * Items are added in groups as they are read, so that a large set needs no more memory than a small one. Pure; the figures with
 * their intervals are in run-figures.ts, the evidence for a gate in run-evidence.ts.
 */
import type { JsonValue } from "../contract/json.ts";
import { isWrong } from "../definition/error-rule.ts";
import { facetKind } from "../definition/facets.ts";
import { fieldsOf } from "../definition/fields.ts";
import { classesOf, writeMetric, type Metric } from "../definition/metric.ts";
import type { ErrorRule, ReleaseDocument } from "../definition/document.ts";
import type { Validate } from "../definition/schema.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { unitsFrom } from "../models/money.ts";
import type { Cost } from "../models/prices.ts";
import type { GroupedAmounts } from "../statistics/amounts.ts";
import type { Cell } from "../statistics/classification.ts";
import type { Pairs } from "./judgement-store.ts";
import { count, placed, rightness, type Measure, type Measured } from "./measure.ts";
import type { LeftOut, RunItem } from "./run-items.ts";

/** What is wrong and what an answer must look like, as the release states it. */
export interface RunRule {
  error: ErrorRule;
  validate: Validate;
}

/** What is counted: metrics, tables of classes, facets by which the run is looked at in parts. */
export interface CountPlan extends RunRule {
  metrics: readonly Metric[];
  classes: readonly { field: string; classes: string[] }[];
  facets: readonly string[];
}

export interface Slice extends Measured {
  facet: string;
  value: string;
}

/** A pair of truth and answer with the first items behind it. */
export interface CellOfItems extends Cell {
  items: number[];
}

export interface ClassCounts {
  field: string;
  classes: string[];
  cells: CellOfItems[];
  unanswered: number;
  /** Items whose truth is no class of this release: of another taxonomy. */
  unknown: number;
  /** Items of one thread, as places and counts of cells; empty where each item stands alone. */
  together: [cell: number, n: number][][];
}

/** Amounts of groups: those with one amount counted together, the others one by one. */
export interface Amounts {
  alone: [amount: number, groups: number][];
  together: [amount: number, count: number][][];
}

export interface RunCounts extends LeftOut {
  items: number;
  /** Answers asked for an item. */
  repeats: number;
  measures: ({ metric: string; slices: Slice[] } & Measured)[];
  classes: ClassCounts[];
  /** Items asked about several times with all their answers, and those whose answers differ. */
  flips: { n: number; flipped: number };
  /** What judges and people said of the same answers. */
  judges: ({ judge: string } & Pairs)[];
  /** Of one answer. */
  milliseconds: Amounts;
  /** Of one answer, in billionths of the currency; null without a known cost. */
  cost: { currency: string | null; amounts: Amounts; unknown: number };
}

/** The facets by which a run is looked at in parts: those with few values. */
export function slicedBy({ facets, input, output }: ReleaseDocument): string[] {
  const of = (side: "input" | "output", schema: JsonObject, paths: readonly string[]) => {
    const kinds = new Map(fieldsOf(schema).map((field) => [field.path, facetKind(field)]));
    return paths
      .filter((path) => ["enum", "boolean"].includes(kinds.get(path) ?? ""))
      .map((path) => `${side}.${path}`);
  };
  return [...of("input", input, facets.input), ...of("output", output, facets.output)];
}

/** What is counted for a release: what it calls wrong, its classes, and what was asked for besides. */
export function planFor(
  document: ReleaseDocument,
  validate: Validate,
  asked: readonly Metric[] = [],
): CountPlan {
  const fields = new Map(fieldsOf(document.output).map((field) => [field.path, field]));
  const named = asked.flatMap((metric) => (metric.kind === "macro-f1" ? [metric.field] : []));
  const tables = [...new Set([...document.error.equal, ...named])].flatMap((path) => {
    const field = fields.get(path);
    const classes = field && !field.inList ? classesOf(field) : undefined;
    return classes ? [{ field: path, classes }] : [];
  });
  const several = document.error.equal.length + Object.keys(document.error.tolerance ?? {}).length > 1;
  const single: Metric[] = several ? document.error.equal.map((field) => ({ kind: "field", field })) : [];
  const metrics = new Map<string, Metric>();
  for (const metric of [{ kind: "accuracy" } as const, ...single, ...asked])
    metrics.set(writeMetric(metric), metric);
  return {
    error: document.error,
    validate,
    metrics: [...metrics.values()],
    classes: tables,
    facets: slicedBy(document),
  };
}

/** How a metric looks at one item; undefined for those that are no part of right ones (macro-F1, amounts). */
export function rightnessBy(
  metric: Metric,
  rule: RunRule,
): ((item: RunItem) => ReturnType<typeof rightness>) | undefined {
  if (metric.kind === "judge")
    return ({ judged, answers }) => {
      const [first] = answers;
      // Nothing that can be used is not good; what no answer came back for, or no verdict, nobody knows.
      if (first?.answer === null) return false;
      return judged?.[metric.judge] ?? "unanswered";
    };
  if (metric.kind === "steady") return (item) => steady(item, rule.error);
  const of = measureFor(metric, rule);
  return of && ((item) => rightness(of, item));
}

function measureFor(metric: Metric, { error, validate }: RunRule): Measure | undefined {
  switch (metric.kind) {
    case "accuracy":
      return { kind: "correct", error };
    case "schema":
      return { kind: "schema", validate };
    case "field":
    case "number":
    case "date":
    case "text":
    case "pattern":
    case "recall":
    case "precision":
      return metric;
    case "macro-f1":
    case "judge":
    case "latency":
    case "cost":
    case "steady":
      return undefined;
  }
}

/** Whether all answers to an item say the same, as far as the release's own rule looks; undefined where it was asked about once. */
export function steady({ answers }: Pick<RunItem, "answers">, error: ErrorRule): boolean | undefined {
  const [first, ...others] = answers.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  if (first === undefined || others.length === 0) return undefined;
  return others.every((other) => same(first, other, error));
}

function same(one: JsonValue, other: JsonValue, error: ErrorRule): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  return !isWrong(error, one, other).wrong;
}

/** Items behind a confusion that are named one by one. */
const MOST_NAMED = 100;
/** Values of a facet that are told apart. */
const MOST_VALUES = 100;

export interface Tally {
  add(items: readonly RunItem[]): void;
  /** Of all that was added. */
  counts(leftOut: LeftOut, repeats: number): RunCounts;
}

export function openTally(plan: CountPlan): Tally {
  const measures = plan.metrics.flatMap((metric) => {
    const look = rightnessBy(metric, plan);
    return look ? [openMeasure(writeMetric(metric), look, plan.facets)] : [];
  });
  const tables = plan.classes.map(({ field, classes }) => openTable(field, classes));
  const [milliseconds, costs] = [openAmounts(), openAmounts()];
  const flips = { n: 0, flipped: 0 };
  const cost = { currency: null as string | null, unknown: 0 };
  let items = 0;
  return {
    add(group) {
      items += group.length;
      for (const item of group) {
        for (const one of measures) one.add(item);
        for (const one of tables) one.add(item);
        const found = steady(item, plan.error);
        if (found !== undefined) flips.n++;
        if (found === false) flips.flipped++;
        for (const answer of item.answers) {
          if (answer.answer !== undefined) milliseconds.add(item.group, Math.round(answer.milliseconds));
          if (answer.cost === undefined) cost.unknown++;
          else {
            cost.currency ??= answer.cost.currency;
            costs.add(item.group, billionths(answer.cost));
          }
        }
      }
    },
    counts: (leftOut, repeats) => ({
      ...leftOut,
      items,
      repeats,
      measures: measures.map((one) => one.counts()),
      classes: tables.map((one) => one.counts()),
      flips,
      judges: [],
      milliseconds: milliseconds.amounts(),
      cost: { ...cost, amounts: costs.amounts() },
    }),
  };
}

/** Costs are counted in so many parts of the currency: one answer of a small model costs a few millionths. */
export const BILLION = 1_000_000_000;

/** A cost as a whole number. */
export function billionths({ amount }: Pick<Cost, "amount">): number {
  return Number((unitsFrom(amount) + 500n) / 1_000n);
}

function openMeasure(
  metric: string,
  look: (item: RunItem) => ReturnType<typeof rightness>,
  facets: readonly string[],
) {
  const whole: Measured = { n: 0, right: 0, unanswered: 0 };
  const slices = new Map(facets.map((facet) => [facet, new Map<string, Slice>()]));
  return {
    add(item: RunItem): void {
      const found = look(item);
      if (found === undefined) return;
      count(whole, found);
      for (const [facet, values] of slices) {
        if (item.facets[facet] === undefined) continue;
        const value = String(item.facets[facet]);
        let slice = values.get(value);
        if (!slice && values.size < MOST_VALUES)
          values.set(value, (slice = { facet, value, n: 0, right: 0, unanswered: 0 }));
        if (slice) count(slice, found);
      }
    },
    counts: () => ({
      metric,
      ...whole,
      slices: [...slices.values()].flatMap((values) =>
        [...values.values()].sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1)),
      ),
    }),
  };
}

function openTable(field: string, classes: string[]) {
  const cells = new Map<string, CellOfItems & { place: number }>();
  const groups = new Map<string, Map<number, number>>();
  let [unanswered, unknown] = [0, 0];
  return {
    add(item: RunItem): void {
      const found = placed(item, field, classes);
      if (found === undefined) unknown++;
      else if (found === "unanswered") unanswered++;
      else {
        const { truth, answer } = found;
        const key = JSON.stringify([truth, answer]);
        let cell = cells.get(key);
        if (!cell) cells.set(key, (cell = { truth, answer, n: 0, items: [], place: cells.size }));
        cell.n++;
        if (truth !== answer && cell.items.length < MOST_NAMED) cell.items.push(item.no);
        const group = groups.get(item.group) ?? new Map<number, number>();
        groups.set(item.group, group.set(cell.place, (group.get(cell.place) ?? 0) + 1));
      }
    },
    counts(): ClassCounts {
      const lists = [...groups.values()].map((group) => [...group]);
      const alone = lists.every((list) => list.length === 1 && list[0]![1] === 1);
      return {
        field,
        classes,
        cells: [...cells.values()].map(({ truth, answer, n, items }) => ({ truth, answer, n, items })),
        unanswered,
        unknown,
        together: alone ? [] : lists,
      };
    },
  };
}

function openAmounts() {
  const groups = new Map<string, Map<number, number>>();
  return {
    add(group: string, amount: number): void {
      const counts = groups.get(group) ?? new Map<number, number>();
      groups.set(group, counts.set(amount, (counts.get(amount) ?? 0) + 1));
    },
    amounts(): Amounts {
      const alone = new Map<number, number>();
      const together: Amounts["together"] = [];
      for (const counts of groups.values()) {
        const list = [...counts].sort(([a], [b]) => a - b);
        const [[amount, times]] = list as [[number, number]];
        if (list.length === 1 && times === 1) alone.set(amount, (alone.get(amount) ?? 0) + 1);
        else together.push(list);
      }
      return { alone: [...alone].sort(([a], [b]) => a - b), together };
    },
  };
}

/** Amounts as the statistics take them: one list of pairs for each group. */
export function groupsOf({ alone, together }: Amounts): GroupedAmounts {
  return [
    ...alone.flatMap(([amount, groups]) => Array.from({ length: groups }, () => [[amount, 1] as const])),
    ...together,
  ];
}
