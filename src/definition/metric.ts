/**
 * Metrics by name: the short words in which a run or a criterion says what is measured, e.g. `recall category = billing`.
 *
 * Read against the output schema when they are written down, so that a mistyped metric is refused with what may have been meant
 * instead of measuring nothing later. Pure. How an answer is measured is in releases/measure.ts.
 */
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { fieldsOf, typesOf, type Field } from "./fields.ts";
import { compilePattern } from "./regex.ts";
import { closest } from "./suggest.ts";
import { parsePercent } from "./units.ts";

export type Metric =
  /** By the release's own `error`. */
  | { kind: "accuracy" }
  /** Of the items of a class, those that were called so; of those called so, the ones that are of the class. */
  | { kind: "recall" | "precision"; field: string; class: string }
  | { kind: "macro-f1"; field: string }
  | { kind: "field"; field: string }
  /** Relative: a part of the true number, 0 to 1. */
  | { kind: "number"; field: string; within: number; relative: boolean }
  | { kind: "date"; field: string; days: number }
  | { kind: "text"; field: string; similarity: number }
  | { kind: "pattern"; field: string; pattern: string }
  | { kind: "schema" }
  | { kind: "judge"; judge: string }
  | { kind: "latency"; figure: "mean" | { quantile: number } }
  | { kind: "cost"; figure: "mean" }
  /** All answers to an item are the same by the release's own `error`; needs a run with repeats. */
  | { kind: "steady" };

export type ReadMetric =
  { ok: true; metric: Metric } | { ok: false; message: string; expected: string; suggestion?: string };

/** What a metric may name. */
export interface MetricNames {
  /** Of the output schema, by path; undefined while the schema itself has problems. */
  fields: ReadonlyMap<string, Field> | undefined;
  /** The judging models of the workflow. */
  judges: readonly string[];
}

export function metricNames(output: JsonObject, judges: readonly string[]): MetricNames {
  return { fields: new Map(fieldsOf(output).map((field) => [field.path, field])), judges };
}

/** Each metric as it is written; the reference of the docs has the same list. */
export const METRIC_FORMS: Record<Metric["kind"], string> = {
  accuracy: "accuracy",
  recall: "recall <field> = <class>",
  precision: "precision <field> = <class>",
  "macro-f1": "macro-f1 <field>",
  field: "field <field>",
  number: "number <field> within <number or percent>",
  date: "date <field> within <days> days",
  text: "text <field> similarity <0 to 1>",
  pattern: "pattern <field> /<regular expression>/",
  schema: "schema",
  judge: "judge <name>",
  latency: "latency p95",
  cost: "cost mean",
  steady: "steady",
};

type Refusal = Extract<ReadMetric, { ok: false }>;
type Told<T> = T | Refusal;

