/**
 * Regular expressions written by users, in linear time.
 *
 * RE2 has no backtracking: a hostile pattern cannot hang the program on a hostile text. What RE2 does not know
 * (look-around, back-references) is refused when the definition is checked. Compiled patterns are kept.
 */
import { RE2JS } from "re2js";
import { PilotageError } from "../contract/errors.ts";

const MAX_PATTERN = 1000;
// The time of a match is at worst text times program; counted repetitions such as [a-z]{1,500} make the program large.
const MAX_PROGRAM = 2000;
// About 1.5 s on an ordinary core: beyond it the match is refused instead of holding up the process.
const MAX_WORK = 100_000_000;
const MAX_KEPT = 500;

const kept = new Map<string, RE2JS>();

export interface Pattern {
  /** Whether the pattern is anywhere in the text. */
  test(text: string): boolean;
  /** Where it is, without what matches nothing, in code units. */
  find(text: string): { start: number; end: number }[];
}

/**
 * Compiles a pattern; throws `definition_invalid` with the reason when RE2 cannot.
 *
 * Both questions throw `bad_input` for a text too long for so large a pattern.
 */
export function compilePattern(pattern: string): Pattern {
  let regex = kept.get(pattern);
  if (regex === undefined) {
    regex = compile(pattern);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(pattern, regex);
  }
  const ready = regex;
  return {
    test(text) {
      demandShort(text, ready);
      return ready.test(text);
    },
    find(text) {
      demandShort(text, ready);
      const found: { start: number; end: number }[] = [];
      const matcher = ready.matcher(text);
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if (end > start) found.push({ start, end });
      }
      return found;
    },
  };
}

/**
 * Whether what the pattern matches has a greatest length: it repeats nothing without an end.
 *
 * Only then finding all places is as linear as finding the first: otherwise each search may look to the end of the text.
 */
export function isBounded(pattern: string): boolean {
  const bare = pattern
    .replaceAll(/\\Q[\s\S]*?(?:\\E|$)/g, "")
    .replaceAll(/\\[\s\S]/g, "")
    .replaceAll(/\[\^?\]?[^\]]*\]/g, "");
  return !/[*+]|\{\d+,\}/.test(bare);
}

function demandShort(text: string, regex: RE2JS): void {
  if (text.length * regex.programSize() > MAX_WORK)
    throw new PilotageError(
      "bad_input",
      `A text of ${text.length} characters is too long for a pattern of this size.`,
    );
}

function compile(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN) {
    throw new PilotageError(
      "definition_invalid",
      `A pattern of ${pattern.length} characters is too long; at most ${MAX_PATTERN} are allowed. Split it into several.`,
    );
  }
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(pattern);
  } catch (error) {
    throw new PilotageError(
      "definition_invalid",
      `The pattern is not a regular expression that Pilotage knows (RE2 syntax, without look-around and back-references): ${reason(error)}.`,
      { cause: error },
    );
  }
  if (regex.programSize() > MAX_PROGRAM) {
    throw new PilotageError(
      "definition_invalid",
      "The pattern is too large when its repetitions are written out; make it simpler.",
    );
  }
  return regex;
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, "");
}
