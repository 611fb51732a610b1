/**
 * A text as recognisers read it: what looks like a digit, a blank or a hyphen is one, and what nobody sees is gone.
 *
 * So that an IBAN with no-break spaces, zero-width letters or full-width digits is still one, and an address within JSON or
 * HTML, whose letters may be written as escapes. Pure and linear; a text in which nothing of that kind stands is taken as
 * it is. Places are told in code units of the original.
 */

export interface Folded {
  text: string;
  /** The stretch of the original behind a stretch of the folded text. */
  original(start: number, end: number): { start: number; end: number };
}

/** The names that HTML has for what may stand within a number or an address, in lower case. */
const NAMED: Readonly<Record<string, string>> = {
  ...named(" ", "nbsp ensp emsp emsp13 emsp14 thinsp hairsp numsp puncsp nonbreakingspace tab newline"),
  ...named("", "shy zwj zwnj zerowidthspace nobreak lrm rlm"),
  ...named("-", "hyphen dash ndash mdash horbar minus"),
  ...named("@", "commat"),
  ...named(".", "period"),
  ...named("/", "sol"),
  ...named("_", "lowbar"),
  ...named("+", "plus"),
  ...named(":", "colon"),
  ...named("(", "lpar"),
  ...named(")", "rpar"),
  ...named("[", "lsqb lbrack"),
  ...named("]", "rsqb rbrack"),
};

/** Of HTML, also within HTML. Without its end only what nothing else would be: the names of old, visible letters by number. */
const ENTITY = `&(?:amp;){0,3}(?:#(?:x[0-9a-f]{1,8}|\\d{1,8});|(?:${Object.keys(NAMED).join("|")});|nbsp|shy|#0{0,5}(?:3[2-9]|[4-9]\\d|1[01]\\d|12[0-6]|160|173)(?!\\d)|#x0{0,5}(?:[2-6][0-9a-f]|7[0-9a-e]|a0|ad)(?!\\d))`;

/**
 * Escapes of JSON (also within JSON), of HTML and of addresses; invisible letters, blanks, hyphens and digits of other
 * scripts; letters in other shapes (full-width, bold, circled).
 */
const ODD = new RegExp(
  String.raw`\\{1,4}(?:u[0-9a-f]{4}|[nrt\/])|${ENTITY}|%(?:40|20|2b|2d|2e)|\p{Default_Ignorable_Code_Point}|\p{Cf}|[\u20e3]|[[\p{Zs}\u2028\u2029]--[ ]]|[[\p{Pd}\u2212]--[\-]]|[\p{Nd}--[0-9]]|[\uff01-\uff5e\ufe50-\ufe6b\u2460-\u2473\u24b6-\u24e9\u2024\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]|[\u{1d400}-\u{1d7ff}]`,
  "giv",
);
/** Nearly every text has none of them. */
const ANY_ODD = new RegExp(ODD.source, "iv");

const INVISIBLE = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cf}|\u20e3)$/u;
const BLANK = /^[\p{Zs}\u2028\u2029]$/u;
const HYPHEN = /^[\p{Pd}\u2212]$/u;
const DIGIT = /^\p{Nd}$/u;

interface Place {
  from: number;
  letters: number;
  was: number;
  units: number;
}

export function fold(text: string): Folded {
  if (!ANY_ODD.test(text)) return { text, original: (start, end) => ({ start, end }) };
  const places: Place[] = [];
  let folded = "";
  let done = 0;
  for (const match of text.matchAll(ODD)) {
    const [odd] = match;
    folded += text.slice(done, match.index);
    const plain = plainOf(odd);
    places.push({ from: folded.length, letters: plain.length, was: match.index, units: odd.length });
    folded += plain;
    done = match.index + odd.length;
  }
  folded += text.slice(done);

  /** The last change for which `stands` holds; they are in order. */
  function last(stands: (place: Place) => boolean): Place | undefined {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stands(places[middle]!)) low = middle + 1;
      else high = middle;
    }
    return places[low - 1];
  }
  return {
    text: folded,
    original(start, end) {
      const before = last((place) => place.from <= start);
      const within = last((place) => place.from < end);
      return {
        start:
          before === undefined
            ? start
            : start < before.from + before.letters
              ? before.was
              : before.was + before.units + (start - before.from - before.letters),
        end:
          within === undefined
            ? end
            : within.was + within.units + Math.max(0, end - within.from - within.letters),
      };
    },
  };
}

function plainOf(odd: string): string {
  if (odd.length > 2 || odd.startsWith("\\")) return escaped(odd);
  if (INVISIBLE.test(odd)) return "";
  if (BLANK.test(odd)) return " ";
  if (HYPHEN.test(odd)) return "-";
  const plain = odd.normalize("NFKC");
  return DIGIT.test(plain) && !/^[0-9]$/.test(plain) ? String(valueOf(plain)) : plain;
}

function escaped(odd: string): string {
  if (/^\\+[nrt]$/.test(odd)) return " ";
  if (odd.endsWith("/")) return "/";
  const name = /^&(?:amp;)*([a-z][a-z\d]*);?$/i.exec(odd)?.[1];
  if (name !== undefined) return NAMED[name.toLowerCase()]!;
  const [, hexadecimal, decimal] = /(?:u|#x|%)([0-9a-f]+);?$|#(\d+);?$/i.exec(odd)!;
  const point = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  // A letter that cannot be one is told apart from all others.
  const letter = point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
  return ANY_ODD.test(letter) ? plainOf(letter) : letter;
}

function named(plain: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, plain]));
}

/** Digits of a script stand in one row from 0 to 9. */
function valueOf(digit: string): number {
  const point = digit.codePointAt(0)!;
  let value = 0;
  while (DIGIT.test(String.fromCodePoint(point - value - 1))) value++;
  return value % 10;
}
