/** `pilotage evaluate`: a release answers the items of a set, and how many of them it had right. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { gather, whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { demandGate, gateOptions, judge, type GateOptions } from "./evaluate-gate.ts";
import { withExamples } from "./examples.ts";
import { newest } from "./share.ts";
import { shownRun, type MeasuredRun, type Run } from "./run-shown.ts";

const LOOK_EVERY = 250;

interface EvaluateOptions extends GateOptions {
  set: string;
  release: string;
  step: number;
  repeats: number;
  atOnce: number;
  metric?: string[];
  wait: boolean;
}

export function addEvaluate(program: Command, desk: Desk): void {
  const command = gateOptions(program.command("evaluate"))
    .argument("<workflow>", "its name")
    .description(
      "Lets a release answer every item of a set and compares the answers with the truth. The work goes on in the program when this command is broken off; asked again, it is followed again.",
    )
    .requiredOption("--set <set>", "the set: a name (its newest version) or name@version")
    .option("--release <release>", "the id of a release", "latest")
    .option("--step <step>", "which step of its chain answers; 0 is its own model", whole(0, 50), 0)
    .option("--repeats <count>", "how often each item is asked about; the majority counts", whole(1, 9), 1)
    .option("--at-once <count>", "questions under way at the same time", whole(1, 64), 8)
    .option(
      "--metric <metric>",
      'what is measured besides what counts as wrong, e.g. "recall category = billing"; may be given several times',
      gather,
    )
    .option("--no-wait", "do not wait until it is done")
    .action(async (workflow: string, { wait, ...options }: EvaluateOptions) => {
      demandGate(options, wait);
      const client = await desk.client("change");
      const release = options.release === "latest" ? await newest(client, workflow) : options.release;
      const evaluated = async (set: string, least: number, besides: string[]) => {
        const { step, atOnce, metric = [] } = options;
        const metrics = [...new Set([...metric, ...besides])];
        const repeats = Math.max(options.repeats, least);
        const body = { set, release, step, repeats, atOnce, metrics };
        const started = await client.startEvaluation({ params: { workflow }, body });
        return wait ? followed(client, started, desk) : started;
      };
      if (options.gate) return judge(client, desk, { workflow, release, evaluated }, options);
      const run = await evaluated(options.set, 1, []);
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
    "pilotage evaluate support-triage --set tickets-may --gate --groups performance --allow conditional --junit gate.xml --markdown gate.md --as j.okafor@example.com",
    'pilotage evaluate support-triage --set tickets-may --repeats 3 --metric "recall category = billing" --metric "latency p95" --as j.okafor@example.com',
    "pilotage evaluate support-triage --set tickets-may@2 --release rel_01hzy3v7k2e8t9qxw4m5n6p7r8 --step 1 --as j.okafor@example.com",
  );
}

async function followed(client: Client, started: Run, desk: Desk): Promise<MeasuredRun> {
  const progress = desk.out.progress();
  try {
    for (;;) {
      const run = await client.getEvaluation({ params: { run: started.id } });
      if (run.state !== "waiting" && run.state !== "running") return run;
      const { asked, of, secondsLeft } = run.progress;
      const about = secondsLeft === null ? "" : `, about ${secondsLeft} s left`;
      progress.show(`${asked} of ${of} answers, ${run.failed} items without one${about}`);
      await pause(LOOK_EVERY);
    }
  } finally {
    progress.end();
  }
}
