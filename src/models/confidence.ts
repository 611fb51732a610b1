/**
 * How sure a language model was of one field, from the log-probabilities of the tokens it wrote.
 *
 * Pure. The result is the probability of the value that was emitted, for a field with a closed list of values: the
 * product of the token probabilities up to the token at which only this value is left. Tokens that no listed value
 * could begin with are taken out of the sum; probability that the server does not show counts against the value, so
 * the result is never too high for that reason. Whether it is calibrated is measured elsewhere.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { fits, labelsOf } from "./labels.ts";
import { findObject, locate } from "./parse.ts";

export interface Alternative {
  token: string;
  /** Natural logarithm; -9999 stands for "very unlikely". */
  logprob: number;
  /** The token's UTF-8; some tokens are a part of a character and have no text of their own. */
  bytes?: number[] | null;
}

export interface Token extends Alternative {
  top_logprobs?: Alternative[] | null;
}

/**
 * The probability, 0 to 1, of the value that the answer gives to `field` (a dotted path).
 *
 * Undefined when it cannot be told: tokens that do not make up the text, a field that is missing or holds a list or an
 * object, a value that the schema does not list, a token without a usable log-probability.
 */
export function labelProbability(
  text: string,
  tokens: readonly Token[],
  field: string,
  schema: JsonObject,
): number | undefined {
  const path = field.split(".");
  const object = findObject(text);
  if (object === undefined) return undefined;
  const json = text.slice(object.start, object.end);
  const place = locate(json, path);
  if (place === undefined) return undefined;
  const value = JSON.parse(json.slice(place.start, place.end)) as JsonValue;
  if (typeof value === "object" && value !== null) return undefined;

  const written = tokens.map(byteText);
  const all = written.join("");
  // The list may hold more than the text: reasoning before it, an end mark after it.
  const shift = all.lastIndexOf(utf8Text(text));
  if (shift < 0) return undefined;
  const from = shift + Buffer.byteLength(text.slice(0, object.start + place.start));
  const to = from + Buffer.byteLength(json.slice(place.start, place.end));

  const steps = stepsOver(tokens, written, from, to);
  if (steps === undefined) return undefined;
  const labels = labelsOf(schema, path);
  const probability =
    labels === undefined
      ? freeProbability(steps, all.slice(from, to))
      : listedProbability(steps, labels, value);
  return probability === undefined ? undefined : Math.min(1, Math.max(0, probability));
}

/** One emitted token over the value: what had been read of the value before it, and what else could have followed. */
interface Step {
  before: string;
  /** What the emitted token adds to the value. */
  emitted: string;
  emittedMass: number;
  /** All visible alternatives, the emitted one included; `adds` is undefined for one that cannot lead to the value's place. */
  options: { adds: string | undefined; mass: number }[];
}

/** The tokens from the first byte of the value to the one after its last: a number is only complete when it is followed. */
function stepsOver(
  tokens: readonly Token[],
  written: readonly string[],
  from: number,
  to: number,
): Step[] | undefined {
  const all = written.join("");
  const steps: Step[] = [];
  let start = 0;
  for (const [i, token] of tokens.entries()) {
    const end = start + written[i]!.length;
    if (end > from && start <= to && end > start) {
      const emittedMass = mass(token.logprob);
      if (emittedMass === undefined) return undefined;
      const lead = start < from ? all.slice(start, from) : "";
      const options = new Map([[written[i]!, emittedMass]]);
      for (const option of token.top_logprobs ?? []) {
        const shown = byteText(option);
        if (!options.has(shown)) options.set(shown, mass(option.logprob) ?? 0);
      }
      steps.push({
        before: start > from ? all.slice(from, start) : "",
        emitted: all.slice(Math.max(start, from), end),
        emittedMass,
        options: [...options].map(([shown, mass]) => ({ adds: after(lead, shown, start <= from), mass })),
      });
    }
    start = end;
  }
  return steps;
}

