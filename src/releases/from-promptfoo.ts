/**
 * The tests of a promptfoo file as items: `vars` are the input, what an assertion says of the whole answer is the truth. Pure.
 *
 * Only `equals`, and `contains-json` or `is-json` with fixed values, say what would have been right; a test without one of
 * them is refused at its line. Other assertions beside them are told and left out. Nothing is run, rendered or fetched.
 */
import { isUtf8 } from "node:buffer";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { coerceTexts } from "../definition/coerce.ts";
import { fieldsOf } from "../definition/fields.ts";
import { sameJson, setAt } from "../definition/path.ts";
import { readSource } from "../definition/source.ts";
import { outputOf, type BareFields } from "./bare-fields.ts";
import { itemOf, type ReadItem } from "./evaluation-item.ts";

type Found = { ok: true; output: JsonObject; others: string[] } | { ok: false; message: string };

/** Every test with the line where it stands. Throws `bad_request` for a file that is none of promptfoo. */
export function* itemsFromPromptfoo(
  release: ReleaseView,
  fields: BareFields,
  bytes: Uint8Array,
): Generator<{ line: number; found: ReadItem }> {
  if (!isUtf8(bytes)) throw unusable("it is not valid UTF-8");
  const source = readSource(
    "promptfoo.yaml",
    Buffer.from(bytes)
      .toString("utf8")
      .replace(/^\uFEFF/, ""),
  );
  const [problem] = source.problems;
  if (problem) throw unusable(`line ${problem.line}: ${problem.message}`);
  const file = source.value;
  const tests = Array.isArray(file) ? file : isJsonObject(file) ? file["tests"] : undefined;
  if (!Array.isArray(tests))
    throw unusable(
      typeof tests === "string"
        ? "its tests are in another file, which is not read"
        : "it has no list `tests`",
    );
  const shared = isJsonObject(file) && isJsonObject(file["defaultTest"]) ? file["defaultTest"] : {};
  const path = (index: number) => (Array.isArray(file) ? [index] : ["tests", index]);
  for (const [index, test] of tests.entries())
    yield { line: source.placeOf(path(index)).line, found: itemFromTest(release, fields, shared, test) };
}

function itemFromTest(
  release: ReleaseView,
  fields: BareFields,
  shared: JsonObject,
  test: JsonValue,
): ReadItem {
  if (!isJsonObject(test))
    return { ok: false, message: "the test is no object (tests in other files are not read)" };
  const options = { ...object(shared["options"]), ...object(test["options"]) };
  const changed = ["transform", "transformVars", "postprocess"].find((name) => options[name] !== undefined);
  if (changed !== undefined)
    return { ok: false, message: `options.${changed} changes what is compared, and nothing is run here` };
  const input = inputFrom(release, fields, { ...object(shared["vars"]), ...object(test["vars"]) });
  if (!input.ok) return input;
  const truth = truthFrom(release, fields, [...list(shared["assert"]), ...list(test["assert"])]);
  if (!truth.ok) return truth;
  const read = itemOf(release, input.input, truth.output);
  return read.ok ? { ...read, dropped: [...read.dropped, ...input.dropped, ...truth.others] } : read;
}

function inputFrom(
  { document }: ReleaseView,
  fields: BareFields,
  vars: JsonObject,
): { ok: true; input: JsonObject; dropped: string[] } | { ok: false; message: string } {
  const known = new Map(fieldsOf(document.input).map((field) => [field.path, field]));
  const input: JsonObject = {};
  const dropped: string[] = [];
  const names = Object.keys(vars);
  for (const [name, value] of Object.entries(vars)) {
    // One variable under a name of its own is the text, where it is known which field that is.
    const path = known.has(name) ? name : names.length === 1 ? fields.input : undefined;
    if (path === undefined) {
      dropped.push(`vars.${name}`);
      continue;
    }
    const problem = written(value) ?? matrix(value, known.get(path)?.types ?? []);
    if (problem !== undefined) return { ok: false, message: `vars.${name}: ${problem}` };
    setAt(input, path, value);
  }
  return { ok: true, input: coerceTexts(document.input, input) as JsonObject, dropped };
}

