/**
 * The dials of a workflow: values that the console and the command line own after the first `apply`.
 *
 * Pure. The file proposes them once; afterwards `apply` only shows the difference, unless it is told to take the file's.
 * Each dial says which direction loosens: machines and single persons may tighten, loosening takes a second person.
 */
import type { JsonValue } from "../../contract/json.ts";
import { isWithin, removeAt, sameJson, setAt, valueAt } from "../../definition/path.ts";
import type { WorkflowDocument } from "../../definition/document.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";

export type DialValues = Record<string, JsonValue>;

interface Dial {
  sentence: string;
  /** Whether going from one value to the other loosens the watch over automatic output. */
  loosens(before: JsonValue | undefined, after: JsonValue | undefined): boolean;
  /** May be missing altogether; every other dial always has a value. */
  optional?: true;
}

const more = (before: JsonValue | undefined, after: JsonValue | undefined) =>
  Number(after ?? 0) > Number(before ?? 0);
const less = (before: JsonValue | undefined, after: JsonValue | undefined) =>
  Number(after ?? 0) < Number(before ?? 0);
/** Something that was blocked no longer is. */
const unblocks = (before: JsonValue | undefined, after: JsonValue | undefined) =>
  listed(before).some((path) => !listed(after).some((other) => isWithin(path, other)));
const listed = (value: JsonValue | undefined) => (Array.isArray(value) ? value.map(String) : []);
const shareOf = (value: JsonValue | undefined) => (isJsonObject(value) ? value["share"] : undefined);
const fewerPeople = (before: JsonValue, after: JsonValue | undefined) =>
  !isJsonObject(after) || less(isJsonObject(before) ? before["people"] : 0, after["people"]);
const isBlind = (value: JsonValue | undefined) => isJsonObject(value) && value["blind"] === true;
/** Some answers that took several people no longer do; no expression at all means every answer. */
const narrower = (before: JsonValue, after: JsonValue | undefined) => {
  const [was, is] = [before, after].map((value) => (isJsonObject(value) ? listed(value["when"]) : []));
  if (is!.length === 0) return false;
  return was!.length === 0 || was!.some((expression) => !is!.includes(expression));
};
const BUDGET_PARTS = ["perMonth", "perDay", "warnAt"];
/** A part that is no longer there holds nothing back. */
const higher = (before: JsonValue, after: JsonValue | undefined) =>
  after === undefined || Number(after) > Number(before);
const never = () => false;
const always = () => true;

/** By path in the workflow document. */
export const DIALS: Record<string, Dial> = {
  people: { sentence: "who owns, sponsors, reviews and is called", loosens: never },
  "automation.maxErrorRate": { sentence: "the error rate that may go out unreviewed", loosens: more },
  "automation.confidence": { sentence: "the confidence with which that is certified", loosens: less },
  "automation.per": { sentence: "over which cases that is certified", loosens: always },
  "cold.share": { sentence: "the share of cases whose output is shown after the verdict", loosens: less },
  "qa.share": { sentence: "the share of cases that quality assurance looks at", loosens: less },
  "qa.atLeastPerDay": { sentence: "the least number of such cases a day", loosens: less },
  "planted.share": { sentence: "the share of planted cases", loosens: never },
  secondLook: {
    sentence: "the share of cases that a second person looks at blind, after their delivery",
    loosens: (before, after) => less(shareOf(before), shareOf(after)),
    optional: true,
  },
  rollout: { sentence: "the stages of a rollout", loosens: always },
  undo: { sentence: "how long a verdict can be taken back", loosens: less },
  fourEyes: {
    sentence: "which answers take more than one person before they go out",
    loosens: (before, after) =>
      before !== undefined &&
      (fewerPeople(before, after) || narrower(before, after) || (isBlind(before) && !isBlind(after))),
    optional: true,
  },
  budget: {
    sentence: "what the calls of models may cost in a month and a day",
    loosens: (before, after) =>
      isJsonObject(before) &&
      (!isJsonObject(after) ||
        BUDGET_PARTS.some((part) => before[part] !== undefined && higher(before[part], after[part]))),
    optional: true,
  },
  due: { sentence: "how soon a case is due", loosens: never, optional: true },
  retention: { sentence: "how long content and decisions are kept", loosens: always },
  support: {
    sentence: "whom to ask, as it stands on every page, and how soon they answer",
    loosens: never,
    optional: true,
  },
  blockFields: { sentence: "fields that never go to a model", loosens: unblocks },
};

/** The dials as a document sets them. */
export function dialsOf(document: WorkflowDocument): DialValues {
  const values: DialValues = {};
  for (const path of Object.keys(DIALS)) {
    const value = valueAt(document, path);
    if (value !== undefined) values[path] = value;
  }
  return values;
}

/** The document with these dial values in force. */
export function withDials(document: WorkflowDocument, values: DialValues): WorkflowDocument {
  const copy = structuredClone(document) as unknown as JsonObject;
  for (const [path, dial] of Object.entries(DIALS)) {
    const value = values[path];
    if (value !== undefined) setAt(copy, path, structuredClone(value));
    // What the file says of a dial that is not set is a proposal, not in force.
    else if (dial.optional) removeAt(copy, path);
  }
  return copy as unknown as WorkflowDocument;
}

export interface DialDifference {
  setting: string;
  before: JsonValue | null;
  after: JsonValue | null;
  /** Takes a second named person before it is in force. */
  needsSecond: boolean;
}

/** What the file blocks and the dials in force do not: it is blocked by applying the file, without further word. */
export function newlyBlocked(inForce: DialValues, proposed: DialValues): string[] {
  const known = listed(inForce["blockFields"]);
  return listed(proposed["blockFields"]).filter((path) => !known.includes(path));
}

/** What the file would change of the dials in force. */
export function dialDifferences(inForce: DialValues, proposed: DialValues): DialDifference[] {
  return Object.entries(DIALS).flatMap(([setting, dial]) => {
    const before = inForce[setting];
    const after = proposed[setting];
    if (sameJson(before, after)) return [];
    return [
      { setting, before: before ?? null, after: after ?? null, needsSecond: dial.loosens(before, after) },
    ];
  });
}
