/**
 * Finds the JSON object in what a language model wrote.
 *
 * Pure and strict: the object found is exactly a piece of the text, complete and valid; nothing is mended, closed or
 * guessed. A text that was cut off holds no object. Whether the object meets the output schema is checked elsewhere.
 */
import { isJsonObject, type JsonObject } from "../contract/json.ts";

export interface FoundObject {
  value: JsonObject;
  /** Where the object stands in the text, in UTF-16 units: `text.slice(start, end)` is its JSON. */
  start: number;
  end: number;
}

/** The object that a model answered: the first complete one, also inside code fences, prose or one JSON string. */
export function readAnswer(text: string): JsonObject | undefined {
  if (text.trimStart().startsWith('"')) {
    const inner = parsed(text);
    if (typeof inner === "string") return findObject(inner)?.value;
  }
  return findObject(text)?.value;
}

/** The first complete JSON object of a text with its place; undefined when there is none, or only a piece of one. */
export function findObject(text: string): FoundObject | undefined {
  const from = endOfThinking(text);
  if (from === undefined) return undefined;
  // An answer that is valid JSON of another kind, such as a list of objects, is not the object that was asked for.
  const first = text.slice(from).trimStart()[0];
  if (first !== undefined && first !== "{" && parsed(text.slice(from)) !== undefined) return undefined;

  for (let at = text.indexOf("{", from); at >= 0; at = text.indexOf("{", at)) {
    const next = text[skipSpace(text, at + 1)];
    if (next !== '"' && next !== "}") {
      // A brace of the prose: no JSON object begins like this.
      at += 1;
      continue;
    }
    const end = endOfNesting(text, at);
    // Begins like the answer and never ends: what stands inside is a fragment, not an answer.
    if (end === undefined) return undefined;
    const value = parsed(text.slice(at, end));
    if (isJsonObject(value)) return { value, start: at, end };
    at = end;
  }
  return undefined;
}

/**
 * Where the value of a field stands in the text of a JSON object: `[start, end)`.
 *
 * `json` must be valid JSON without anything around it; `path` holds keys and, for lists, indexes. Of a key that is
 * there twice the last one counts, as it does for `JSON.parse`.
 */
export function locate(json: string, path: readonly string[]): { start: number; end: number } | undefined {
  let at = skipSpace(json, 0);
  for (const step of path) {
    const next =
      json[at] === "{" ? member(json, at, step) : json[at] === "[" ? item(json, at, step) : undefined;
    if (next === undefined) return undefined;
    at = next;
  }
  return { start: at, end: endOfValue(json, at) };
}

/** Reasoning that a server left in the text is never the answer, whatever JSON it contains. */
function endOfThinking(text: string): number | undefined {
  const open = /^\s*<(think(?:ing)?)>/.exec(text);
  if (open === null) return 0;
  const close = `</${open[1]!}>`;
  const at = text.lastIndexOf(close);
  return at < 0 ? undefined : at + close.length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.trim());
  } catch {
    return undefined;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return at;
}

/** The index after the quote that closes the string opened at `at`. */
function endOfString(text: string, at: number): number | undefined {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === '"') return i + 1;
  }
  return undefined;
}

/** The index after the bracket that closes the one at `at`; brackets inside strings do not count. */
function endOfNesting(text: string, at: number): number | undefined {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const letter = text[i];
    if (letter === '"') {
      const end = endOfString(text, i);
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (letter === "{" || letter === "[") depth += 1;
    else if (letter === "}" || letter === "]") {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

function endOfValue(json: string, at: number): number {
  const letter = json[at];
  if (letter === '"') return endOfString(json, at) ?? json.length;
  if (letter === "{" || letter === "[") return endOfNesting(json, at) ?? json.length;
  let end = at;
  while (end < json.length && !/[\s,\]}]/.test(json[end]!)) end += 1;
  return end;
}

/** Where the value of the last member named `key` begins, in the object at `at`. */
function member(json: string, at: number, key: string): number | undefined {
  let found: number | undefined;
  let i = skipSpace(json, at + 1);
  while (json[i] === '"') {
    const end = endOfString(json, i) ?? json.length;
    const name: unknown = JSON.parse(json.slice(i, end));
    const value = skipSpace(json, skipSpace(json, end) + 1);
    if (name === key) found = value;
    i = skipSpace(json, endOfValue(json, value));
    if (json[i] === ",") i = skipSpace(json, i + 1);
  }
  return found;
}

/** Where the item with an index begins, in the list at `at`. */
function item(json: string, at: number, index: string): number | undefined {
  if (!/^\d{1,9}$/.test(index)) return undefined;
  let i = skipSpace(json, at + 1);
  for (let left = Number(index); i < json.length && json[i] !== "]"; left--) {
    if (left === 0) return i;
    i = skipSpace(json, endOfValue(json, i));
    if (json[i] === ",") i = skipSpace(json, i + 1);
  }
  return undefined;
}
