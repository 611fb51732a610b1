/**
 * The check of a whole definition: every problem at once, each with its file, line and a way out.
 *
 * Reads the two documents of a workflow's folder, inlines what they name, and compiles them. Pure: the files come in as
 * texts. The rules of single values are in document.ts, those between sections in the other check-*.ts files.
 */
import type { z } from "zod";
import type { JsonObject } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import { checkExamples, checkLocal } from "./check-local.ts";
import { checkRelease } from "./check-release.ts";
import type { PartialRelease } from "./check-release.ts";
import { checkSchema } from "./check-schemas.ts";
import { checkWorkflow } from "./check-workflow.ts";
import type { PartialWorkflow } from "./check-workflow.ts";
import type { ReleaseDocument, WorkflowDocument } from "./document.ts";
import { releaseSections, workflowSections } from "./document.ts";
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

/** Checks and compiles the files of one workflow's folder, given as path and text. */
export function checkDefinition(files: Map<string, string>): Checked {
  const folder = openFolder(files);
  const problems: Problem[] = [];
  const reading = fileReading(folder, problems);
  const workflow = readDocument(folder, "workflow", workflowSections(reading), problems);
  const release = readDocument(folder, "release", releaseSections(reading), problems);

  const fields: Record<Side, FieldMap> = { input: undefined, output: undefined };
  if (release !== undefined) {
    const scope = openScope(release.source, fields, problems);
    for (const side of ["input", "output"] as const) fields[side] = readSchema(scope, folder, release, side);
    const fileAt = (path: PathPart[]) => textAt(release.source.value, path);
    checkRelease(scope, release.sections, fileAt(["prompt"]));
    checkLocal(scope, release.sections, fileAt);
    const examples = fileAt(["examples"]);
    const text = examples === undefined ? undefined : files.get(examples);
    if (examples !== undefined && text !== undefined) checkExamples(scope, release.sections, examples, text);
  }
  if (workflow !== undefined) checkWorkflow(openScope(workflow.source, fields, problems), workflow.sections);
  if (workflow !== undefined && release !== undefined) checkNames(workflow, release, problems);

  if (problems.length > 0 || workflow?.whole === undefined || release?.whole === undefined) {
    return { problems: sorted(problems) };
  }
  return { problems: [], workflow: workflow.whole, release: release.whole };
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
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return { source, whole: parsed.data, sections: parsed.data };
  problems.push(...problemsOfShape(parsed.error.issues, schema, source));
  return { source, whole: undefined, sections: sectionsOf(schema, source.value) };
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
  folder: Folder,
  release: Read<unknown, PartialRelease>,
  side: Side,
): FieldMap {
  const schema = release.sections[side];
  const file = textAt(release.source.value, [side]);
  if (schema === undefined || file === undefined) return undefined;
  const source = folder.source(file);
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
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<PathPart, unknown>)[part];
  }
  return typeof here === "string" ? here : undefined;
}
