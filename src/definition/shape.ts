/**
 * From zod's issues to problems that a person can act on.
 *
 * Finds the keys that a section knows, so that a misspelt one gets its suggestion, and the branch of a union that was
 * meant, so that one mistake is one problem.
 */
import { z } from "zod";
import { isJsonObject } from "../contract/json.ts";
import type { Problem } from "./problem.ts";
import type { Hint } from "./reading.ts";
import type { PathPart, Source } from "./source.ts";
import { closest } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

const MISSING = "is missing";

/** The problems of one document, with the lines of its file. */
export function problemsOfShape(issues: Issue[], schema: z.ZodType, source: Source): Problem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, [], schema, source));
  // A key that is missing because it is misspelt is one mistake.
  const meant = problems.flatMap(({ path, suggestion }) =>
    suggestion === undefined ? [] : [beside(path, suggestion)],
  );
  return problems.filter(({ path, message }) => message !== MISSING || !meant.includes(path));
}

function beside(path: string, name: string): string {
  return [...path.split(".").slice(0, -1), name].join(".");
}

function problemsOf(issue: Issue, prefix: PathPart[], schema: z.ZodType, source: Source): Problem[] {
  const path = [...prefix, ...issue.path.map(partOf)];
  const value = valueOf(source.value, path);
  const at = (message: string, hint: Hint, key?: "key", where = path): Problem => ({
    file: source.file,
    ...source.placeOf(where, key),
    path: where.join("."),
    message,
    ...hint,
  });
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, path, source.value);
      return issue.keys.map((name) => {
        const suggestion = closest(name, known);
        const hint = {
          expected: `one of ${known.join(", ")}`,
          ...(suggestion === undefined ? {} : { suggestion }),
        };
        return at(`unknown key ${name}`, hint, "key", [...path, name]);
      });
    }
    case "invalid_union":
      return unionProblems(issue, path, schema, source, at);
    case "invalid_key":
    case "invalid_element":
      return issue.issues.map((inner) =>
        at(inner.message, hintOf(inner) ?? { expected: "a valid name" }, "key"),
      );
    case "invalid_value": {
      const allowed = issue.values.map(String);
      if (value === undefined) return [missing(at, allowed)];
      const suggestion = typeof value === "string" ? closest(value, allowed) : undefined;
      const hint = { expected: oneOf(allowed), ...(suggestion === undefined ? {} : { suggestion }) };
      return [at(`${show(value)} is not known here`, hint)];
    }
    case "invalid_type":
      if (value === undefined) return [missing(at, [typeName(issue.expected)])];
      return [at(`${show(value)} is ${kindOf(value)}`, { expected: typeName(issue.expected) })];
    case "too_big":
      return [at(`${show(value)} is too large`, { expected: `at most ${String(issue.maximum)}` })];
    case "too_small":
      return [
        at(`${show(value)} is too small`, {
          expected: `${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}`,
        }),
      ];
    case "custom": {
      const hint = hintOf(issue);
      if (value === undefined && hint !== undefined) return [missing(at, [hint.expected])];
      return [at(issue.message, hint ?? { expected: "another value" })];
    }
    case "invalid_format":
    case "not_multiple_of":
      return [at(issue.message, { expected: "another value" })];
  }
  return [];
}

function missing(at: (message: string, hint: Hint) => Problem, expected: string[]): Problem {
  return at(MISSING, { expected: oneOf(expected) });
}

