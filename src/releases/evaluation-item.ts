/**
 * A line of a file as an item of an evaluation set: an input, and the truth about it. Pure.
 *
 * The input is checked as that of a case is. The truth needs the fields that the release's `error` compares, and what it
 * holds must meet the output schema; other required fields may be missing, because nothing looks at them.
 */
import { checkInput } from "../cases/intake/check.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { coerceTexts } from "../definition/coerce.ts";
import type { ErrorRule } from "../definition/document.ts";
import { fieldsOf } from "../definition/fields.ts";
import { isWithin, setAt, valueAt } from "../definition/path.ts";

export interface Item {
  input: JsonObject;
  truth: JsonObject;
  /** An answer that a person judged: what a judging model is compared with. */
  judged?: { answer: JsonObject; right: boolean };
}

export type ReadItem =
  | { ok: true; item: Item; dropped: string[] }
  /** Names fields and rules, never values. */
  | { ok: false; message: string };

/** Reads one line of JSON Lines: `{"input": {...}, "output": {...}}`, and `"judged": {"answer": {...}, "right": true}` where a person judged an answer. */
export function itemFromJson(release: ReleaseView, value: JsonObject): ReadItem {
  const { input, output, judged, ...rest } = value;
  if (!isJsonObject(input) || !isJsonObject(output))
    return { ok: false, message: "a line needs the objects `input` and `output`" };
  const word = judged === undefined ? undefined : judgedFrom(judged);
  if (judged !== undefined && !word)
    return { ok: false, message: "judged: it needs the object `answer` and `right`, true or false" };
  const read = itemOf(release, input, output);
  if (!read.ok) return read;
  const item = word ? { ...read.item, judged: word } : read.item;
  return { ...read, item, dropped: [...read.dropped, ...Object.keys(rest)] };
}

function judgedFrom(value: JsonValue): Item["judged"] {
  if (!isJsonObject(value)) return undefined;
  const { answer, right } = value;
  return isJsonObject(answer) && typeof right === "boolean" ? { answer, right } : undefined;
}

/** Reads one row of a CSV file; texts become what the schemas want. */
export function itemFromCells(release: ReleaseView, places: ColumnPlaces, cells: JsonObject): ReadItem {
  const sides: Record<Side, JsonObject> = { input: {}, output: {} };
  const dropped: string[] = [];
  for (const [column, cell] of Object.entries(cells)) {
    const place = places(column);
    if (place) setAt(sides[place.side], place.path, cell);
    else dropped.push(column);
  }
  const { input, output } = release.document;
  const read = itemOf(
    release,
    coerceTexts(input, sides.input) as JsonObject,
    coerceTexts(output, sides.output) as JsonObject,
  );
  return read.ok ? { ...read, dropped: [...read.dropped, ...dropped] } : read;
}

type Side = "input" | "output";
export type ColumnPlaces = (column: string) => { side: Side; path: string } | undefined;

/**
 * Where the cells of a column belong: `input.text` and `output.category` say so, a bare name says so where only one of
 * the schemas has it. Throws `bad_request` for a name that both have; undefined for one that neither has.
 */
export function columnPlaces(release: ReleaseView): ColumnPlaces {
  const paths = {
    input: new Set(fieldsOf(release.document.input).map((field) => field.path)),
    output: new Set(fieldsOf(release.document.output).map((field) => field.path)),
  };
  const known = new Map<string, ReturnType<ColumnPlaces>>();
  const find = (column: string): ReturnType<ColumnPlaces> => {
    for (const side of ["input", "output"] as const) {
      const path = column.slice(side.length + 1);
      if (column.startsWith(`${side}.`) && paths[side].has(path)) return { side, path };
    }
    const inInput = paths.input.has(column);
    if (inInput && paths.output.has(column))
      throw new PilotageError(
        "bad_request",
        `The column "${column}" stands in the input and in the output schema, so it cannot be told which one is meant. Nothing was imported.`,
        { hint: `Name it input.${column} or output.${column}.` },
      );
    if (inInput) return { side: "input", path: column };
    return paths.output.has(column) ? { side: "output", path: column } : undefined;
  };
  return (column) => {
    if (!known.has(column)) known.set(column, find(column));
    return known.get(column);
  };
}

/** An item of an input and the output that would have been right. */
export function itemOf(release: ReleaseView, input: JsonObject, output: JsonObject): ReadItem {
  const checked = checkInput(input, release.document.input, release.checkInput);
  if (!checked.ok) return { ok: false, message: `input: ${checked.problem.message}` };
  const truth = truthOf(release, output);
  if (!truth.ok) return truth;
  const dropped = [...checked.dropped.map((field) => `input.${field}`), ...truth.dropped];
  return { ok: true, item: { input: checked.input, truth: truth.truth }, dropped };
}

/** The output that would have been right, read against the schema: classes that it does not have are refused. */
export function truthOf(
  { document, checkOutput }: Pick<ReleaseView, "document" | "checkOutput">,
  output: JsonObject,
): { ok: true; truth: JsonObject; dropped: string[] } | { ok: false; message: string } {
  const compared = fieldsCompared(document.error);
  const truth = checkInput(output, document.output, (value) => ({
    value,
    problems: checkOutput(value).filter(
      ({ path }) =>
        path === "" ||
        valueAt(value, path) !== undefined ||
        compared.some((field) => isWithin(field, path) || isWithin(path, field)),
    ),
  }));
  if (!truth.ok) return { ok: false, message: `output: ${truth.problem.message}` };
  if (compared.every((field) => valueAt(truth.input, field) === undefined))
    return {
      ok: false,
      message: `output: it has none of the fields that are compared (${compared.join(", ")})`,
    };
  return { ok: true, truth: truth.input, dropped: truth.dropped.map((field) => `output.${field}`) };
}

/** The output fields that decide whether an answer is wrong. */
export function fieldsCompared({ equal, tolerance = {}, changed = {} }: ErrorRule): string[] {
  return [...equal, ...Object.keys(tolerance), ...Object.keys(changed)];
}
