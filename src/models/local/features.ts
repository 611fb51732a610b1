/**
 * Turns the input of a case into hashed features: word and character n-grams of its text fields, one token per category field.
 *
 * Language-neutral: case folding by Unicode ("STRASSE" equals "straße"), umlauts as two letters ("kündigung" equals
 * "kuendigung"), emoji as words. Pure. Which features count, and how much, is decided in vocabulary.ts.
 */
import type { JsonObject, JsonValue } from "../../contract/json.ts";

/** Features live in this many buckets; two n-grams that fall into one bucket count as the same. */
export const BUCKETS = 1 << 20;

/** Text beyond this many characters of one case is not read: long quoted threads add time, not knowledge. */
export const MAX_CHARACTERS = 20_000;

/** A run of letters longer than this (a token, an encoded blob) gives n-grams for its beginning only. */
const MAX_WORD = 40;

/** Lengths of the n-grams: on held-out parts of training data as good as longer ones, and a fifth smaller. */
const SHORTEST_GRAM = 2;
const LONGEST_GRAM = 4;

/** Which input fields are read, as dotted paths. */
export interface FieldSelection {
  /** Free text. Arrays on the way are read element by element. */
  textFields: string[];
  /** Enums and booleans: field and value together make one token. */
  categoryFields: string[];
}

/** The distinct features of one input. */
export interface FeatureCounts {
  /** Buckets of the text's n-grams, each once, and how often each occurred. */
  buckets: Int32Array;
  counts: Int32Array;
  /** Buckets of the category tokens. */
  categories: number[];
}

/** Makes the function that extracts features; it keeps its working memory, so one instance serves one thread. */
export function featureExtractor(fields: FieldSelection): (input: JsonObject) => FeatureCounts {
  const seen = new Int32Array(BUCKETS);
  let buckets = new Int32Array(4096);
  let size = 0;

  const add = (hash: number): void => {
    const bucket = bucketOf(hash);
    if (seen[bucket] === 0) {
      if (size === buckets.length) buckets = enlarged(buckets);
      buckets[size++] = bucket;
    }
    seen[bucket]!++;
  };

  return (input) => {
    size = 0;
    addText(readText(input, fields.textFields), add);
    // An empty text is something to learn from, too: where examples have it, it is a feature like any other.
    if (size === 0 && fields.textFields.length > 0) add(EMPTY);
    const counts = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      counts[i] = seen[buckets[i]!]!;
      seen[buckets[i]!] = 0;
    }
    return { buckets: buckets.slice(0, size), counts, categories: categories(input, fields.categoryFields) };
  };
}

function categories(input: JsonObject, categoryFields: string[]): number[] {
  const buckets = new Set<number>();
  for (const field of categoryFields) {
    for (const value of valuesAt(input, field.split("."))) {
      if (typeof value !== "object") buckets.add(bucketOf(hashText(CATEGORY, `${field}=${String(value)}`)));
    }
  }
  return [...buckets];
}

/** The folded text of all text fields, in the order of the fields, cut at the limit. Equal texts give equal features. */
export function readText(input: JsonObject, textFields: string[]): string {
  let text = "";
  for (const field of textFields) {
    for (const value of valuesAt(input, field.split("."))) {
      if (typeof value !== "string") continue;
      text += `${value.slice(0, MAX_CHARACTERS - text.length)}\n`;
      if (text.length >= MAX_CHARACTERS) return fold(text);
    }
  }
  return fold(text);
}

/** The words of a folded text: runs of letters and digits with their apostrophes, emoji, question and exclamation marks. */
export function words(folded: string): string[] {
  return folded.match(WORD) ?? [];
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*|\p{Extended_Pictographic}|[?!]/gu;
const UMLAUT: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue" };

function fold(text: string): string {
  // Upper case first: only that way does "ß" become "ss" as it does in text written in capitals.
  const folded = text.normalize("NFC").toUpperCase().toLowerCase();
  // Shouting ("!!!") says what one mark says, and must not make a known text look unknown.
  // Long numbers (orders, invoices, phones) are names, not meaning: only their length is kept.
  return folded
    .replace(/[äöü]/g, (letter) => UMLAUT[letter]!)
    .replace(/([?!])[?!]+/g, "$1")
    .replace(/\d{3,}/g, (digits) => "0".repeat(digits.length));
}

function addText(folded: string, add: (hash: number) => void): void {
  let previous = "";
  for (const word of words(folded)) {
    add(hashText(WORD_KIND, word));
    if (previous !== "") add(hashText(PAIR, `${previous} ${word}`));
    previous = word;
    addGrams(word, add);
  }
}

/** Character n-grams of one word with its borders marked, so that a prefix differs from the same letters inside. */
function addGrams(word: string, add: (hash: number) => void): void {
  const marked = ` ${word.slice(0, MAX_WORD)} `;
  for (let start = 0; start < marked.length; start++) {
    let hash = GRAM;
    const end = Math.min(marked.length, start + LONGEST_GRAM);
    for (let i = start; i < end; i++) {
      hash = Math.imul(hash ^ marked.charCodeAt(i), 0x01000193);
      if (i - start + 1 >= SHORTEST_GRAM) add(hash);
    }
  }
}

// Start values of the hash: the same letters as word, pair, n-gram or category are different features.
const WORD_KIND = 0x811c9dc5 | 0;
const PAIR = 0x2b4f1d37;
const GRAM = 0x5e9a7c11;
const CATEGORY = 0x13c6ef23;
const EMPTY = 0x6d1b0a59;

/** A well-spread 32-bit hash for folds and seeds: FNV-1a over UTF-16 code units, then mixed. */
export function spreadHash(start: number, text: string): number {
  return mix(hashText(start ^ WORD_KIND, text)) >>> 0;
}

/** FNV-1a over UTF-16 code units. */
function hashText(start: number, text: string): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function bucketOf(hash: number): number {
  return mix(hash) >>> 12;
}

/** Spreads the bits of an FNV hash (MurmurHash3's last step), as short n-grams leave its upper bits alike. */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** All values at a dotted path; arrays on the way are entered. Own properties only. */
function valuesAt(value: JsonValue, path: string[]): JsonValue[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === null ? [] : [value];
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
  return valuesAt(value[name]!, rest);
}

function enlarged(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
