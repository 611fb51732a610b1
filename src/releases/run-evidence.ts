/**
 * A metric over the items of a run as evidence for a criterion: the whole numbers that a gate judges and keeps. Pure.
 *
 * Amounts are whole milliseconds, or billionths of the currency (`BILLION` in run-counts.ts).
 */
import { classesOf, evidenceKind, type Metric } from "../definition/metric.ts";
import { fieldsOf } from "../definition/fields.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import type { Validate } from "../definition/schema.ts";
import type { Evidence } from "./criterion.ts";
import { groupsOf, openTally, slicedBy, type Amounts } from "./run-counts.ts";
import type { RunItem } from "./run-items.ts";

export interface EvidenceContext {
  document: ReleaseDocument;
  validate: Validate;
  /** How far each judging model agreed with people, by its name. */
  judges?: Readonly<Record<string, { cases: number; alpha: number }>>;
}

/** Slices are named `<facet> = <value>`, e.g. `output.category = billing`. */
export function evidenceOf(metric: Metric, items: readonly RunItem[], context: EvidenceContext): Evidence {
  const { document, validate, judges = {} } = context;
  const kind = evidenceKind(metric);
  const table = metric.kind === "macro-f1" ? classTableOf(metric.field, document) : undefined;
  if (metric.kind === "macro-f1" && !table)
    return { kind: "failed", problem: `${metric.field} has no classes in this release` };
  const tally = openTally({
    error: document.error,
    validate,
    metrics: [metric],
    classes: table ? [table] : [],
    facets: kind === "share" ? slicedBy(document) : [],
  });
  tally.add(items);
  const repeats = items.reduce((most, { answers }) => Math.max(most, answers.length), 1);
  const { measures, classes, milliseconds, cost } = tally.counts({ trained: 0, destroyed: 0 }, repeats);
  if (kind === "amount") {
    const missing = items
      .flatMap(({ answers }) => answers)
      .filter(({ answer }) => answer === undefined).length;
    if (missing > 0)
      return {
        kind: "failed",
        problem: `${missing} answers are missing, and ${metric.kind} is one figure of all`,
      };
  }
  if (metric.kind === "latency") return amounts(milliseconds);
  if (metric.kind === "cost") {
    if (cost.unknown > 0)
      return { kind: "failed", problem: `the cost of ${cost.unknown} answers is not known` };
    return amounts(cost.amounts);
  }
  if (metric.kind === "steady" && repeats < 2)
    return { kind: "failed", problem: "the run asked each item once; it takes one with repeats" };
  if (table && classes[0]!.unanswered > 0)
    return {
      kind: "failed",
      problem: `${classes[0]!.unanswered} items have no answer, and macro-F1 is one figure of all`,
    };
  if (table)
    return {
      kind: "classes",
      classes: table.classes,
      cells: classes[0]!.cells.map(({ truth, answer, n }) => ({ truth, answer, n })),
    };
  const [{ right, n, unanswered, slices }] = measures as [(typeof measures)[number]];
  const judge = metric.kind === "judge" ? judges[metric.judge] : undefined;
  return {
    kind: "share",
    right,
    n,
    unanswered,
    slices: Object.fromEntries(
      slices.map((slice) => [`${slice.facet} = ${slice.value}`, { right: slice.right, n: slice.n }]),
    ),
    ...(judge && { judge }),
  };
}

function classTableOf(path: string, document: ReleaseDocument) {
  const field = fieldsOf(document.output).find((one) => one.path === path);
  const classes = field && classesOf(field);
  return classes && { field: path, classes };
}

function amounts(of: Amounts): Evidence {
  return { kind: "amount", groups: groupsOf(of) };
}
