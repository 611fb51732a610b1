/**
 * `defineWorkflow`: a definition written in TypeScript instead of YAML.
 *
 * It writes the same files' documents: the same words, units as people write them ("20 s", "5 %"), texts and schemas as
 * values instead of file names. The same definition has the same digest, however it was written.
 */
import type { z } from "zod";
import { PilotageError } from "../contract/errors.ts";
import { checkDefinition } from "./check.ts";
import type { ReleaseDocument, WorkflowDocument } from "./document.ts";
import { releaseSections, workflowSections } from "./document.ts";
import type { Problem } from "./problem.ts";
import { formatProblems } from "./problem.ts";
import { code } from "./reading.ts";

const workflowCode = workflowSections(code);
const releaseCode = releaseSections(code);

type WorkflowInput = z.input<typeof workflowCode>;
/** `examples` is the text of a JSON Lines file; its exact bytes are part of the release. */
export type ReleaseDefinition = Omit<z.input<typeof releaseCode>, "workflow">;

export interface WorkflowDefinition extends WorkflowInput {
  release: ReleaseDefinition;
}

export interface DefinedWorkflow {
  workflow: WorkflowDocument;
  release: ReleaseDocument;
  /** The files of a folder that says the same, by path: what `pilotage apply` reads. */
  files: Map<string, string>;
}

/** Gives a release that is written apart from its workflow its types; `defineWorkflow` checks it. */
export function defineRelease(release: ReleaseDefinition): ReleaseDefinition {
  return release;
}

/** Checks a definition and compiles it. Throws `definition_invalid` with every problem in the details. */
export function defineWorkflow(definition: WorkflowDefinition): DefinedWorkflow {
  const files = filesOf(definition);
  const { problems, workflow, release } = checkDefinition(files);
  if (workflow === undefined || release === undefined) {
    throw new PilotageError("definition_invalid", message(definition.workflow, problems), {
      details: problems,
    });
  }
  return { workflow, release, files };
}

function message(name: string, problems: Problem[]): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return `The definition of ${name} has ${count}:\n${formatProblems(problems)}`;
}

/** One file per text and schema, as an author would have written them, so that there is one check for both forms. */
function filesOf({ release: sections, ...workflow }: WorkflowDefinition): Map<string, string> {
  const files = new Map<string, string>();
  const write = (file: string, content: unknown) => {
    files.set(file, typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
    return file;
  };
  write("workflow.json", {
    ...workflow,
    ...(workflow.instructions === undefined
      ? {}
      : {
          instructions: named(workflow.instructions, (language, text) =>
            write(`instructions.${language}.md`, text),
          ),
        }),
    ...(workflow.deliveries === undefined
      ? {}
      : {
          deliveries: workflow.deliveries.map(({ disclosure, ...delivery }) => ({
            ...delivery,
            ...(disclosure === undefined
              ? {}
              : { disclosure: write(`disclosure.${delivery.name}.md`, disclosure) }),
          })),
        }),
  });
  // From JavaScript anything may be missing; the check says so better than a TypeError here.
  const { prompt, input, output, local, examples, confidence, ...rest }: Partial<ReleaseDefinition> =
    sections ?? {};
  write("release.json", {
    workflow: workflow.workflow,
    ...rest,
    ...(input === undefined ? {} : { input: write("input.schema.json", input) }),
    ...(output === undefined ? {} : { output: write("output.schema.json", output) }),
    ...(prompt === undefined ? {} : { prompt: write("prompt.liquid.md", prompt) }),
    ...(examples === undefined ? {} : { examples: write("examples.jsonl", examples) }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(confidence?.prompt === undefined
      ? {}
      : { confidence: { ...confidence, prompt: write("confidence.liquid.md", confidence.prompt) } }),
    ...(local === undefined
      ? {}
      : {
          local: named(local, (name, { drafts, ...model }) => ({
            ...model,
            ...(drafts === undefined
              ? {}
              : { drafts: named(drafts, (path, text) => write(`draft.${name}.${path}.liquid.md`, text)) }),
          })),
        }),
  });
  return files;
}

function named<V, W>(record: Record<string, V>, map: (name: string, value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]));
}
