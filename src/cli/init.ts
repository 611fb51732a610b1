/** `pilotage init`: a small, complete workflow to begin with. What is in it stands in starter.ts. */
import { mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { PilotageError } from "../contract/errors.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { unreadable, writeNew } from "./reading.ts";
import { STARTER_OWNER, starterFiles } from "./starter.ts";

export function addInit(program: Command, desk: Desk): void {
  const command = program
    .command("init")
    .argument("<folder>", "a folder that does not exist yet or is empty")
    .description(
      "Writes a small workflow that is complete: it learns from examples, needs no key and no network.",
    )
    .option("--name <name>", "the name of the workflow; default: the name of the folder")
    .action(async (folder: string, options: { name?: string }) => {
      const name = options.name ?? nameFrom(folder);
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 60) {
        throw misuse(
          `${JSON.stringify(name)} is no name of a workflow: lower-case letters, digits and hyphens, at most 60; choose one with --name`,
        );
      }
      await demandEmpty(folder);
      const files = starterFiles(name);
      for (const [path, text] of files) {
        const target = join(folder, path);
        await mkdir(dirname(target), { recursive: true });
        await writeNew(target, text);
      }
      desk.out.result({ workflow: name, folder: resolve(folder), files: [...files.keys()] }, () =>
        shown(name, folder, [...files.keys()]),
      );
    });
  withExamples(
    command,
    "pilotage init workflows/support-triage",
    "pilotage init intake --name claims-intake",
  );
}

function nameFrom(folder: string): string {
  return basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

async function demandEmpty(folder: string): Promise<void> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw unreadable(folder, error);
  }
  if (entries.length === 0) return;
  throw new PilotageError("conflict", `${folder} is not empty; nothing was written.`, {
    hint: "Name a folder that does not exist yet.",
  });
}

function shown(name: string, folder: string, files: string[]): string {
  return [
    `${name} is in ${folder}: ${files.join(", ")}.`,
    `Its owner is ${STARTER_OWNER}: put your own address into workflow.yaml, and in the place of <person> below.`,
    "Next, with the program running (`pilotage serve`):",
    `  pilotage check ${folder}`,
    `  pilotage apply ${folder} --as <person>`,
    `  pilotage publish ${folder} --as <person>`,
    "Until then people do the work. So that the release gets cases before there is a baseline:",
    `  pilotage waive ${name} baseline --reason "..." --as <person>`,
    `  pilotage waive ${name} works_council --reason "..." --as <person>`,
    `  pilotage share ${name} latest 20% --as <person>`,
  ].join("\n");
}
