/**
 * What a run over an evaluation set measures: each answer against its truth, as hit, miss, or not to be said.
 *
 * Pure. A measure is counted over items, whole numbers that gate.ts judges; classes and repeats are in
 * statistics/classification.ts. An item that was asked about several times counts once, by what more than half of its answers are.
 * An item without the truth that a measure needs is not part of it; one that no answer came back for is told apart from a wrong
 * answer: missing is neither passing nor failing.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { ErrorRule } from "../definition/document.ts";
import { changedShare, isWrong, withinTolerance } from "../definition/error-rule.ts";
import { sameJson, valueAt } from "../definition/path.ts";
import { compilePattern } from "../definition/regex.ts";
import type { Validate } from "../definition/schema.ts";
import { cellsOf, majority, type Cell } from "../statistics/classification.ts";

/** How an answer is measured; fields are dotted paths of the output. */
export type Measure =
  /** By the release's own rule of what counts as wrong. */
  | { kind: "correct"; error: ErrorRule }
  /** The field is the same as in the truth. */
  | { kind: "field"; field: string }
  /** The number is off by no more than so much, or than this part of the truth. */
  | { kind: "number"; field: string; within: number; relative?: boolean }
  /** The date is off by no more than so many days. */
  | { kind: "date"; field: string; days: number }
  /** The text is at least so similar, 0 to 1: one minus the edits over the longer text. */
  | { kind: "text"; field: string; similarity: number }
  /** The text has the pattern in it (RE2 syntax). Needs no truth. */
  | { kind: "pattern"; field: string; pattern: string }
  /** The answer fits the output schema. Needs no truth. */
  | { kind: "schema"; validate: Validate }
  /** Items of the class only: the answer is the class. */
  | { kind: "recall"; field: string; class: string }
  /** Answers that are the class only: the item is of the class. */
  | { kind: "precision"; field: string; class: string };

export interface Item {
  /** One per repeat. Null: nothing that can be used, which is wrong; undefined: no answer came back (a failure of the provider). */
  answers: readonly { answer: JsonValue | undefined }[];
  truth: JsonObject;
  /** Facets by which the run is looked at in parts. */
  facets?: Readonly<Record<string, string | number | boolean>>;
}

/** Whole numbers: items measured, those that were right, and those that no answer came back for (not among the n). */
export interface Measured {
  n: number;
  right: number;
  unanswered: number;
}

/** Whether one answer hits; undefined where the truth does not say what would be right. */
export function hits(measure: Measure, answer: JsonValue, truth: JsonObject): boolean | undefined {
  switch (measure.kind) {
    case "correct":
      return isJsonObject(answer) && !isWrong(measure.error, answer, truth).wrong;
    case "schema":
      return measure.validate(answer).length === 0;
    case "pattern": {
      const text = valueAt(answer, measure.field);
      return typeof text === "string" && compilePattern(measure.pattern).test(text);
    }
    case "recall":
      if (classAt(truth, measure.field) !== measure.class) return undefined;
      return classAt(answer, measure.field) === measure.class;
    case "precision":
      if (classAt(answer, measure.field) !== measure.class) return undefined;
      return classAt(truth, measure.field) === measure.class;
    case "field":
    case "number":
    case "date":
    case "text": {
      const right = valueAt(truth, measure.field);
      if (right === undefined) return undefined;
      const found = valueAt(answer, measure.field);
      return found !== undefined && near(measure, found, right);
    }
  }
}

function near(
  measure: Extract<Measure, { kind: "field" | "number" | "date" | "text" }>,
  found: JsonValue,
  right: JsonValue,
): boolean | undefined {
  if (sameJson(found, right)) return true;
  // The truth says that there is nothing to be found.
  if (right === null) return false;
  switch (measure.kind) {
    case "field":
      return false;
    case "number": {
      if (typeof right !== "number") return undefined;
      const allowed = measure.relative ? measure.within * Math.abs(right) : measure.within;
      return typeof found === "number" && withinTolerance(found, right, allowed);
    }
    case "date": {
      const [there, here] = [dayOf(found), dayOf(right)];
      if (here === undefined) return undefined;
      return there !== undefined && Math.abs(there - here) <= measure.days;
    }
    case "text":
      if (typeof right !== "string") return undefined;
      return typeof found === "string" && 1 - changedShare(found, right) >= measure.similarity - 1e-12;
  }
}

const MILLISECONDS_OF_DAY = 86_400_000;

/** The day of an ISO date or time, counted from 1970; a time counts by its own calendar day. Days that do not exist are none. */
function dayOf(value: JsonValue): number | undefined {
  const parts = typeof value === "string" ? /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(value.trim()) : null;
  if (!parts) return undefined;
  const at = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  const [, month, day] = [parts[1], Number(parts[2]), Number(parts[3])];
  const date = new Date(at);
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day) return undefined;
  return at / MILLISECONDS_OF_DAY;
}