/** Reads a metric. */
export function readMetric(text: string, names: MetricNames): ReadMetric {
  const [, word = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (!isKind(word)) {
    const meant = word === "flips" ? "steady" : closest(word, Object.keys(METRIC_FORMS));
    return refused(
      word === "" ? "the metric is empty" : `there is no metric ${shown(word)}`,
      `one of ${Object.keys(METRIC_FORMS).join(", ")}`,
      meant && `${meant} ${rest}`.trim(),
    );
  }
  const metric = READERS[word](rest, names);
  return "kind" in metric ? { ok: true, metric } : metric;
}

/** The same, for what came over the API; throws `bad_request` with all that is wrong. */
export function demandMetrics(texts: readonly string[], names: MetricNames, outcome: string): Metric[] {
  const read = texts.map((text) => ({ text, read: readMetric(text, names) }));
  const wrong = read.flatMap((one) => (one.read.ok ? [] : { text: one.text, ...one.read }));
  if (wrong.length > 0)
    throw new PilotageError(
      "bad_request",
      `${wrong.map(({ text, message }) => `The metric ${shown(text)} cannot be measured: ${message}`).join(". ")}. ${outcome}`,
      {
        hint: wrong
          .map(({ suggestion, expected }) =>
            suggestion === undefined ? `Expected: ${expected}.` : `Did you mean: ${suggestion}?`,
          )
          .join(" "),
      },
    );
  return read.flatMap((one) => (one.read.ok ? one.read.metric : []));
}

/** A metric in the one form that names it, whatever spaces it was written with. */
export function writeMetric(metric: Metric): string {
  switch (metric.kind) {
    case "accuracy":
    case "schema":
    case "steady":
      return metric.kind;
    case "recall":
    case "precision":
      return `${metric.kind} ${metric.field} = ${metric.class}`;
    case "macro-f1":
    case "field":
      return `${metric.kind} ${metric.field}`;
    case "number":
      return `number ${metric.field} within ${metric.relative ? `${Number((metric.within * 100).toFixed(8))} %` : metric.within}`;
    case "date":
      return `date ${metric.field} within ${metric.days} ${metric.days === 1 ? "day" : "days"}`;
    case "text":
      return `text ${metric.field} similarity ${metric.similarity}`;
    case "pattern":
      return `pattern ${metric.field} /${metric.pattern}/`;
    case "judge":
      return `judge ${metric.judge}`;
    case "latency":
    case "cost":
      return `${metric.kind} ${metric.figure === "mean" ? "mean" : `p${Number((metric.figure.quantile * 100).toFixed(6))}`}`;
  }
}

/** Metrics that whoever writes them can aim at what an item says: which items fit them tells its content, question by question. */
const INTO_CONTENT: readonly string[] = [
  "field",
  "number",
  "date",
  "text",
  "pattern",
] satisfies Metric["kind"][];

/** By its first word, also where the rest cannot be read. */
export function asksForContent(metric: string): boolean {
  return INTO_CONTENT.includes(metric.trim().split(/\s/, 1)[0]!);
}

/**
 * How a metric becomes evidence: a part of the items (more is better), a table of classes, or an amount (milliseconds, or
 * billionths of the currency; less is better).
 */
export function evidenceKind({ kind }: Metric): "share" | "classes" | "amount" {
  if (kind === "macro-f1") return "classes";
  return kind === "latency" || kind === "cost" ? "amount" : "share";
}

/** The classes that a field can have, as texts; undefined where it has none. */
export function classesOf(field: Field): string[] | undefined {
  const values = field.enum?.filter((value) => value !== null);
  if (values !== undefined)
    return values.every((value) => typeof value !== "object") ? values.map(String) : undefined;
  return typesOf(field).every((type) => type === "boolean") && field.types.length > 0
    ? ["true", "false"]
    : undefined;
}

type Reader = (rest: string, names: MetricNames) => Metric | Refusal;

const READERS: Record<Metric["kind"], Reader> = {
  accuracy: (rest) => alone("accuracy", rest) ?? { kind: "accuracy" },
  schema: (rest) => alone("schema", rest) ?? { kind: "schema" },
  steady: (rest) => alone("steady", rest) ?? { kind: "steady" },
  recall: (rest, names) => ofClass("recall", rest, names),
  precision: (rest, names) => ofClass("precision", rest, names),
  "macro-f1": (rest, names) => {
    const field = fieldNamed("macro-f1", rest, names, CLASSES);
    return isRefusal(field) ? field : { kind: "macro-f1", field: rest };
  },
  field: (rest, names) => {
    const field = fieldNamed("field", rest, names);
    return isRefusal(field) ? field : { kind: "field", field: rest };
  },
  number: (rest, names) => {
    const [path, amount] = parted(rest, /\s+within\s+/);
    const field = fieldNamed("number", path, names, OF_TYPE("number", ["number", "integer"]));
    if (isRefusal(field)) return field;
    if (amount === undefined) return form("number");
    const share = parsePercent(amount);
    const within = share ?? numberIn(amount);
    if (within === undefined || within < 0)
      return refused(
        `${shown(amount)} is no number and no percent`,
        "e.g. 0.5 or 5 % of the true number",
        undefined,
      );
    return { kind: "number", field: path, within, relative: share !== undefined };
  },
  date: (rest, names) => {
    const [path, amount] = parted(rest, /\s+within\s+/);
    const field = fieldNamed("date", path, names, DATES);
    if (isRefusal(field)) return field;
    const days = /^(\d{1,5})\s*(d|day|days)$/.exec(amount ?? "")?.[1];
    return days === undefined ? form("date") : { kind: "date", field: path, days: Number(days) };
  },
  text: (rest, names) => {
    const [path, amount] = parted(rest, /\s+similarity\s+/);
    const field = fieldNamed("text", path, names, OF_TYPE("text", ["string"]));
    if (isRefusal(field)) return field;
    if (amount === undefined) return form("text");
    const similarity = parsePercent(amount) ?? numberIn(amount);
    if (similarity === undefined || !(similarity > 0 && similarity <= 1))
      return refused(`${shown(amount)} is no similarity`, "a number over 0 and up to 1, e.g. 0.8", undefined);
    return { kind: "text", field: path, similarity };
  },
  pattern: (rest, names) => {
    const [, path = rest, pattern] = /^(.*?)\s+\/(.*)\/$/s.exec(rest) ?? [];
    const field = fieldNamed("pattern", path, names, OF_TYPE("text", ["string"]));
    if (isRefusal(field)) return field;
    if (pattern === undefined || pattern === "") return form("pattern");
    try {
      compilePattern(pattern);
    } catch (error) {
      return refused(
        error instanceof PilotageError ? error.message.replace(/\.$/, "") : String(error),
        "a regular expression in RE2 syntax",
        undefined,
      );
    }
    return { kind: "pattern", field: path, pattern };
  },
  judge: (rest, { judges }) => {
    if (rest === "") return form("judge");
    if (judges.includes(rest)) return { kind: "judge", judge: rest };
    const expected =
      judges.length === 0 ? "a judge that the workflow defines in `judges`" : `one of ${judges.join(", ")}`;
    return refused(
      `the workflow has no judge ${shown(rest)}`,
      expected,
      prefixed("judge", closest(rest, judges)),
    );
  },
  latency: (rest) => {
    const percent = /^p(\d{1,2}(?:\.\d{1,3})?)$/.exec(rest)?.[1];
    if (rest === "mean") return { kind: "latency", figure: "mean" };
    if (percent === undefined || Number(percent) === 0)
      return refused(
        rest === "" ? "it does not say which latency" : `${shown(rest)} is no figure of a latency`,
        "mean, or a percentile such as p50, p95 or p99",
        prefixed("latency", closest(rest, ["mean", "p50", "p95", "p99"])),
      );
    return { kind: "latency", figure: { quantile: Number((Number(percent) / 100).toFixed(8)) } };
  },
  cost: (rest) =>
    rest === "mean"
      ? { kind: "cost", figure: "mean" }
      : refused("costs have one figure, the mean of an item", "cost mean", "cost mean"),
};

interface Wanted {
  what: string;
  fits(field: Field): boolean;
}

const OF_TYPE = (what: string, types: readonly string[]): Wanted => ({
  what: `a ${what} field`,
  fits: (field) => field.types.length > 0 && typesOf(field).every((type) => types.includes(type)),
});
const CLASSES: Wanted = {
  what: "a field with classes (an enum, or true and false)",
  fits: (field) => classesOf(field) !== undefined,
};
const DATES: Wanted = {
  what: "a text field with a date",
  fits: (field) =>
    typesOf(field).every((type) => type === "string") &&
    (field.format === undefined || field.format.startsWith("date")),
};

function ofClass(kind: "recall" | "precision", rest: string, names: MetricNames): Metric | Refusal {
  const [path, name] = parted(rest, /\s*=\s*/);
  const field = fieldNamed(kind, path, names, CLASSES);
  if (isRefusal(field)) {
    const { suggestion } = field;
    // The class that was named stays in what may have been meant.
    return suggestion === undefined || name === undefined
      ? field
      : { ...field, suggestion: `${suggestion} = ${name}` };
  }
  if (name === undefined) return form(kind);
  const classes = field === undefined ? [name] : classesOf(field)!;
  if (classes.includes(name)) return { kind, field: path, class: name };
  return refused(
    `${shown(name)} is no class of ${path}`,
    `one of ${classes.slice(0, 20).join(", ")}`,
    prefixed(`${kind} ${path} =`, closest(name, classes)),
  );
}

/** The field; undefined where nobody can tell, since the schema has problems. */
function fieldNamed(
  kind: Metric["kind"],
  path: string,
  { fields }: MetricNames,
  wanted?: Wanted,
): Told<Field | undefined> {
  if (path === "") return form(kind);
  if (fields === undefined) return undefined;
  const field = fields.get(path);
  if (field === undefined || field.inList) {
    const some = [...fields.values()].filter((one) => !one.inList && (wanted?.fits(one) ?? true));
    const meant = closest(
      path,
      some.map((one) => one.path),
    );
    return refused(
      field === undefined
        ? `the output schema has no field ${shown(path)}`
        : `${path} lies inside a list and has no single value`,
      `${wanted?.what ?? "a field"} of the output schema`,
      prefixed(kind, meant),
    );
  }
  if (wanted && !wanted.fits(field)) return refused(`${path} is not ${wanted.what}`, wanted.what, undefined);
  return field;
}

function alone(kind: Metric["kind"], rest: string): Refusal | undefined {
  return rest === "" ? undefined : refused(`${kind} takes nothing after it`, kind, kind);
}

function form(kind: Metric["kind"]): Refusal {
  return refused("it is not complete", METRIC_FORMS[kind], undefined);
}

function refused(message: string, expected: string, suggestion: string | undefined): Refusal {
  return { ok: false, message, expected, ...(suggestion !== undefined && { suggestion }) };
}

function prefixed(before: string, meant: string | undefined): string | undefined {
  return meant === undefined ? undefined : `${before} ${meant}`;
}

function parted(rest: string, at: RegExp): [path: string, after: string | undefined] {
  const found = at.exec(rest);
  return found ? [rest.slice(0, found.index), rest.slice(found.index + found[0].length)] : [rest, undefined];
}

function numberIn(text: string): number | undefined {
  return /^\d{1,15}(\.\d{1,10})?$/.test(text) ? Number(text) : undefined;
}

function isKind(word: string): word is Metric["kind"] {
  return Object.hasOwn(METRIC_FORMS, word);
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "ok" in value;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
