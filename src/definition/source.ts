/**
 * One YAML or JSON file of a definition: its value, its syntax problems, and the line of every place in it.
 *
 * JSON files are read as YAML too, because that knows the lines, and as JSON, because that is stricter.
 */
import { LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import type { JsonValue } from "../contract/json.ts";
import type { Problem } from "./problem.ts";

export interface Place {
  line: number;
  column: number;
}

export type PathPart = string | number;

export interface Source {
  file: string;
  /** Plain JSON; `undefined` when the file cannot be read at all. */
  value: JsonValue | undefined;
  problems: Problem[];
  /** Where a value stands, or the nearest thing above it that does; with `key`, where its key stands. */
  placeOf(path: PathPart[], key?: "key"): Place;
  /** Where a character of a text value stands; for texts on several lines as near as their form allows. */
  placeInText(path: PathPart[], offset: number): Place;
}

/** Reads a file; never throws, a broken file has problems instead of a value. */
export function readSource(file: string, text: string): Source {
  const lines = new LineCounter();
  // YAML 1.2 core: no dates, no yes/no as booleans, no merge keys. Few aliases: a "billion laughs" file ends here.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: "1.2",
    schema: "core",
    stringKeys: true,
    logLevel: "error",
  });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const expected = file.endsWith(".json") ? "valid JSON" : "valid YAML";
  const problems = firstOfEachLine([...document.errors, ...document.warnings]).map(
    ({ offset, message }): Problem => ({ file, ...place(offset), path: "", message, expected }),
  );
  if (problems.length === 0) {
    for (const { offset, message } of oddNodes(document))
      problems.push({ file, ...place(offset), path: "", message, expected });
  }
  let value: JsonValue | undefined;
  if (problems.length === 0) {
    try {
      value = (file.endsWith(".json") ? JSON.parse(text) : document.toJS({ maxAliasCount: 50 })) as JsonValue;
    } catch (error) {
      const { offset, message } = syntaxFault(error);
      problems.push({ file, ...place(offset), path: "", message, expected });
    }
  }
  return {
    file,
    value,
    problems,
    placeOf(path, key) {
      const found = nodeAt(document, path, key === "key");
      return place(found?.range?.[0] ?? 0);
    },
    placeInText(path, offset) {
      const node = nodeAt(document, path, false);
      if (!isScalar(node) || node.range === undefined || node.range === null)
        return place(node?.range?.[0] ?? 0);
      return place(sourceOffset(text, node, offset));
    },
  };
}

interface Fault {
  offset: number;
  message: string;
}

/** One mistake often makes a parser stumble over every line that follows: the first few say enough. */
function firstOfEachLine(errors: { pos: [number, number]; code: string; message: string }[]): Fault[] {
  const tabs = errors.filter((error) => error.code === "TAB_AS_INDENT");
  const byPlace = new Map<number, Fault>();
  for (const { pos, message } of tabs.length > 0 ? tabs : errors) {
    if (!byPlace.has(pos[0]))
      byPlace.set(pos[0], {
        offset: pos[0],
        message: message.replace(/; please use.*$/s, "").replace(/\s+/g, " "),
      });
  }
  return [...byPlace.values()].slice(0, 5);
}

/** What YAML can say and JSON cannot: it would change its meaning, or vanish, on the way to the digest. */
function oddNodes(document: Document.Parsed): Fault[] {
  const faults: Fault[] = [];
  const tell = (node: Node, message: string) => faults.push({ offset: node.range?.[0] ?? 0, message });
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) === undefined) tell(node, `there is no anchor &${node.source} before this`);
    },
    Scalar(key, node) {
      if (typeof node.value === "number" && !Number.isFinite(node.value))
        tell(node, "JSON cannot hold this number");
      if (key === "key" && node.value === "__proto__") tell(node, "the key __proto__ is reserved");
    },
  });
  return faults;
}

function syntaxFault(error: unknown): Fault {
  const text = error instanceof Error ? error.message : String(error);
  const offset = Number(/position (\d+)/.exec(text)?.[1] ?? 0);
  return { offset, message: text.replace(/ in JSON at position.*$/s, "").replace(/\s+/g, " ") };
}

/** The node at a path, or the deepest one on the way to it. */
function nodeAt(document: Document.Parsed, path: PathPart[], wantKey: boolean): Node | undefined {
  let node: Node | undefined = document.contents ?? undefined;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (pair === undefined) return node;
      const last = index === path.length - 1;
      const value = pair.value as Node | null;
      node = (last && wantKey) || value === null ? (pair.key as Node) : value;
      if (last && wantKey) return node;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      if (item === undefined) return node;
      node = item;
    } else {
      return node;
    }
  }
  return node;
}

/** Where the n-th character of a scalar's value stands in the file. */
function sourceOffset(text: string, node: Scalar, offset: number): number {
  const [start, end] = node.range!;
  const source = text.slice(start, end);
  switch (node.type ?? "PLAIN") {
    case "QUOTE_SINGLE":
      return start + 1 + walk(source.slice(1), offset, /^''|^[^]/u);
    case "QUOTE_DOUBLE":
      return start + 1 + walk(source.slice(1), offset, /^\\u[0-9a-f]{4}|^\\x[0-9a-f]{2}|^\\[^]|^[^]/iu);
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED":
      return start + blockOffset(source, String(node.value), offset);
    case "PLAIN":
      return start + offset;
  }
  return start;
}

function walk(source: string, offset: number, unit: RegExp): number {
  let at = 0;
  for (let count = 0; count < offset && at < source.length;) {
    const found = unit.exec(source.slice(at))?.[0] ?? " ";
    at += found.length;
    // An escape stands for one character; a character outside the basic plane for two.
    count += found.startsWith("\\") || found === "''" ? 1 : found.length;
  }
  return at;
}

function blockOffset(source: string, value: string, offset: number): number {
  const before = value.slice(0, offset).split("\n");
  const sourceLines = source.split("\n");
  const first = sourceLines[1] ?? "";
  const indent = first.length - first.trimStart().length;
  const line = Math.min(before.length, sourceLines.length - 1);
  const start = sourceLines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  return start + indent + (before.at(-1)?.length ?? 0);
}
