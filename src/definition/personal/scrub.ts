/**
 * What a text may say when it leaves the house: personal identifiers and own patterns are masked, replaced or counted as
 * refused, by the rule for their kind.
 *
 * Pure. One scrubber is for one request or one case: the same value gets the same pseudonym within it, and another one
 * elsewhere, so that nothing can be joined by them. Pseudonyms are not turned back: a text that came with `[IBAN-1]` could
 * otherwise ask for what was never shown to it. Counts say how many, never what.
 */
import type { Pattern } from "../regex.ts";
import { fold } from "./fold.ts";
import {
  PERSONAL_KINDS,
  type Found,
  type PersonalAction,
  type PersonalKind,
  type PersonalRules,
} from "./kinds.ts";
import type { Scanner } from "./scan.ts";

export interface OwnPattern {
  name: string;
  pattern: Pattern;
}

/** How many of each kind, or of each own pattern by its name. */
export type Counts = Record<string, number>;

export interface Scrubbed {
  masked: Counts;
  pseudonymised: Counts;
  refused: Counts;
}

export interface Scrubber {
  /** `lead` is what stands before the text, such as the name of its field. Throws `bad_input` for a text too long for an own pattern. */
  text(text: string, lead?: string, rules?: PersonalRules): string;
  readonly counts: Scrubbed;
}

interface Place {
  start: number;
  end: number;
  name: string;
  kind: PersonalKind | undefined;
  action: PersonalAction;
}

export function openScrubber(
  scanner: Scanner,
  rules: PersonalRules,
  own: readonly OwnPattern[] = [],
): Scrubber {
  const counts: Scrubbed = { masked: {}, pseudonymised: {}, refused: {} };
  const pseudonyms = new Map<string, string>();
  const numbers = new Map<PersonalKind, number>();

  function pseudonymOf(kind: PersonalKind, written: string): string {
    const plain = fold(written).text.toLowerCase();
    const value = `${kind} ${kind === "email" ? plain.replaceAll(/\s/g, "") : plain.replaceAll(/[^\p{L}\p{N}]/gu, "")}`;
    const known = pseudonyms.get(value);
    if (known !== undefined) return known;
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    const made = `[${PERSONAL_KINDS[kind]}-${number}]`;
    pseudonyms.set(value, made);
    return made;
  }

  function placesIn(text: string, lead: string, rules: PersonalRules): Place[] {
    const personal = scanner
      .find(text, lead)
      .map((found: Found) => ({ ...found, name: found.kind, action: rules[found.kind] ?? "mask" }));
    const ours = own.flatMap(({ name, pattern }) => {
      const folded = fold(text);
      return pattern
        .find(folded.text)
        .map(({ start, end }) => ({
          ...folded.original(start, end),
          name,
          kind: undefined,
          action: "mask" as const,
        }));
    });
    // An identifier that may go on takes its place all the same: nothing within it is another one.
    return ours.length === 0 ? personal : merged(ours, personal);
  }

  function replacement({ kind, name, action }: Place, written: string): string {
    if (action === "allow") return written;
    const into =
      action === "mask" ? counts.masked : action === "refuse" ? counts.refused : counts.pseudonymised;
    into[name] = (into[name] ?? 0) + 1;
    if (kind === undefined) return `[${name.toUpperCase()}]`;
    return action === "pseudonymise" ? pseudonymOf(kind, written) : `[${PERSONAL_KINDS[kind]}]`;
  }

  return {
    text(text, lead = "", here = rules) {
      const places = placesIn(text, lead, here);
      if (places.length === 0) return text;
      const isJson = /^\s*[{[]/.test(text) && parses(text);
      let passed = "";
      let done = 0;
      for (const place of places) {
        const written = text.slice(place.start, place.end);
        const instead = replacement(place, written);
        // A number stands without quotes in JSON; what takes its place must not.
        const quoted = isJson && instead !== written && isBare(text, place);
        passed += text.slice(done, place.start) + (quoted ? `"${instead}"` : instead);
        done = place.end;
      }
      return passed + text.slice(done);
    },
    counts,
  };
}

/** Own patterns first; they may lie over what the scanner knows, and over each other. */
function merged(ours: Place[], personal: Place[]): Place[] {
  const first = joined(ours.toSorted((a, b) => a.start - b.start || b.end - a.end));
  const kept = [...first];
  let at = 0;
  for (const one of personal) {
    while (at < first.length && first[at]!.end <= one.start) at++;
    const over = first[at];
    if (over === undefined || over.start >= one.end || one.action !== "allow") kept.push(one);
  }
  return joined(kept.toSorted((a, b) => a.start - b.start || b.end - a.end));
}

/** Places that lie over each other are one from the first letter to the last, under the name of the first. */
function joined(places: Place[]): Place[] {
  const found: Place[] = [];
  for (const one of places) {
    const before = found.at(-1);
    if (before === undefined || before.end <= one.start) found.push({ ...one });
    else {
      before.end = Math.max(before.end, one.end);
      if (one.action === "refuse") before.action = "refuse";
    }
  }
  return found;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isBare(text: string, { start, end }: Place): boolean {
  return (
    /[:,[]\s{0,20}$/.test(text.slice(Math.max(0, start - 21), start)) &&
    /^\s{0,20}[,}\]]/.test(text.slice(end, end + 21))
  );
}
