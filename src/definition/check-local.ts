/** The checks of the built-in classifier: what it needs to learn, what it can answer, and the examples. */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { PartialRelease } from "./check-release.ts";
import { typesOf, type Field } from "./fields.ts";
import { isWithin } from "./path.ts";
import { inspectTemplate } from "./prompt.ts";
import type { SchemaProblem } from "./schema.ts";
import { compileSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { fieldNamed, suggesting } from "./scope.ts";
import type { PathPart } from "./source.ts";
import { closest } from "./suggest.ts";

const SHOWN = 20;

/** `files` gives the name of the file behind an inlined place, e.g. a draft. */
export function checkLocal(
  scope: Scope,
  release: PartialRelease,
  fileAt: (path: PathPart[]) => string | undefined,
): void {
  const declared = Object.keys(release.local ?? {});
  const used = usedLocals(release);
  for (const { name, place } of used) {
    if (declared.includes(name)) continue;
    const hint = suggesting(`a name under local, e.g. local: { ${name}: {} }`, closest(name, declared));
    scope.at(place, `there is no local model ${name}`, hint);
  }
  for (const name of declared) {
    // A step that could not be read may be the one that uses it.
    if (used.some((one) => one.name === name) || unread(scope, release)) continue;
    const expected = "a local model that model or fallback names";
    scope.at(["local", name], `the local model ${name} is never used`, { expected }, "key");
  }
  for (const [name, { drafts }] of Object.entries(release.local ?? {})) {
    for (const [path, text] of Object.entries(drafts ?? {})) {
      checkDraft(scope, ["local", name, "drafts", path], path, text, fileAt);
    }
  }
  const first = used[0];
  if (first === undefined) return;
  checkLearnable(scope, release, first.place);
  if (release.examples === undefined && !isNamed(scope, "examples")) {
    const expected = "examples: <file.jsonl>, lines of { input, output }";
    scope.at(first.place, "the local model learns from examples, and there are none", { expected });
  }
}

function unread(scope: Scope, release: PartialRelease): boolean {
  return release.model === undefined || (release.fallback === undefined && isNamed(scope, "fallback"));
}

function isNamed(scope: Scope, section: string): boolean {
  return isJsonObject(scope.source.value) && Object.hasOwn(scope.source.value, section);
}

function usedLocals({ model, fallback = [] }: PartialRelease): { name: string; place: PathPart[] }[] {
  const steps = [
    { step: model, place: ["model", "local"] as PathPart[] },
    ...fallback.map((step, index) => ({ step, place: ["fallback", index, "local"] as PathPart[] })),
  ];
  return steps.flatMap(({ step, place }) =>
    typeof step === "object" && "local" in step ? [{ name: step.local, place }] : [],
  );
}

function checkDraft(
  scope: Scope,
  place: PathPart[],
  path: string,
  text: string,
  fileAt: (path: PathPart[]) => string | undefined,
): void {
  const field = fieldNamed(scope, "output", path, place, { key: "key" });
  if (field !== undefined && !typesOf(field).includes("string")) {
    scope.at(
      place,
      `${path} is no text, so no draft can fill it`,
      { expected: "a text field of the output" },
      "key",
    );
  }
  const file = fileAt(place);
  if (file === undefined) return;
  const { uses, faults } = inspectTemplate(text, "draft");
  for (const { message, line, column } of faults) {
    scope.inFile(file, { line, column }, "", message, {
      expected: "a Liquid template over input, output and case",
    });
  }
  for (const use of uses) {
    const fields = use.root === "input" || use.root === "output" ? scope.fields[use.root] : undefined;
    if (fields === undefined || use.path === "" || use.computed) continue;
    const known = fields.has(use.path) || fields.has(use.path.replace(/\.(size|first|last)$/, ""));
    if (known) continue;
    const hint = suggesting(`a field of the ${use.root} schema`, closest(use.path, fields.keys()));
    scope.inFile(
      file,
      use,
      `${use.root}.${use.path}`,
      `the ${use.root} schema has no field ${use.path}`,
      hint,
    );
  }
}

/** One head per enum field named in `error.equal`; drafts fill texts; the rest the local model cannot answer. */
function checkLearnable(scope: Scope, release: PartialRelease, place: PathPart[]): void {
  const outputs = scope.fields.output;
  if (outputs === undefined || release.error === undefined) return;
  const learned = release.error.equal.filter((path) => outputs.get(path)?.enum !== undefined);
  if (learned.length === 0) {
    const expected = "at least one enum field of the output in error.equal";
    scope.at(place, "the local model learns enum fields, and error.equal names none", { expected });
    return;
  }
  const answered = [
    ...learned,
    ...Object.values(release.local ?? {}).flatMap(({ drafts }) => Object.keys(drafts ?? {})),
  ];
  for (const field of outputs.values()) {
    if (!isNeeded(field, outputs) || answered.some((path) => isWithin(path, field.path))) continue;
    const expected = "every required output field an enum in error.equal, or a text with a draft";
    scope.at(place, `the local model cannot answer the required field ${field.path}`, { expected });
  }
}

function isNeeded(field: Field, outputs: Map<string, Field>): boolean {
  if (!field.required || field.inList) return false;
  const parent = field.path.slice(0, Math.max(0, field.path.lastIndexOf(".")));
  return parent === "" || isNeeded(outputs.get(parent)!, outputs);
}

/** Every line must be `{ input, output }` after the schemas; suggestions may be left out of the output. */
export function checkExamples(scope: Scope, release: PartialRelease, file: string, text: string): void {
  const { input, output, suggestions = [] } = release;
  if (input === undefined || output === undefined) return;
  if (scope.fields.input === undefined || scope.fields.output === undefined) return;
  const checkInput = compileSchema(input);
  const checkOutput = compileSchema(withoutRequired(output, suggestions));
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  let broken = 0;
  let count = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    count++;
    const problems = lineProblems(line, checkInput, checkOutput);
    if (problems.length === 0) continue;
    broken++;
    if (broken > SHOWN) continue;
    for (const { path, message } of problems.slice(0, 3)) {
      const expected = '{"input": {...}, "output": {...}} after the schemas';
      scope.inFile(file, { line: index + 1, column: 1 }, path, message, { expected });
    }
  }
  if (broken > SHOWN) {
    const message = `${broken - SHOWN} more of ${count} lines are broken`;
    scope.inFile(file, { line: lines.length, column: 1 }, "", message, { expected: "no broken line" });
  }
  if (count === 0)
    scope.inFile(file, { line: 1, column: 1 }, "", "the file holds no example", {
      expected: "one example per line",
    });
}

function lineProblems(
  line: string,
  checkInput: (value: JsonValue) => SchemaProblem[],
  checkOutput: (value: JsonValue) => SchemaProblem[],
): SchemaProblem[] {
  let example: unknown;
  try {
    example = JSON.parse(line);
  } catch {
    return [{ path: "", message: "the line is not valid JSON" }];
  }
  if (!isJsonObject(example)) return [{ path: "", message: "the line is not an object" }];
  const { input, output } = example;
  if (input === undefined || output === undefined)
    return [{ path: "", message: "input or output is missing" }];
  return [
    ...checkInput(input).map((problem) => ({ ...problem, path: join("input", problem.path) })),
    ...checkOutput(output).map((problem) => ({ ...problem, path: join("output", problem.path) })),
  ];
}

function join(side: string, path: string): string {
  return path === "" ? side : `${side}.${path}`;
}

function withoutRequired(schema: JsonObject, optional: string[]): JsonObject {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    ...schema,
    required: required.filter((name) => !(typeof name === "string" && optional.includes(name))),
  };
}