/** One mistake in one branch is what was meant; with no clear branch, what the branches want is listed. */
function unionProblems(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: PathPart[],
  schema: z.ZodType,
  source: Source,
  at: (message: string, hint: Hint) => Problem,
): Problem[] {
  const value = valueOf(source.value, path);
  const options = optionsAt(schema, path, source.value);
  if (isJsonObject(value)) {
    const meant = options
      .map((option, index) => ({ option, issues: issue.errors[index] ?? [] }))
      .filter(({ option }) => option instanceof z.ZodObject)
      .map((entry) => ({ ...entry, shared: sharedKeys(entry.option, value) }))
      .sort((a, b) => b.shared - a.shared || a.issues.length - b.issues.length)[0];
    if (meant !== undefined && (meant.shared > 0 || options.length === 1)) {
      return meant.issues.flatMap((inner) => problemsOf(inner, path, schema, source));
    }
  }
  if (value === undefined) return [at(MISSING, { expected: options.map(describe).join(", or ") })];
  // A scalar: the branch that read it and found it out of range says more than "is not known here".
  const told = issue.errors.flat().find((inner) => inner.code === "custom" && hintOf(inner) !== undefined);
  if (told !== undefined && !isJsonObject(value)) {
    const words = options.flatMap((option) => literalsOf(option));
    const suggestion = typeof value === "string" ? closest(value, words) : undefined;
    const hint = hintOf(told)!;
    const expected = [
      ...words,
      hint.expected,
      ...options.filter((option) => option instanceof z.ZodObject).map(describe),
    ].join(", or ");
    return [
      at(suggestion === undefined ? told.message : `${show(value)} is not known here`, {
        ...hint,
        expected,
        ...(suggestion === undefined ? {} : { suggestion }),
      }),
    ];
  }
  const words = options.flatMap((option) => literalsOf(option));
  const suggestion = typeof value === "string" ? closest(value, words) : undefined;
  const hint = {
    expected: options.map(describe).join(", or "),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  return [at(`${show(value)} is not known here`, hint)];
}

function sharedKeys(option: z.ZodType, value: object): number {
  const known = keysOf(option);
  return Object.keys(value).filter((key) => known.includes(key) || closest(key, known) !== undefined).length;
}

function literalsOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return [];
}

function describe(schema: z.ZodType): string {
  const words = literalsOf(schema);
  if (words.length > 0) return words.join(", ");
  const keys = keysOf(schema);
  return keys.length > 0 ? `{ ${keys[0]}: ... }` : "a percent such as 20 %";
}

function hintOf(issue: Issue): Hint | undefined {
  if (issue.code !== "custom" || typeof issue.params?.["expected"] !== "string") return undefined;
  const { expected, suggestion } = issue.params as { expected: string; suggestion?: string };
  return { expected, ...(suggestion === undefined ? {} : { suggestion }) };
}

function keysAt(schema: z.ZodType, path: PathPart[], value: unknown): string[] {
  const here = valueOf(value, path);
  const options = optionsAt(schema, path, value);
  if (options.length > 1 && isJsonObject(here))
    options.sort((a, b) => sharedKeys(b, here) - sharedKeys(a, here));
  return options[0] === undefined ? [] : keysOf(options[0]);
}

function keysOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schemas that may hold at a path: one, or the branches of a union; of branches on the way the one that fits best. */
function optionsAt(schema: z.ZodType, path: PathPart[], value: unknown): z.ZodType[] {
  const here = unwrap(schema);
  if (here instanceof z.ZodUnion) {
    const options = here.options.map((option) => unwrap(option as z.ZodType));
    if (path.length === 0 && !isJsonObject(value)) return options;
    const fitting = isJsonObject(value)
      ? options
          .filter((option) => option instanceof z.ZodObject)
          .sort((a, b) => sharedKeys(b, value) - sharedKeys(a, value))
      : options;
    return path.length === 0 ? options : optionsAt(fitting[0] ?? here, path, value);
  }
  const [part, ...rest] = path;
  if (part === undefined) return [here];
  const below = valueOf(value, [part]);
  if (here instanceof z.ZodObject) {
    const next = here.shape[String(part)] as z.ZodType | undefined;
    return next === undefined ? [] : optionsAt(next, rest, below);
  }
  if (here instanceof z.ZodArray) return optionsAt(here.element as z.ZodType, rest, below);
  if (here instanceof z.ZodRecord) return optionsAt(here.valueType as z.ZodType, rest, below);
  return [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  // A list that may lie in a file of its own: read first, then the list.
  if (schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform)
    return unwrap(schema.out as z.ZodType);
  return schema;
}

function partOf(part: PropertyKey): PathPart {
  return typeof part === "symbol" ? part.toString() : part;
}

function valueOf(value: unknown, path: PathPart[]): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<PathPart, unknown>)[part];
  }
  return here;
}

function oneOf(allowed: string[]): string {
  return allowed.length === 1 ? allowed[0]! : `one of ${allowed.join(", ")}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a section";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

const TYPE_NAMES: Record<string, string> = {
  object: "a section with keys",
  record: "a section with keys",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}
