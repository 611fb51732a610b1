/**
 * What a run measures besides what it always measures, as the start dialog offers it: what follows from the output schema by
 * itself, and one more, put together from a form.
 *
 * A metric is the text that `pilotage evaluate --metric` takes, and is read by the same reader as there (definition/metric.ts). Pure.
 */
import { isJsonObject, type JsonObject } from "../../../contract/json.ts";
import {
  classesOf,
  metricNames,
  readMetric,
  writeMetric,
  type Metric,
  type MetricNames,
} from "../../../definition/metric.ts";
import { readNumber } from "../../case/number-text.ts";
import { outputFields } from "../../case/output-fields.ts";

/** What may be added, the usual ones first. Accuracy, latency and cost are part of every run. */
export const ADDED = [
  "recall",
  "precision",
  "macro-f1",
  "field",
  "number",
  "date",
  "text",
  "pattern",
  "schema",
  "steady",
  "judge",
] as const satisfies readonly Metric["kind"][];
export type AddedKind = (typeof ADDED)[number];

/** As the contract of a run allows. */
export const MOST_METRICS = 50;

/** A metric as it is put together; which parts count depends on its kind. */
export interface Draft {
  kind: AddedKind;
  field: string;
  /** A class, a tolerance, days, a similarity, a pattern, the name of a judge. */
  parameter: string;
}

/** What the metrics of a release may name; undefined for a document without an output. Judges are known to the program alone. */
export function namesOf(document: unknown): MetricNames | undefined {
  const output = outputOf(document);
  return output && metricNames(output, []);
}

function outputOf(document: unknown): JsonObject | undefined {
  const output = isJsonObject(document) ? document["output"] : undefined;
  return isJsonObject(output) ? output : undefined;
}

/** By each field of the output, what says most about it: classes one by one, numbers and dates and short texts as they are, long texts alike. */
export function defaultMetrics(document: unknown): string[] {
  const output = outputOf(document);
  const names = namesOf(document);
  if (output === undefined || names === undefined) return [];
  const suggestions = isJsonObject(document) ? document["suggestions"] : undefined;
  return outputFields(output, Array.isArray(suggestions) ? suggestions.map(String) : [])
    .flatMap(({ path, entry }) => {
      switch (entry) {
        case "choice":
        case "yes_no":
          return [`macro-f1 ${path}`];
        case "number":
          return [`number ${path} within 1 %`];
        case "date":
          return [`date ${path} within 0 days`];
        case "line":
          return [`field ${path}`];
        case "text":
          return [`text ${path} similarity 0.8`];
        case "json":
          return [];
      }
    })
    .filter((metric) => readMetric(metric, names).ok)
    .slice(0, MOST_METRICS);
}

/** A value that a field of the right kind takes, to ask the reader which fields fit. */
const SAMPLES: Partial<Record<AddedKind, string>> = {
  number: " within 1",
  date: " within 1 day",
  text: " similarity 1",
  pattern: " /x/",
};

/** The fields that a kind may name; none for kinds without a field. */
export function fieldsFor(kind: AddedKind, names: MetricNames): string[] {
  if (kind === "schema" || kind === "steady" || kind === "judge") return [];
  return [...(names.fields?.values() ?? [])].flatMap((field) => {
    const ofClass = kind === "recall" || kind === "precision";
    const rest = ofClass ? ` = ${classesOf(field)?.[0] ?? ""}` : (SAMPLES[kind] ?? "");
    return readMetric(`${kind} ${field.path}${rest}`, names).ok ? [field.path] : [];
  });
}

/** The kinds that a release can be measured by. */
export function kindsFor(names: MetricNames): AddedKind[] {
  return ADDED.filter(
    (kind) => kind === "schema" || kind === "steady" || kind === "judge" || fieldsFor(kind, names).length > 0,
  );
}

/** The classes that recall and precision may name. */
export function classesFor(path: string, names: MetricNames): string[] {
  const field = names.fields?.get(path);
  return (field && classesOf(field)) ?? [];
}

export type ReadDraft = { ok: true; metric: string } | { ok: false; wrong: "parameter" | "twice" };

/** The metric of a form, in the one way that it is written; `parameter` where that cannot be read. */
export function readDraft(draft: Draft, names: MetricNames, present: readonly string[]): ReadDraft {
  const judge = draft.parameter.trim();
  const read = readMetric(written(draft), {
    ...names,
    judges: draft.kind === "judge" && judge !== "" ? [judge] : [],
  });
  if (!read.ok) return { ok: false, wrong: "parameter" };
  const metric = writeMetric(read.metric);
  return present.includes(metric) ? { ok: false, wrong: "twice" } : { ok: true, metric };
}

function written({ kind, field, parameter }: Draft): string {
  const said = parameter.trim();
  switch (kind) {
    case "recall":
    case "precision":
      return `${kind} ${field} = ${said}`;
    case "macro-f1":
    case "field":
      return `${kind} ${field}`;
    case "number":
      return `number ${field} within ${inPoints(said)}`;
    case "date":
      return `date ${field} within ${said} days`;
    case "text":
      return `text ${field} similarity ${inPoints(said)}`;
    case "pattern":
      return `pattern ${field} /${said}/`;
    case "judge":
      return `judge ${said}`;
    case "schema":
    case "steady":
      return kind;
  }
}

/** A number or percent as people type it, with a point as metrics have it; what has no one meaning is none, and is refused. */
function inPoints(typed: string): string {
  const [, number = "", percent = ""] = /^(.*?)\s*(%?)$/s.exec(typed) ?? [];
  const read = readNumber(number);
  return read.kind === "number" ? `${read.value}${percent === "" ? "" : " %"}` : "";
}
