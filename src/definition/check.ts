/**
 * The check of a whole definition: every problem at once, each with its file, line and a way out.
 *
 * Reads the two documents of a workflow's folder, inlines what they name, and compiles them; the server checks compiled
 * documents by the same rules. Pure: the files come in as texts. The rules of single values are in document.ts, those between sections in the other check-*.ts files.
 */
import type { z } from "zod";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import { checkCriteria } from "./check-criteria.ts";
import { checkConfidence } from "./check-confidence.ts";
import { checkExamples, checkLocal } from "./check-local.ts";
import { checkRelease } from "./check-release.ts";
import type { PartialRelease } from "./check-release.ts";
import { checkSchema } from "./check-schemas.ts";
import { checkFourEyes, checkWorkflow } from "./check-workflow.ts";
import type { PartialWorkflow } from "./check-workflow.ts";
import type { ReleaseDocument, WorkflowDocument } from "./document.ts";
import { releaseSchema, releaseSections, workflowSchema, workflowSections } from "./document.ts";
import type { Folder } from "./files.ts";
import { fileReading, openFolder } from "./files.ts";
import type { Problem } from "./problem.ts";
import { sorted } from "./problem.ts";
import type { FieldMap, Scope, Side } from "./scope.ts";
import { openScope, suggesting } from "./scope.ts";
import { problemsOfShape } from "./shape.ts";
import type { PathPart, Source } from "./source.ts";
import { closest } from "./suggest.ts";

export { formatProblems } from "./problem.ts";
export type { Problem } from "./problem.ts";

export interface Checked {
  /** Empty when the definition can be applied and published. */
  problems: Problem[];
  /** The compiled documents; only there when nothing is wrong. */
  workflow?: WorkflowDocument;
  release?: ReleaseDocument;
}

const ENDINGS = [".yaml", ".yml", ".json"];

/** Where the parts of a release lie that authors keep in files of their own; of a workflow only the criteria do. */
interface Parts {
  criteria: { source: Source; place: PathPart[] } | undefined;
  /** The file behind a place of the release; `undefined` when there is none. */
  fileAt(path: PathPart[]): string | undefined;
  source(file: string): Source;
  /** The exact text of the examples. */
  examples(file: string): string | undefined;
}

/** Checks and compiles the files of one workflow's folder, given as path and text. */
export function checkDefinition(files: Map<string, string>): Checked {
  // Half characters can be neither hashed nor stored; whatever else such a file says is not looked at.
  const broken = [...files].filter(([, text]) => !text.isWellFormed());
  if (broken.length > 0) return { problems: broken.map(([file, text]) => halfCharacter(file, text)) };
  const folder = openFolder(files);
  const problems: Problem[] = [];
  const reading = fileReading(folder, problems);
  const workflow = readDocument(folder, "workflow", workflowSections(reading), problems);
  const release = readDocument(folder, "release", releaseSections(reading), problems);

  const criteria = textAt(workflow?.source.value, ["criteria"]);
  checkSections(workflow, release, problems, {
    criteria:
      criteria === undefined
        ? workflow && { source: workflow.source, place: ["criteria"] }
        : { source: folder.source(criteria), place: [] },
    fileAt: (path) => textAt(release?.source.value, path),
    source: folder.source,
    examples: (file) => files.get(file),
  });

  if (problems.length > 0 || workflow?.whole === undefined || release?.whole === undefined) {
    return { problems: sorted(problems) };
  }
  return { problems: [], workflow: workflow.whole, release: release.whole };
}

function halfCharacter(file: string, text: string): Problem {
  const before = text.slice(0, text.search(/\p{Surrogate}/u)).split("\n");
  return {
    file,
    line: before.length,
    column: before.at(-1)!.length + 1,
    path: "",
    message: "half a character (a lone surrogate) stands here",
    expected: "text in UTF-8",
  };
}

/**
 * Checks compiled documents by the same rules, as they come to the server: without the folder they were written in.
 *
 * The `file` of a problem is then the document, or the part of it that authors keep in a file of its own (`input`,
 * `prompt`, `examples`); lines are told only inside texts.
 */
export function checkDocuments(given: {
  workflow?: unknown;
  release?: unknown;
  examples?: string | undefined;
}): Checked {
  const problems: Problem[] = [];
  const workflow =
    given.workflow === undefined
      ? undefined
      : readCompiled("workflow", given.workflow, workflowSchema, problems);
  const release =
    given.release === undefined ? undefined : readCompiled("release", given.release, releaseSchema, problems);
  const partAt = (path: PathPart[]) => valueAt(release?.source.value, path);
  checkSections(workflow, release, problems, {
    criteria: workflow && { source: workflow.source, place: ["criteria"] },
    fileAt: (path) => (partAt(path) === undefined ? undefined : path.join(".")),
    source: (file) => compiledSource(file, partAt([file])),
    examples: () => given.examples,
  });
  if (problems.length > 0) return { problems: sorted(problems) };
  return {
    problems: [],
    ...(workflow?.whole === undefined ? {} : { workflow: workflow.whole }),
    ...(release?.whole === undefined ? {} : { release: release.whole }),
  };
}

