/**
 * Which fields of an output are doubtful, and why, as far as the program knows. Pure.
 *
 * Codes, not sentences: the console says them in the reader's language. Nothing here tells what may not be shown: a cold
 * case has no doubts before its verdict, because each would follow from the output (see tasks.ts).
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { DoubtCode } from "../contract/review-endpoints.ts";
import type { Reason } from "../contract/states.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import { fieldsOf, type Field } from "../definition/fields.ts";
import { isWithin, valueAt } from "../definition/path.ts";

export interface Doubt {
  /** Empty: the whole output. */
  field: string;
  code: DoubtCode;
  detail: string | null;
}

/** A longer text is written, not copied: that it stands nowhere word for word says nothing. */
const LONGEST_COPY = 120;

export function doubtsOf(given: {
  release: Pick<ReleaseDocument, "output" | "confidence" | "suggestions">;
  reasons: readonly Reason[];
  /** The certified one; null where the category, or everything, has none. */
  threshold: number | null;
  input: JsonObject;
  output: JsonObject;
  /** What is not read here may hold any value. */
  attachments: boolean;
}): Doubt[] {
  const { release, reasons, threshold, input, output } = given;
  const fields = fieldsOf(release.output).filter((field) => !field.inList);
  const doubts = reasons.flatMap(({ code, detail }): Doubt[] => {
    if (code === "below_threshold")
      return [
        {
          field: release.confidence.of ?? "",
          code: threshold === null ? "no_threshold" : "below_threshold",
          detail: null,
        },
      ];
    if (code === "fallback_answer") return [{ field: "", code, detail: detail ?? null }];
    if (code === "rule" || code === "rule_failed")
      return named(detail ?? "", fields).map((field) => ({ field, code: "rule", detail: detail ?? null }));
    return [];
  });
  if (given.attachments) return doubts;
  const source = textOf(input);
  for (const field of fields) {
    if (release.suggestions.some((path) => isWithin(field.path, path)) || !isCopied(field)) continue;
    const value = valueAt(output, field.path);
    if (value !== undefined && !standsIn(source, value))
      doubts.push({ field: field.path, code: "no_evidence", detail: null });
  }
  return doubts;
}

/** The output fields that an expression names; the whole output where it names none. */
function named(expression: string, fields: readonly Field[]): string[] {
  const found = fields
    .map((field) => field.path)
    .filter((path) => new RegExp(`\\boutput\\.${literally(path)}(?![\\w.])`).test(expression));
  return found.length > 0 ? found : [""];
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Chosen from a list, yes or no: such values are judged, not copied. */
function isCopied({ types, schema, ...field }: Field): boolean {
  if (field.enum !== undefined || schema["const"] !== undefined) return false;
  return types.some((type) => type === "string" || type === "number" || type === "integer");
}

function standsIn(source: string, value: JsonValue): boolean {
  if (typeof value === "string") {
    const wanted = plain(value);
    return wanted === "" || wanted.length > LONGEST_COPY || source.includes(wanted);
  }
  if (typeof value !== "number") return true;
  return formsOf(value).some((form) => source.includes(form));
}

/** A number as people write it: 1234.5 also as 1.234,50 and 1'234.50. */
function formsOf(value: number): string[] {
  const absolute = Math.abs(value);
  const digits = [0, 2, 20];
  return ["en-US", "de-DE", "de-CH"]
    .flatMap((locale) =>
      digits.flatMap((most) =>
        [true, false].map((useGrouping) =>
          new Intl.NumberFormat(locale, {
            useGrouping,
            minimumFractionDigits: most === 2 ? 2 : 0,
            maximumFractionDigits: most === 0 ? 0 : Math.min(most, 20),
          }).format(absolute),
        ),
      ),
    )
    .filter((form) => Number.isInteger(absolute) || /\D\d+$/.test(form))
    .map((form) => form.replaceAll("’", "'"));
}

/** Every text and number of the input as one text, without what copying changes. */
function textOf(value: JsonValue): string {
  const texts: string[] = [];
  const walk = (one: JsonValue) => {
    if (typeof one === "string") texts.push(plain(one));
    else if (typeof one === "number") texts.push(...formsOf(one), String(one));
    else if (Array.isArray(one)) one.forEach(walk);
    else if (isJsonObject(one)) Object.values(one).forEach(walk);
  };
  walk(value);
  return texts.join("\n");
}

function plain(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll("’", "'").replaceAll(/\s+/g, " ").trim();
}
