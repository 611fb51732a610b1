/** `pilotage apply`: checks a workflow's definition and hands its operational part to the program. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { definitionOf } from "./folder.ts";
import { brief, table } from "./text.ts";

type Applied = Awaited<ReturnType<Client["applyWorkflow"]>>;

interface Options {
  takeFile?: boolean;
  dryRun?: boolean;
}

export function addApply(program: Command, desk: Desk): void {
  const command = program
    .command("apply")
    .argument("<folder>", "the folder with workflow.yaml and release.yaml")
    .description(
      "Applies a workflow: its structure follows the file, its dials stay as they are in force. Shows each dial that differs and those that wait for a second person.",
    )
    .option("--take-file", "let the dials follow the file; what loosens the watch waits for a second person")
    .option("--dry-run", "show what would change, change nothing")
    .action(async (folder: string, { takeFile = false, dryRun = false }: Options) => {
      const { workflow } = await definitionOf(folder, "nothing was applied");
      const client = await desk.client("change");
      const document = workflow as unknown as JsonObject;
      const applied = await client.applyWorkflow({
        params: { workflow: workflow.workflow },
        body: { document, takeFile, dryRun },
      });
      desk.out.result(applied, () => shown(applied, { takeFile, dryRun }));
    });
  withExamples(
    command,
    "pilotage apply workflows/support-triage --as j.okafor@example.com",
    "pilotage apply workflows/support-triage --dry-run --as j.okafor@example.com",
    "pilotage apply workflows/support-triage --take-file --as j.okafor@example.com",
  );
}

function shown(applied: Applied, { takeFile, dryRun }: { takeFile: boolean; dryRun: boolean }): string {
  const { workflow, created, changed, digest, differences, pending } = applied;
  const what = created ? "created" : changed ? "changed" : "unchanged";
  const lines = [
    `${workflow}: ${dryRun && what !== "unchanged" ? `would be ${what}` : what}, digest ${digest.slice(0, 12)}.`,
  ];
  if (differences.length > 0) {
    const rows = differences.map(({ setting, before, after, needsSecond }) => [
      setting,
      brief(before),
      brief(after),
      needsSecond,
    ]);
    lines.push(
      "",
      takeFile && !dryRun ? "Dials that follow the file:" : "Dials that differ:",
      table(["dial", "in force", "file", "second person"], rows, ""),
    );
    if (!takeFile) lines.push("They stay as they are in force; --take-file lets them follow the file.");
  }
  if (pending.length > 0) {
    lines.push(
      "",
      "These wait for a second person:",
      ...pending.map((change) => `  pilotage approve ${change} --as <another person>`),
    );
  }
  return lines.join("\n");
}