function checkSections(
  workflow: Read<unknown, PartialWorkflow> | undefined,
  release: Read<unknown, PartialRelease> | undefined,
  problems: Problem[],
  parts: Parts,
): void {
  const fields: Record<Side, FieldMap> = { input: undefined, output: undefined };
  if (release !== undefined) {
    const scope = openScope(release.source, fields, problems);
    for (const side of ["input", "output"] as const) fields[side] = readSchema(scope, parts, release, side);
    checkRelease(scope, release.sections, parts.fileAt(["prompt"]));
    checkConfidence(scope, release.sections, parts.fileAt(["confidence", "prompt"]));
    checkLocal(scope, release.sections, parts.fileAt);
    const examples = parts.fileAt(["examples"]);
    const text = examples === undefined ? undefined : parts.examples(examples);
    if (examples !== undefined && text !== undefined) checkExamples(scope, release.sections, examples, text);
  }
  if (workflow !== undefined) {
    const scope = openScope(workflow.source, fields, problems);
    checkWorkflow(scope, workflow.sections);
    const { input, output } = release?.sections ?? {};
    if (fields.input && fields.output && input && output)
      checkFourEyes(scope, workflow.sections, { input, output });
    if (parts.criteria !== undefined)
      checkCriteria(
        openScope(parts.criteria.source, fields, problems),
        parts.criteria.place,
        workflow.sections.criteria ?? [],
        { release: release?.sections, judges: (workflow.sections.judges ?? []).map(({ name }) => name) },
      );
  }
  if (workflow !== undefined && release !== undefined) checkNames(workflow, release, problems);
}

interface Read<Whole, Partial> {
  source: Source;
  /** The compiled document; `undefined` when a section is wrong. */
  whole: Whole | undefined;
  /** The sections that could be read: the checks go on with them. */
  sections: Partial;
}

function readDocument<S extends z.ZodObject>(
  folder: Folder,
  name: "workflow" | "release",
  schema: S,
  problems: Problem[],
): Read<z.output<S>, Partial<z.output<S>>> | undefined {
  const found = ENDINGS.map((ending) => `${name}${ending}`).filter((file) => folder.texts.has(file));
  const file = found[0];
  if (file === undefined) {
    const hint = suggesting(`a file ${name}.yaml`, closest(`${name}.yaml`, folder.texts.keys()));
    problems.push({
      file: `${name}.yaml`,
      line: 1,
      column: 1,
      path: "",
      message: "the file is missing",
      ...hint,
    });
    return undefined;
  }
  for (const other of found.slice(1)) {
    const expected = `one ${name} file`;
    problems.push({
      file: other,
      line: 1,
      column: 1,
      path: "",
      message: `there is ${file} as well`,
      expected,
    });
  }
  const source = folder.source(file);
  problems.push(...source.problems);
  if (source.problems.length > 0) return undefined;
  if (!isJsonObject(source.value)) {
    const message = source.value === null ? "the file is empty" : "the file is not a section with keys";
    problems.push({ file, line: 1, column: 1, path: "", message, expected: `the sections of a ${name}` });
    return undefined;
  }
  return readSections(source, source.value, schema, problems);
}

function readCompiled<S extends z.ZodObject>(
  name: "workflow" | "release",
  value: unknown,
  schema: S,
  problems: Problem[],
): Read<z.output<S>, Partial<z.output<S>>> | undefined {
  if (isJsonObject(value)) return readSections(compiledSource(name, value), value, schema, problems);
  problems.push({
    file: name,
    ...WHOLE,
    path: "",
    message: "the document is not an object",
    expected: `the sections of a ${name}`,
  });
  return undefined;
}

function readSections<S extends z.ZodObject>(
  source: Source,
  value: JsonObject,
  schema: S,
  problems: Problem[],
): Read<z.output<S>, Partial<z.output<S>>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { source, whole: parsed.data, sections: parsed.data };
  problems.push(...problemsOfShape(parsed.error.issues, schema, source));
  return { source, whole: undefined, sections: sectionsOf(schema, value) };
}

const WHOLE = { line: 1, column: 1 };

/** A document without a text that its author would know: its places have paths, no lines. */
function compiledSource(file: string, value: JsonValue | undefined): Source {
  return { file, value, problems: [], placeOf: () => WHOLE, placeInText: () => WHOLE };
}

/** Reads each section for itself, so that one wrong section does not hide what is wrong in the others. */
function sectionsOf<S extends z.ZodObject>(schema: S, value: JsonObject): Partial<z.output<S>> {
  const sections: [string, unknown][] = [];
  for (const [name, section] of Object.entries(schema.shape)) {
    const parsed = (section as z.ZodType).safeParse(Object.hasOwn(value, name) ? value[name] : undefined);
    if (parsed.success && parsed.data !== undefined) sections.push([name, parsed.data]);
  }
  return Object.fromEntries(sections) as Partial<z.output<S>>;
}

function readSchema(
  scope: Scope,
  parts: Parts,
  release: Read<unknown, PartialRelease>,
  side: Side,
): FieldMap {
  const schema = release.sections[side];
  const file = parts.fileAt([side]);
  if (schema === undefined || file === undefined) return undefined;
  const source = parts.source(file);
  return source.problems.length > 0 || !isJsonObject(source.value)
    ? undefined
    : checkSchema(scope, source, side, schema);
}

function checkNames(
  workflow: Read<unknown, PartialWorkflow>,
  release: Read<unknown, PartialRelease>,
  problems: Problem[],
): void {
  const [wanted, named] = [workflow.sections.workflow, release.sections.workflow];
  if (wanted === undefined || named === undefined || wanted === named) return;
  problems.push({
    file: release.source.file,
    ...release.source.placeOf(["workflow"]),
    path: "workflow",
    message: `the release belongs to ${named}, the workflow is ${wanted}`,
    expected: wanted,
  });
}

function textAt(value: unknown, path: PathPart[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : undefined;
}

function valueAt(value: unknown, path: PathPart[]): JsonValue | undefined {
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<PathPart, unknown>)[part];
  }
  return here as JsonValue | undefined;
}
