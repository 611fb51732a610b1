/** `pilotage evaluate`: a release answers the items of a set, and how many of them it had right. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { newest } from "./share.ts";
import { count, facts, moment, percent, rounded } from "./text.ts";

export type Run = Awaited<ReturnType<Client["getEvaluation"]>>;

const LOOK_EVERY = 250;

interface EvaluateOptions {
  set: string;
  release: string;
  step: number;
  wait: boolean;
}

export function addEvaluate(program: Command, desk: Desk): void {
  const command = program
    .command("evaluate")
    .argument("<workflow>", "its name")
    .description(
      "Lets a release answer every item of a set and compares the answers with the truth. The work goes on in the program when this command is broken off; asked again, it is followed again.",
    )
    .requiredOption("--set <set>", "the set: a name (its newest version) or name@version")
    .option("--release <release>", "the id of a release", "latest")
    .option("--step <step>", "which step of its chain answers; 0 is its own model", whole(0, 50), 0)
    .option("--no-wait", "do not wait until it is done")
    .action(async (workflow: string, { set, release, step, wait }: EvaluateOptions) => {
      const client = await desk.client("change");
      const started = await client.startEvaluation({
        params: { workflow },
        body: { set, release: release === "latest" ? await newest(client, workflow) : release, step },
      });
      const run = wait ? await followed(client, started, desk) : started;
      if (run.state === "failed")
        throw new PilotageError(
          "wrong_state",
          `The evaluation was given up: ${run.problem ?? "no reason is known"}`,
          { details: run },
        );
      desk.out.result(run, () => shownRun(run));
    });
  withExamples(
    command,
    "pilotage evaluate support-triage --set tickets-may --as j.okafor@example.com",
    "pilotage evaluate support-triage --set tickets-may@2 --release rel_01hzy3v7k2e8t9qxw4m5n6p7r8 --step 1 --as j.okafor@example.com",
  );
}

async function followed(client: Client, started: Run, desk: Desk): Promise<Run> {
  const progress = desk.out.progress();
  const begun = performance.now();
  const before = doneOf(started);
  let run = started;
  try {
    while (run.state === "waiting" || run.state === "running") {
      const seconds = (performance.now() - begun) / 1_000;
      const left = ((run.items - doneOf(run)) * seconds) / Math.max(1, doneOf(run) - before);
      const about = doneOf(run) > before ? `, about ${Math.ceil(left)} s left` : "";
      progress.show(`${doneOf(run)} of ${run.items} answered, ${run.failed} without an answer${about}`);
      await pause(LOOK_EVERY);
      run = await client.getEvaluation({ params: { run: run.id } });
    }
  } finally {
    progress.end();
  }
  return run;
}

function doneOf(run: Run): number {
  return run.answered + run.failed + run.leftOut;
}

/** A run with its figures, over several lines. */
export function shownRun(run: Run): string {
  const told = facts([
    ["set", `${run.setName}@${run.setVersion}, ${run.kind}`],
    ["release", `${run.release}, step ${run.step}`],
    ["state", run.state],
    ["problem", run.problem],
    [
      "accuracy",
      run.accuracy === null
        ? "no answers yet"
        : `${percent(Number(run.accuracy.value.toFixed(4)))} of ${run.answered} right, 95 % range ${rangeOf(run)}`,
    ],
    ["no answer", run.failed === 0 ? "" : count(run.failed, "item")],
    ["left out", run.leftOut === 0 ? "" : `${count(run.leftOut, "item")} that the release was trained with`],
    ["cost", costLine(run.cost)],
    ["time", run.meanMilliseconds === null ? "" : `${rounded(run.meanMilliseconds)} ms on average`],
    ["started", `${moment(run.startedAt)} by ${run.startedBy}`],
    ["finished", moment(run.finishedAt)],
  ]);
  return `${run.id}\n${told}`;
}

/** "85.1 % to 87.3 %"; empty without answers. */
export function rangeOf({ accuracy }: Run): string {
  if (accuracy === null) return "";
  return `${percent(Number(accuracy.lower.toFixed(4)))} to ${percent(Number(accuracy.upper.toFixed(4)))}`;
}

function costLine({ amount, currency, unknown }: Run["cost"]): string {
  const known = amount === null ? "" : `${amount} ${currency}`;
  if (unknown === 0) return known;
  return `${known === "" ? "unknown" : known}, ${unknown} items without a known price`;
}
