/**
 * Where a value of the output stands in the source: the longest verbatim match.
 *
 * A whole value counts, in the ways in which people write it (1.234,56 and 1,234.56; a code by its words); else the
 * longest run of its words. What is shorter than six letters proves nothing. Pure.
 */

/** A stretch of a text, from and to as character offsets. */
export interface Stretch {
  from: number;
  to: number;
}

const SHORTEST_RUN = 6;

/** Stretches of one text in which the value stands; empty when it stands nowhere. */
export function evidenceIn(text: string, value: unknown): Stretch[] {
  for (const written of writtenAs(value)) {
    const found = wholeIn(text, written);
    if (found.length > 0) return found;
  }
  if (typeof value !== "string") return [];
  const run = longestRun(text, value.replaceAll("_", " "));
  return run === undefined ? [] : [run];
}

/** Page and line, each counted from 1. */
export interface Place {
  page: number;
  line: number;
}

/** Where a value stands in the texts of pages: on this page if it does, else on the first one. */
export function placeIn(pages: readonly string[], value: unknown, preferred = 1): Place | undefined {
  const order = [preferred, ...pages.map((_, index) => index + 1)];
  for (const page of order) {
    const text = pages[page - 1];
    const [first] = text === undefined ? [] : evidenceIn(text, value);
    if (first !== undefined) return { page, line: text!.slice(0, first.from).split("\n").length };
  }
  return undefined;
}

function writtenAs(value: unknown): string[] {
  if (typeof value === "number") return numberForms(value);
  if (typeof value !== "string") return [];
  const trimmed = value.trim();
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  if (day !== null) {
    const [, year = "", month = "", date = ""] = day;
    return [
      trimmed,
      `${date}.${month}.${year}`,
      `${Number(date)}.${Number(month)}.${year}`,
      `${date}/${month}/${year}`,
      `${month}/${date}/${year}`,
    ];
  }
  return trimmed.length < 2 ? [] : [trimmed, trimmed.replaceAll("_", " ")];
}

/** 1234.5 as 1234.50, 1234,50, 1234.5, 1234,5, and with dots, commas, apostrophes and spaces between thousands. */
function numberForms(value: number): string[] {
  const plain = [...new Set([value.toFixed(2), String(value)])];
  return plain.flatMap((form) => {
    const [whole = "", rest] = form.split(".");
    const grouped = (mark: string) => whole.replaceAll(/\B(?=(\d{3})+$)/g, mark);
    const ends = (point: string) => (rest === undefined ? "" : point + rest);
    return [
      whole + ends("."),
      whole + ends(","),
      grouped(".") + ends(","),
      grouped(",") + ends("."),
      grouped("'") + ends("."),
      grouped("’") + ends("."),
      grouped(" ") + ends(","),
    ];
  });
}

const LETTER = /[\p{L}\p{N}]/u;
/** A number goes on here: 119 does not stand in 119.50, nor in 2.119. */
const GOES_ON = /^[.,'’]\d/;
const CAME_FROM = /\d[.,'’]$/;

/** Every place where it stands as a whole word, or as a whole number. */
function wholeIn(text: string, written: string): Stretch[] {
  const hay = text.toLowerCase();
  const needle = written.toLowerCase();
  // Lower-casing may change lengths for a few letters; then offsets would lie.
  if (hay.length !== text.length || needle === "") return [];
  const found: Stretch[] = [];
  for (let from = hay.indexOf(needle); from !== -1; from = hay.indexOf(needle, from + 1)) {
    const to = from + needle.length;
    const starts = from === 0 || !LETTER.test(hay[from - 1]!) || !LETTER.test(needle[0]!);
    const ends = to === hay.length || !LETTER.test(hay[to]!) || !LETTER.test(needle.at(-1)!);
    const partOfNumber =
      (/\d$/.test(needle) && GOES_ON.test(hay.slice(to, to + 2))) ||
      (/^\d/.test(needle) && CAME_FROM.test(hay.slice(Math.max(0, from - 2), from)));
    if (starts && ends && !partOfNumber) found.push({ from, to });
  }
  return found;
}

interface Word {
  word: string;
  from: number;
  to: number;
}

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
    word: match[0].toLowerCase(),
    from: match.index,
    to: match.index + match[0].length,
  }));

/** The longest run of words that both have, by letters. */
function longestRun(text: string, value: string): Stretch | undefined {
  const hay = wordsOf(text);
  const needle = wordsOf(value);
  let best: (Stretch & { letters: number }) | undefined;
  let before = new Map<number, { start: number; letters: number }>();
  for (const { word } of needle) {
    const here: typeof before = new Map();
    for (const [at, candidate] of hay.entries()) {
      if (candidate.word !== word) continue;
      const run = before.get(at - 1);
      const start = run?.start ?? at;
      const letters = (run?.letters ?? 0) + word.length;
      here.set(at, { start, letters });
      if (letters >= SHORTEST_RUN && letters > (best?.letters ?? 0))
        best = { from: hay[start]!.from, to: candidate.to, letters };
    }
    before = here;
  }
  return best === undefined ? undefined : { from: best.from, to: best.to };
}