/** The class at a field as a text; undefined where no single value stands. */
function classAt(value: JsonValue | undefined, field: string): string | undefined {
  const found = valueAt(value, field);
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : undefined;
}

/**
 * Whether an item is right: more than half of its answers are. Unanswered where the missing ones could have decided it;
 * undefined where the item is no part of the measure.
 */
export function rightness(of: Measure, { answers, truth }: Item): boolean | "unanswered" | undefined {
  if (of.kind === "precision") return precisely(of, { answers, truth });
  const found = answers.map(({ answer }) => answer);
  let [right, missing] = [0, 0];
  for (const answer of found) {
    // An empty answer tells whether the truth says what would be right.
    const hit = hits(of, answer ?? null, truth);
    if (hit === undefined) return undefined;
    if (answer === undefined) missing++;
    else if (hit) right++;
  }
  return decided(right, missing, found.length);
}

function decided(right: number, missing: number, n: number): boolean | "unanswered" {
  if (right * 2 > n) return true;
  return missing > 0 && (right + missing) * 2 > n ? "unanswered" : false;
}

function precisely(
  of: Extract<Measure, { kind: "precision" }>,
  { answers, truth }: Item,
): boolean | undefined {
  const called = commonClass(answers, of.field);
  if (called !== of.class) return undefined;
  const right = classAt(truth, of.field);
  return right === undefined ? undefined : right === of.class;
}

/** What more than half of the answers call the item, null for none; undefined where the missing ones could have decided it. */
function commonClass(answers: Item["answers"], field: string): string | null | undefined {
  const some = answers.flatMap(({ answer }) =>
    answer === undefined ? [] : [classAt(answer, field) ?? null],
  );
  const missing = answers.length - some.length;
  const most = Math.max(0, ...some.map((one) => some.filter((other) => other === one).length));
  if (most * 2 > answers.length) return majority(some) ?? null;
  return missing > 0 && (most + missing) * 2 > answers.length ? undefined : null;
}

/** Counts a measure over the items. */
export function measure(items: readonly Item[], of: Measure): Measured {
  const counts: Measured = { n: 0, right: 0, unanswered: 0 };
  for (const item of items) count(counts, rightness(of, item));
  return counts;
}

/** Adds an item to the counts. */
export function count(counts: Measured, found: ReturnType<typeof rightness>): void {
  if (found === undefined) return;
  if (found === "unanswered") {
    counts.unanswered++;
    return;
  }
  counts.n++;
  if (found) counts.right++;
}

/** The same in parts, by the value of a facet; items without it are a part of their own, named null. */
export function measureSlices(
  items: readonly Item[],
  of: Measure,
  facet: string,
): ({ value: string | null } & Measured)[] {
  const parts = Map.groupBy(items, ({ facets }) => {
    const value = facets?.[facet];
    return value === undefined ? null : String(value);
  });
  return [...parts]
    .map(([value, part]) => ({ value, ...measure(part, of) }))
    .sort((a, b) => b.n - a.n || ((a.value ?? "") < (b.value ?? "") ? -1 : 1));
}

/** How one item stands in the table of a field's classes; undefined where its truth is none of them. */
export function placed(
  { answers, truth }: Item,
  field: string,
  classes: readonly string[],
): { truth: string; answer: string | null; outside?: string } | "unanswered" | undefined {
  const right = classAt(truth, field);
  if (right === undefined || !classes.includes(right)) return undefined;
  const called = commonClass(answers, field);
  if (called === undefined) return "unanswered";
  if (called === null || classes.includes(called)) return { truth: right, answer: called };
  return { truth: right, answer: null, outside: called };
}

/**
 * The table of a field's classes, for accuracy by class and confusions. An answer outside of `classes` or of another type is
 * null; items without an answer are left out, and so are those whose truth is no class.
 */
export function classTable(
  items: readonly Item[],
  field: string,
  classes: readonly string[],
): { cells: Cell[]; outside: Record<string, number>; unanswered: number } {
  const outside: Record<string, number> = {};
  const pairs: { truth: string; answer: string | null }[] = [];
  let unanswered = 0;
  for (const item of items) {
    const found = placed(item, field, classes);
    if (found === undefined) continue;
    if (found === "unanswered") {
      unanswered++;
      continue;
    }
    if (found.outside !== undefined) outside[found.outside] = (outside[found.outside] ?? 0) + 1;
    pairs.push({ truth: found.truth, answer: found.answer });
  }
  return { cells: cellsOf(pairs), outside, unanswered };
}
