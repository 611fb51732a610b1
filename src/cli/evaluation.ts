/** `pilotage evaluation`: labelled cases as sets. What a release would have answered to them is asked in evaluate.ts. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Readable } from "node:stream";
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError, type ErrorCode, ERRORS } from "../contract/errors.ts";
import { addCompare } from "./compare.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { unanswered } from "./exit.ts";
import { unreadable } from "./reading.ts";
import { rangeOf, shownRun, type Run } from "./run-shown.ts";
import { count, facts, moment, rounded, table } from "./text.ts";

type SetReply = Awaited<ReturnType<Client["listEvaluationSets"]>>["sets"][number];

/** Lines that --json tells in full; the set itself counts all. */
const MOST_TOLD = 1_000;

export function addEvaluation(program: Command, desk: Desk): void {
  const group = program
    .command("evaluation")
    .description("Evaluation sets: labelled cases that a release is measured with before it gets cases.");
  addImport(group, desk);
  addList(group, desk);
  addShow(group, desk);
  addCompare(group, desk);
}

interface ImportOptions {
  name: string;
  development?: true;
  format?: "jsonl" | "csv";
}

function addImport(group: Command, desk: Desk): void {
  const command = group
    .command("import")
    .argument("<workflow>", "its name")
    .argument(
      "<file>",
      "JSON Lines with input and output, or CSV with their fields as columns; - reads standard input",
    )
    .description(
      "Makes a new version of a set. A line that cannot be used is named and left out, and so is one that says what an earlier one said.",
    )
    .requiredOption("--name <name>", "the name of the set; an old name makes its next version")
    .option("--development", "a set for tuning: its figures prove nothing and cannot certify")
    .addOption(
      new Option("--format <format>", "the form of the file; default: by its ending").choices([
        "jsonl",
        "csv",
      ]),
    )
    .action(async (workflow: string, file: string, options: ImportOptions) => {
      const client = await desk.client("change");
      const bytes = await open(file, desk);
      const progress = desk.out.progress();
      const told: { line: number; message: string }[] = [];
      const lines = client.importSet(
        workflow,
        {
          name: options.name,
          kind: options.development ? "development" : "sealed",
          format: options.format ?? (extname(file).toLowerCase() === ".csv" ? "csv" : "jsonl"),
          origin: file === "-" ? "standard input" : basename(file).slice(0, 200),
        },
        bytes,
      );
      try {
        for await (const { line, message = "", code, read, set, dropped = [] } of lines) {
          if (read !== undefined) progress.show(`${count(read, "line")} read`);
          if (code !== undefined) throw failed(code, message);
          if (line !== undefined) {
            desk.out.line(`line ${line}: left out: ${message}`);
            if (told.length < MOST_TOLD) told.push({ line, message });
          }
          if (set !== undefined) {
            progress.end();
            return desk.out.result({ set, leftOut: told, dropped }, () => imported(set, dropped));
          }
        }
      } finally {
        progress.end();
        bytes.destroy();
      }
      throw unanswered(
        "The connection broke before the set was complete; nothing of it was kept.",
        "Import the file again.",
        "no last line",
      );
    });
  withExamples(
    command,
    "pilotage evaluation import support-triage tickets.ndjson --name tickets-may --as j.okafor@example.com",
    "pilotage evaluation import support-triage - --name tuning --development --as j.okafor@example.com",
  );
}

async function open(file: string, desk: Desk): Promise<Readable> {
  if (file === "-") return desk.stdin;
  try {
    // Opened before anything is sent, so that a wrong name is told at once.
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  } catch (error) {
    throw unreadable(file, error);
  }
  return createReadStream(file);
}

function failed(code: string, message: string): PilotageError {
  return new PilotageError(code in ERRORS ? (code as ErrorCode) : "internal", message);
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
          ["set", "kind", "items", "looks", "imported", "by"],
          reply.sets.map((set) => [
            `${set.name}@${set.version}`,
            set.kind,
            set.items,
            set.looks,
            moment(set.importedAt),
            set.importedBy,
          ]),
          `${workflow} has no evaluation set yet: pilotage evaluation import makes one.`,
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

function imported(set: SetReply, dropped: string[]): string {
  return dropped.length === 0
    ? shownSet(set)
    : `${shownSet(set)}\nFields that no schema names were left out: ${dropped.join(", ")}`;
}

function shownSet(set: SetReply): string {
  const told = facts([
    ["kind", set.kind === "sealed" ? "sealed" : "development: cannot certify"],
    ["items", set.items],
    ["duplicates", set.duplicates === 0 ? "" : `${set.duplicates} left out`],
    ["refused", set.refused === 0 ? "" : `${count(set.refused, "line")} left out`],
    ["looks", set.looks],
    ["digest", set.digest],
    ["imported", `${moment(set.importedAt)} by ${set.importedBy} from ${set.origin}`],
  ]);
  return `${set.name}@${set.version} (${set.id})\n${told}`;
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
      rounded(run.accuracy?.value),
      rangeOf(run.accuracy),
      moment(run.startedAt),
    ]),
    "No release was evaluated on it yet: pilotage evaluate <workflow> --set <set> --as <person>",
  );
}
