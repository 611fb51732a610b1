/**
 * How far people agree who judged the same case without seeing each other's answer, for each field that counts as an error.
 *
 * Reads labels only: the first review's against that of the blind second one, and the answers that both wrote. What
 * the values mean is in statistics/agreement.ts. Under 20 pairs there is no value, but how many are missing.
 */
import canonicalize from "canonicalize";
import { openEach } from "../cases/content.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { isWrong } from "../definition/error-rule.ts";
import { fieldsOf } from "../definition/fields.ts";
import { valueAt } from "../definition/path.ts";
import { alphaWithInterval, kappaOfPairs, percentAgreement } from "../statistics/agreement.ts";
import { mulberry32 } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/proportion.ts";
import { labelPairs, type LabelPair } from "./agreement-store.ts";
import type { ReviewParts } from "./verdict.ts";

/** Fewer pairs say too little for a value. */
export const LEAST_PAIRS = 20;
/** The newest count; more would move the values little and hold the program up. */
const MOST_PAIRS = 1_000;
/** Fixed, so that the same labels give the same interval on every screen. */
const SEED = 20;

export interface Measure {
  value: number;
  /** At 95 %; undefined where the pairs are too much alike to tell. */
  interval: Interval | undefined;
  n: number;
}

export type FieldAgreement = {
  field: string;
  /** Values that are only compared, or numbers whose distance counts. */
  metric: "nominal" | "interval";
  /** Pairs in which both judges gave an answer, the field left empty included. */
  n: number;
  /** Whether programs stood in for people; they count only where no people judged. */
  simulated: boolean;
} & (
  | { kind: "too_few"; needed: number }
  | {
      kind: "measured";
      /** The share of pairs that the release's error rule calls the same. */
      same: Measure;
      /** Only of values that are compared: two amounts that nearly agree would count as different. */
      kappa: Measure | undefined;
      alpha: Measure | undefined;
    }
);

interface Pair {
  first: JsonValue | undefined;
  second: JsonValue | undefined;
  same: boolean;
}

/**
 * The agreement of each field that `error.equal` or `error.tolerance` names, in the order of the release whose schemas
 * hold now; fields of other releases of that time follow. Empty before the first release.
 */
export async function agreementOf(
  parts: Pick<ReviewParts, "database" | "registry" | "vault">,
  workflow: string,
  span: { since: number; until: number },
): Promise<FieldAgreement[]> {
  const { database, registry } = parts;
  const { row } = await registry.workflow(database, workflow);
  if (row.reference_release === null) return [];
  const reference = await registry.reference(database, row);
  const found = await labelPairs(database, { workflow, ...span, most: MOST_PAIRS });
  const people = found.filter((one) => !one.simulated);
  const counted = people.length > 0 ? people : found;

  const releases = new Map<string, ReleaseView>([["manual", reference]]);
  for (const { release } of counted)
    if (!releases.has(release)) releases.set(release, await registry.release(database, release));
  const pairs = new Map<string, Pair[]>(errorFields(reference).map((field) => [field, []]));
  for (const { release, first, second } of await answersOf(parts, counted)) {
    const view = releases.get(release)!;
    const wrong = new Set(isWrong(view.document.error, first, second).fields);
    for (const field of errorFields(view)) {
      const pair = { first: valueAt(first, field), second: valueAt(second, field), same: !wrong.has(field) };
      const known = pairs.get(field);
      if (known) known.push(pair);
      else pairs.set(field, [pair]);
    }
  }

  const views = [...releases.values()];
  const fields: FieldAgreement[] = [];
  for (const [field, judged] of pairs) {
    const metric = views.every((view) => isNumber(view, field)) ? "interval" : "nominal";
    fields.push(fieldAgreement(field, metric, judged, counted.length > 0 && people.length === 0));
    // The intervals take a while: whoever waits for another answer goes between two fields.
    await new Promise(setImmediate);
  }
  return fields;
}

/** One field's agreement from its pairs. A field left empty is a value of its own, except among numbers. */
export function fieldAgreement(
  field: string,
  metric: "nominal" | "interval",
  pairs: readonly Pair[],
  simulated: boolean,
): FieldAgreement {
  const n = pairs.length;
  const about = { field, metric, n, simulated };
  const same = percentAgreement(pairs.filter((one) => one.same).length, n);
  if (!same || n < LEAST_PAIRS) return { ...about, kind: "too_few", needed: LEAST_PAIRS - n };
  const chance = mulberry32(SEED);
  const texts = pairs.map(({ first, second }) => [asText(first), asText(second)] as const);
  const alpha =
    metric === "nominal"
      ? alphaWithInterval(texts, "nominal", { chance })
      : alphaWithInterval(
          pairs.map(({ first, second }) => [asNumber(first), asNumber(second)]),
          "interval",
          { chance },
        );
  const kappa = metric === "nominal" ? kappaOfPairs(texts) : undefined;
  return {
    ...about,
    kind: "measured",
    same: { value: same.share, interval: same.interval, n },
    kappa: kappa && { value: kappa.kappa, interval: kappa.interval, n },
    alpha:
      alpha && alpha.n >= LEAST_PAIRS
        ? { value: alpha.alpha, interval: alpha.interval, n: alpha.n }
        : undefined,
  };
}

/** What both judges of each case wrote; a pair with a rejection, or whose content is gone, has nothing to compare. */
async function answersOf(
  { database, vault }: Pick<ReviewParts, "database" | "vault">,
  pairs: readonly LabelPair[],
): Promise<{ release: string; first: JsonObject; second: JsonObject }[]> {
  const opened = await openEach(
    database,
    vault,
    pairs.map((one) => one.case_id),
    pairs.flatMap((one) => [`label.${one.first}`, `label.${one.second}`]),
  );
  return pairs.flatMap(({ case_id, release, first, second }) => {
    const found = opened.get(case_id)!;
    if (!found.ok) return [];
    const [one, other] = [found.content.get(`label.${first}`), found.content.get(`label.${second}`)];
    return isJsonObject(one) && isJsonObject(other) ? [{ release, first: one, second: other }] : [];
  });
}

function errorFields({ document: { error } }: ReleaseView): string[] {
  return [...new Set([...error.equal, ...Object.keys(error.tolerance ?? {})])];
}

/** Whether a field can only be a number; also true of a release that does not have it. */
function isNumber({ document }: ReleaseView, path: string): boolean {
  const types = fieldsOf(document.output).find((one) => one.path === path)?.types;
  return types === undefined || (types.length > 0 && types.every((type) => NUMBERS.includes(type)));
}

const NUMBERS = ["number", "integer", "null"];

function asText(value: JsonValue | undefined): string {
  return value === undefined ? "" : canonicalize(value)!;
}

function asNumber(value: JsonValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