/** What a token adds to the value when `lead` must come before it; blanks around punctuation do not matter. */
function after(lead: string, shown: string, atStart: boolean): string | undefined {
  if (!atStart) return shown;
  const wanted = lead.replaceAll(/[ \t\r\n]/g, "");
  let i = 0;
  for (let matched = 0; i < shown.length; i++) {
    if (BLANKS.includes(shown[i]!)) continue;
    if (matched === wanted.length) break;
    if (shown[i] !== wanted[matched]) return undefined;
    matched += 1;
  }
  return shown.slice(i);
}

/**
 * The probability among the values of a closed list.
 *
 * At each token the alternatives fall into five heaps: those that leave only this value, those that leave it among
 * fewer, those that leave all (they say nothing: treated as if they had gone on like the emitted one), those that
 * exclude it, and those that no value begins with (taken out).
 */
function listedProbability(
  steps: readonly Step[],
  labels: readonly JsonValue[],
  value: JsonValue,
): number | undefined {
  if (!labels.includes(value)) return undefined;
  let certain = 0;
  let open = 1;
  for (const { before, emitted, options } of steps) {
    const left = labels.filter((label) => fits(before, label));
    if (!left.includes(value)) return undefined;
    if (left.length === 1) break;
    const emittedLeft = left.filter((label) => fits(before + emitted, label)).length;
    const heaps = { only: 0, same: 0, fewer: 0, foreign: 0, shown: 0 };
    for (const { adds, mass } of options) {
      heaps.shown += mass;
      const fitting = adds === undefined ? [] : left.filter((label) => fits(before + adds, label));
      if (fitting.length === 0) heaps.foreign += mass;
      else if (fitting.length === left.length) heaps.same += mass;
      else if (!fitting.includes(value)) continue;
      else if (fitting.length === 1) heaps.only += mass;
      else if (adds === emitted) heaps.fewer += mass;
    }
    const whole = Math.max(1, heaps.shown) - heaps.foreign;
    if (emittedLeft === left.length) {
      certain += open * share(heaps.only, whole);
      open *= share(heaps.same, whole);
    } else {
      certain += open * share(heaps.only, whole - heaps.same);
      open *= emittedLeft === 1 ? 0 : share(heaps.fewer, whole - heaps.same);
    }
    if (open === 0) break;
  }
  return certain + open;
}

/** The probability of a value without a closed list: of the tokens that write it and end it, nothing taken out. */
function freeProbability(steps: readonly Step[], value: string): number {
  const isText = value.startsWith('"');
  let probability = 1;
  for (const { before, emitted, emittedMass, options } of steps) {
    const rest = value.slice(before.length);
    const within = Math.min(emitted.length, rest.length);
    // Leads to the same value: writes no less of it than the emitted token, nothing else, and ends a number after it.
    const agrees = (adds: string) =>
      adds.length >= within &&
      rest.startsWith(adds.slice(0, rest.length)) &&
      (isText || !/[\d.eE+-]/.test(adds[rest.length] ?? ""));
    if (isText && rest === "") continue;
    const agreeing = options
      .filter(({ adds }) => adds !== undefined && agrees(adds))
      .reduce((sum, { mass }) => sum + mass, 0);
    probability *= Math.min(1, Math.max(agreeing, emittedMass));
  }
  return probability;
}

/** Of JSON; wider than that would take halves of characters for blanks. */
const BLANKS = " \t\r\n";

const share = (part: number, whole: number) => (whole <= 0 ? 0 : Math.min(1, part / whole));

function mass(logprob: unknown): number | undefined {
  if (typeof logprob !== "number" || !Number.isFinite(logprob) || logprob <= -9999) return undefined;
  return Math.min(1, Math.exp(logprob));
}

/** Bytes as a text of one letter each, so that half characters can be compared like any other. */
function byteText(token: Alternative): string {
  if (Array.isArray(token.bytes)) return Buffer.from(token.bytes).toString("latin1");
  return utf8Text(token.token);
}

const utf8Text = (text: string) => Buffer.from(text, "utf8").toString("latin1");
