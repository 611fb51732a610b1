/**
 * Planted cases: a delivered case with one value made wrong, to measure whether reviewers notice. The rules, pure.
 *
 * Made only of cases whose truth two unswayed judgements agree on, shown as any other, never delivered, revealed with the
 * verdict, and at most one in forty of a person's cases. The tables are in planted-store.ts, the way through the inbox
 * in planted-desk.ts.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { ReviewReason, Verdict } from "../contract/states.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import { isWrong } from "../definition/error-rule.ts";
import { fieldsOf, type Field } from "../definition/fields.ts";
import { sameJson, setAt, valueAt } from "../definition/path.ts";
import { wrongByRejection } from "./label.ts";

/** So many real verdicts of a person lie between two planted cases at least. */
export const APART = 39;

export interface Altered {
  field: string;
  output: JsonObject;
}

/**
 * The truth with one value made wrong: a field that counts as an error, which is a choice or a number, with another value
 * that the schema takes. Undefined where there is no such field.
 */
export function alter(
  truth: JsonObject,
  { output, error }: Pick<ReleaseDocument, "output" | "error">,
  fits: (output: JsonObject) => boolean,
  chance: () => number,
): Altered | undefined {
  const counted = [...error.equal, ...Object.keys(error.tolerance ?? {})];
  const fields = fieldsOf(output).filter((field) => counted.includes(field.path) && !field.inList);
  for (const field of shuffled(fields, chance)) {
    const now = valueAt(truth, field.path);
    if (now === undefined || now === null) continue;
    for (const value of shuffled(otherValues(field, now, chance), chance)) {
      const changed = structuredClone(truth);
      setAt(changed, field.path, value);
      // Another value may still be right, within a tolerance.
      if (isWrong(error, changed, truth).fields.includes(field.path) && fits(changed))
        return { field: field.path, output: changed };
    }
  }
  return undefined;
}

function otherValues(field: Field, now: JsonValue, chance: () => number): JsonValue[] {
  if (field.enum) return field.enum.filter((value) => value !== null && !sameJson(value, now));
  if (typeof now !== "number" || !field.types.some((type) => type === "number" || type === "integer"))
    return [];
  const decimals = String(now).split(".")[1]?.length ?? 0;
  const round = (value: number) => Number(value.toFixed(decimals));
  const share = 0.1 + 0.4 * chance();
  const least = 10 ** -decimals;
  // As people mistype and models misread: somewhat off, a digit too many, a sign that was lost.
  return [
    round(now * (1 + share)),
    round(now * (1 - share)),
    round(now * 10),
    round(now / 10),
    round(now + least),
    round(now - least),
  ].filter((value) => value !== now);
}

function shuffled<T>(list: readonly T[], chance: () => number): T[] {
  return list
    .map((value) => ({ value, at: chance() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Whether the person noticed: changed the value that was made wrong, or rejected the output as wrong. */
export function noticed(
  planted: Altered,
  verdict: { verdict: Verdict; output: JsonObject | undefined; reason: ReviewReason | undefined },
): boolean {
  if (verdict.verdict === "reject") return wrongByRejection(verdict.reason) !== undefined;
  const answer = verdict.output ?? planted.output;
  return !sameJson(valueAt(answer, planted.field), valueAt(planted.output, planted.field));
}

/** Whether the next case of a person is a planted one. `since`: their real verdicts since the last one. */
export function plants(dial: { share: number; settled: boolean }, since: number, chance: number): boolean {
  return dial.settled && dial.share > 0 && since >= APART && chance < dial.share;
}
