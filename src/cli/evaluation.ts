/**
 * `pilotage evaluation`: labelled cases as sets. Making them is in evaluation-make.ts, what becomes of them in evaluation-end.ts;
 * what a release would have answered to them is asked in evaluate.ts.
 */
import type { Command } from "commander";
import { addCompare } from "./compare.ts";
import type { Desk } from "./desk.ts";
import { addExport, addMark, addRemove } from "./evaluation-end.ts";
import { addCollect, addImport, addRemap } from "./evaluation-make.ts";
import { kindOf, shownSet } from "./evaluation-shown.ts";
import { withExamples } from "./examples.ts";
import { rangeOf, shownRun, type Run } from "./run-shown.ts";
import { measured, moment, table } from "./text.ts";

export function addEvaluation(program: Command, desk: Desk): void {
  const group = program
    .command("evaluation")
    .description("Evaluation sets: labelled cases that a release is measured with before it gets cases.");
  addImport(group, desk);
  addCollect(group, desk);
  addRemap(group, desk);
  addList(group, desk);
  addShow(group, desk);
  addCompare(group, desk);
  addMark(group, desk);
  addExport(group, desk);
  addRemove(group, desk);
}

function addList(group: Command, desk: Desk): void {
  const command = group
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists the evaluation sets of a workflow, newest first.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).listEvaluationSets({ params: { workflow } });
      desk.out.result(reply, () =>
        table(
          ["set", "kind", "items", "looks", "made", "by"],
          reply.sets.map((set) => [
            `${set.name}@${set.version}`,
            kindOf(set),
            set.items - set.removed,
            set.looks,
            moment(set.importedAt),
            set.importedBy,
          ]),
          `${workflow} has no evaluation set yet: pilotage evaluation collect or import makes one.`,
        ),
      );
    });
  withExamples(command, "pilotage evaluation list support-triage");
}

function addShow(group: Command, desk: Desk): void {
  const command = group
    .command("show")
    .argument("<workflow>", "its name")
    .argument("<set>", "a name (its newest version), name@version, or the id of a set or of a run")
    .description("Shows a set with the runs over it, or one run.")
    .action(async (workflow: string, wanted: string) => {
      const client = await desk.client("read");
      if (wanted.startsWith("evr_")) {
        const run = await client.getEvaluation({ params: { run: wanted } });
        return desk.out.result(run, () => shownRun(run));
      }
      const set = await client.getEvaluationSet({ params: { workflow, set: wanted } });
      desk.out.result(set, () => `${shownSet(set)}\n${runsOf(set.runs)}`);
    });
  withExamples(
    command,
    "pilotage evaluation show support-triage tickets-may",
    "pilotage evaluation show support-triage evr_01hzy3v7k2e8t9qxw4m5n6p7r8",
  );
}

function runsOf(runs: Run[]): string {
  return table(
    ["run", "release", "step", "state", "n", "accuracy", "95 % range", "started"],
    runs.map((run) => [
      run.id,
      run.release,
      run.step,
      run.state,
      run.right + run.wrong,
      run.accuracy && measured(run.accuracy.value),
      rangeOf(run.accuracy),
      moment(run.startedAt),
    ]),
    "No release was evaluated on it yet: pilotage evaluate <workflow> --set <set> --as <person>",
  );
}
