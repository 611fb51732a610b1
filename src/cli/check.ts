/** `pilotage check`: every problem of a definition at once, with file and line. Needs no running program. */
import type { Command } from "commander";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { checkFolder } from "./folder.ts";
import { count } from "./text.ts";

export function addCheck(program: Command, desk: Desk): void {
  const command = program
    .command("check")
    .argument("<folder>", "the folder with workflow.yaml and release.yaml")
    .description("Checks a workflow's definition and names every problem. Ends with 3 when there is one.")
    .action(async (folder: string) => {
      const { formatProblems } = await import("../definition/problem.ts");
      const { problems, workflow } = await checkFolder(folder);
      if (problems.length > 0) desk.exit = EXIT.found;
      desk.out.result({ ok: problems.length === 0, problems }, () =>
        problems.length === 0
          ? `The definition of ${workflow!.workflow} is good.`
          : `${formatProblems(problems)}\n${count(problems.length, "problem")} found.`,
      );
    });
  withExamples(
    command,
    "pilotage check workflows/support-triage",
    "pilotage check workflows/support-triage --json",
  );
}
