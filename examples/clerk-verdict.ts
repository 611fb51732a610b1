/**
 * What the sample clerk decides: a review, and the answers known to be right, become one verdict. Pure.
 *
 * It knows a case only by what a reviewer sees, and the truth only from its own file (known-answers.ts).
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../src/contract/json.ts";
import type { ReviewReason } from "../src/contract/states.ts";
import { sameJson, setAt, valueAt } from "../src/definition/path.ts";

/** The part of a review that the verdict depends on. */
export interface ReviewSeen {
  /** Null when the case is manual or cold. */
  output: JsonObject | null;
  outputSchema: JsonObject;
}

/** One right answer: field paths with their values. */
export type Truth = ReadonlyMap<string, JsonValue>;

export type ClerkVerdict =
  | { verdict: "approve" }
  | { verdict: "edit"; output: JsonObject }
  | { verdict: "reject"; reason: ReviewReason };

/** What stands in a required text that no known answer covers. */
export const NEUTRAL_TEXT = "Handled by hand.";

/**
 * Approves an output that agrees with a right answer, else sets the fields that the first one knows.
 *
 * Several answers are right when the same text stands in the file more than once. A case that the file does not know
 * is rejected as out of scope: the clerk never guesses.
 */
export function verdictOn(review: ReviewSeen, truths: readonly Truth[]): ClerkVerdict {
  const typed = truths.map((truth) => typedFor(review.outputSchema, truth));
  const first = typed[0];
  if (first === undefined) return { verdict: "reject", reason: "out_of_scope" };
  const { output } = review;
  if (output !== null && typed.some((truth) => agrees(output, truth))) return { verdict: "approve" };
  const whole = output === null ? {} : structuredClone(output);
  for (const [path, value] of first) setAt(whole, path, value);
  fillRequired(review.outputSchema, whole);
  return { verdict: "edit", output: whole };
}

function agrees(output: JsonObject, truth: Truth): boolean {
  return truth.entries().every(([path, value]) => sameJson(valueAt(output, path), value));
}

/** A CSV file knows only text; the schema says which of its answers are numbers or truth values. */
function typedFor(schema: JsonObject, truth: Truth): Truth {
  return new Map(
    truth
      .entries()
      .map(([path, value]) => [
        path,
        typeof value === "string" ? asTyped(schemaAt(schema, path), value) : value,
      ]),
  );
}

function asTyped(schema: JsonObject | undefined, text: string): JsonValue {
  const type = schema?.["type"];
  if ((type === "number" || type === "integer") && text.trim() !== "" && Number.isFinite(Number(text)))
    return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function schemaAt(schema: JsonObject, path: string): JsonObject | undefined {
  let here: JsonValue | undefined = schema;
  for (const name of path.split(".")) {
    const properties: JsonValue | undefined = isJsonObject(here) ? here["properties"] : undefined;
    here = isJsonObject(properties) ? properties[name] : undefined;
  }
  return isJsonObject(here) ? here : undefined;
}

/** Completes an object in place with what its schema requires and nobody said. */
function fillRequired(schema: JsonObject, whole: JsonObject): void {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  for (const name of required) {
    if (typeof name !== "string") continue;
    const inner = properties[name];
    const shape = isJsonObject(inner) ? inner : {};
    whole[name] ??= neutral(shape);
    const value = whole[name];
    if (isJsonObject(value)) fillRequired(shape, value);
  }
}

function neutral(schema: JsonObject): JsonValue {
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["default"] !== undefined) return schema["default"];
  if (Array.isArray(schema["enum"]) && schema["enum"][0] !== undefined) return schema["enum"][0];
  const type = schema["type"];
  if (type === "number" || type === "integer")
    return typeof schema["minimum"] === "number" ? schema["minimum"] : 0;
  if (type === "boolean") return false;
  if (type === "array") return [];
  if (type === "object") return {};
  return type === "null" ? null : NEUTRAL_TEXT;
}
