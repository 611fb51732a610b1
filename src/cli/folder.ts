/**
 * The folder of a workflow: its files as texts, checked, with the exact text of its examples.
 *
 * Every problem has a file and a line, also when a file that is named cannot be read as text.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { PilotageError } from "../contract/errors.ts";
import type { ReleaseDocument, WorkflowDocument } from "../definition/document.ts";
import type { Problem } from "../definition/problem.ts";
import { count } from "./text.ts";
import { unreadable } from "./reading.ts";

const LARGEST = 128 * 1024 * 1024;
const DEEPEST = 8;

interface Texts {
  texts: Map<string, string>;
  /** Files that are no text, with the reason. */
  unread: Map<string, string>;
}

/** Checks the folder. Throws wrong usage when the folder itself cannot be read. */
export async function checkFolder(
  folder: string,
): Promise<{
  problems: Problem[];
  workflow?: WorkflowDocument;
  release?: ReleaseDocument;
  texts: Map<string, string>;
}> {
  const { checkDefinition } = await import("../definition/check.ts");
  const { texts, unread } = await readFolder(folder);
  const checked = checkDefinition(texts);
  // Other files may lie in the folder; one that no document names harms nobody.
  const documents = ["workflow", "release"].flatMap((name) =>
    [".yaml", ".yml", ".json"].map((ending) => texts.get(name + ending) ?? ""),
  );
  const problems = [...unread]
    .filter(
      ([file]) =>
        /^(workflow|release)\.(ya?ml|json)$/.test(file) || documents.some((text) => text.includes(file)),
    )
    .map(([file, message]): Problem => ({
      file,
      line: 1,
      column: 1,
      path: "",
      message,
      expected: "a text in UTF-8",
    }));
  const files = new Set(problems.map(({ file }) => file));
  const rest = checked.problems.filter(
    (problem) =>
      !(files.has(problem.file) || [...files].some((file) => problem.message === `there is no file ${file}`)),
  );
  return { ...checked, problems: [...problems, ...rest], texts };
}

/** The compiled documents of a folder without a problem; throws `definition_invalid` with every problem otherwise. */
export async function definitionOf(
  folder: string,
  outcome: string,
): Promise<{ workflow: WorkflowDocument; release: ReleaseDocument; examples: string | undefined }> {
  const { formatProblems } = await import("../definition/problem.ts");
  const { problems, workflow, release, texts } = await checkFolder(folder);
  if (problems.length === 0 && workflow !== undefined && release !== undefined) {
    return { workflow, release, examples: examplesIn(texts, release) };
  }
  throw new PilotageError(
    "definition_invalid",
    `The definition in ${folder} has ${count(problems.length, "problem")}; ${outcome}.\n${formatProblems(problems)}`,
    { details: problems },
  );
}

function examplesIn(texts: Map<string, string>, release: ReleaseDocument): string | undefined {
  const wanted = release.examples?.digest;
  return wanted === undefined
    ? undefined
    : texts.values().find((text) => createHash("sha256").update(text, "utf8").digest("hex") === wanted);
}

async function readFolder(folder: string): Promise<Texts> {
  const found: Texts = { texts: new Map(), unread: new Map() };
  try {
    await gather(folder, "", 0, found);
  } catch (error) {
    throw unreadable(folder, error);
  }
  return found;
}

async function gather(root: string, below: string, depth: number, { texts, unread }: Texts): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (depth < DEEPEST) await gather(root, path, depth + 1, { texts, unread });
      continue;
    }
    const text = await readText(join(root, path));
    if (text === undefined) continue;
    if ("text" in text) texts.set(path, text.text);
    else unread.set(path, text.reason);
  }
}

/** A file or a link to one; undefined for what is no file. */
async function readText(path: string): Promise<{ text: string } | { reason: string } | undefined> {
  try {
    const about = await stat(path);
    if (!about.isFile()) return undefined;
    if (about.size > LARGEST) return { reason: "the file is larger than 128 MB" };
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch (error) {
    return { reason: error instanceof TypeError ? "the file is not valid UTF-8" : "the file cannot be read" };
  }
}