function matrix(value: JsonValue, types: string[]): string | undefined {
  return Array.isArray(value) && !types.includes("array")
    ? "a list of values makes several tests; write each of them out"
    : undefined;
}

/** What would be read or rendered when promptfoo runs. */
function written(value: JsonValue): string | undefined {
  if (typeof value === "string") {
    if (/^(file|exec|package|https?):\/\//.test(value))
      return "it stands in another place, which is not read";
    return /\{\{|\{%/.test(value) ? "it is a template, and nothing is rendered here" : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const one of Object.values(value)) {
    const problem = written(one);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function truthFrom({ document }: ReleaseView, fields: BareFields, asserts: JsonValue[]): Found {
  const truths: JsonObject[] = [];
  const others: string[] = [];
  let why =
    "the test says not what would have been right: it has no `equals`, `contains-json` or `is-json` with fixed values";
  for (const one of asserts) {
    const type = isJsonObject(one) && typeof one["type"] === "string" ? one["type"] : "one without a type";
    const value = isJsonObject(one) ? one["value"] : undefined;
    const found = value === undefined ? undefined : answerOf(document, fields, type, value);
    if (found?.ok) truths.push(found.output);
    else {
      others.push(`assert ${type}`);
      if (found) why = `assert ${type}: ${found.message}`;
    }
  }
  const [first, ...more] = truths;
  if (first === undefined) return { ok: false, message: why };
  if (more.some((one) => !sameJson(one, first)))
    return {
      ok: false,
      message: "its assertions name different answers; an item has one that would have been right",
    };
  return { ok: true, output: first, others };
}

/** Undefined for an assertion that says something else about an answer than what it is. */
function answerOf(
  document: ReleaseView["document"],
  fields: BareFields,
  type: string,
  value: JsonValue,
): { ok: true; output: JsonObject } | { ok: false; message: string } | undefined {
  if (type !== "equals" && type !== "contains-json" && type !== "is-json") return undefined;
  const problem = written(value);
  if (problem !== undefined) return { ok: false, message: problem };
  if (type === "equals") {
    const read = outputOf(document, fields, value);
    return read.ok ? { ok: true, output: coerceTexts(document.output, read.output) as JsonObject } : read;
  }
  if (!isJsonObject(value)) return { ok: false, message: "its value is no object" };
  const output = fixedValues(value) ?? (isSchema(value) ? undefined : value);
  return output === undefined
    ? { ok: false, message: "its schema leaves open what the answer is; `const` says it" }
    : { ok: true, output };
}

/** promptfoo takes the value of these two for a JSON Schema. One with fixed values says what the answer is. */
function fixedValues(schema: JsonObject): JsonObject | undefined {
  const fixed: JsonObject = {};
  for (const [name, property] of Object.entries(object(schema["properties"]))) {
    const { const: value, enum: values, properties } = object(property);
    const below = properties === undefined ? undefined : fixedValues(object(property));
    if (value !== undefined) fixed[name] = value;
    else if (Array.isArray(values) && values.length === 1) fixed[name] = values[0]!;
    else if (below !== undefined) fixed[name] = below;
  }
  return Object.keys(fixed).length === 0 ? undefined : fixed;
}

function isSchema(value: JsonObject): boolean {
  return ["$schema", "properties", "required", "additionalProperties", "allOf", "anyOf", "oneOf"].some(
    (keyword) => Object.hasOwn(value, keyword),
  );
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function unusable(why: string): PilotageError {
  return new PilotageError(
    "bad_request",
    `This is no file of promptfoo that can be read: ${why}. Nothing was imported.`,
    { hint: "It needs a list `tests`, each with `vars` and an assertion `equals`." },
  );
}
