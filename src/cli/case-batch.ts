/**
 * `pilotage case batch`: many cases from JSON Lines, streamed.
 *
 * Every line is answered: admitted, duplicate, quarantined (kept, with its reason) or error (not taken). A long file
 * goes in several batches one after the other, so that its length is not limited.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT, unanswered } from "./exit.ts";
import { readLines, type Line } from "./lines.ts";
import { unreadable } from "./reading.ts";
import { count } from "./text.ts";

const LINES_PER_BATCH = 50_000;
const LONGEST_LINE = 48 * 1024 * 1024;
/** Lines that --json tells in full; the summary counts all. */
const MOST_TOLD = 1_000;

/** A line that became no case. */
interface Problem {
  line: number | null;
  status: "quarantined" | "error";
  code?: string | undefined;
  reason?: string | undefined;
  quarantineId?: string | undefined;
  message: string;
}

interface Summary {
  read: number;
  admitted: number;
  duplicate: number;
  quarantined: number;
  skipped: number;
  failed: number;
}

interface Run {
  summary: Summary;
  told: Problem[];
  tell(problem: Problem): void;
}

export function addCaseBatch(group: Command, desk: Desk): void {
  const command = group
    .command("batch")
    .argument("<workflow>", "its name")
    .argument("<file>", "JSON Lines, one case a line; - reads standard input")
    .description(
      "Hands in many cases, streamed. Sending a file again harms nothing: what is there already answers as a duplicate. Ends with 1 when a line failed.",
    )
    .action(async (workflow: string, file: string) => {
      const client = await desk.client("change");
      const run = openRun(desk);
      const progress = desk.out.progress();
      const source = await open(file, desk);
      try {
        for await (const batch of inBatches(readLines(source, LONGEST_LINE))) {
          await sendBatch(client, workflow, batch, run, () => progress.show(shownSummary(run.summary)));
        }
      } catch (error) {
        throw error instanceof TypeError ? brokeOff(run.summary, error) : error;
      } finally {
        progress.end();
        // After a refusal the rest is not read; an open standard input would keep the process alive.
        source.destroy();
      }
      if (run.summary.failed > 0) desk.exit = EXIT.failed;
      const problems = run.told;
      const notTold = run.summary.quarantined + run.summary.failed - problems.length;
      desk.out.result(
        { summary: run.summary, problems, ...(notTold > 0 ? { problemsNotTold: notTold } : {}) },
        () => shownSummary(run.summary),
      );
    });
  withExamples(
    command,
    "pilotage case batch support-triage tickets.ndjson --as j.okafor@example.com",
    "pilotage case batch support-triage - --key pil_key_01hzy3v7k2e8t9qxw4m5n6p7r8_secret",
  );
}

function openRun(desk: Desk): Run {
  const told: Problem[] = [];
  return {
    summary: { read: 0, admitted: 0, duplicate: 0, quarantined: 0, skipped: 0, failed: 0 },
    told,
    tell(problem) {
      if (told.length < MOST_TOLD) told.push(problem);
      const { line, status, code, reason, quarantineId, message } = problem;
      desk.out.line(
        `${line === null ? "batch" : `line ${line}`}: ${status} ${reason ?? code ?? ""}${quarantineId === undefined ? "" : ` ${quarantineId}`}: ${message}`,
      );
    },
  };
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

/** Cuts the stream; each batch must be read to its end before the next one is taken. */
async function* inBatches(lines: AsyncGenerator<Line>): AsyncGenerator<AsyncIterable<Line>> {
  for (let first = await lines.next(); first.done !== true; first = await lines.next()) {
    yield (async function* (line: Line) {
      yield line;
      for (let taken = 1; taken < LINES_PER_BATCH; taken++) {
        const next = await lines.next();
        if (next.done === true) return;
        yield next.value;
      }
    })(first.value);
  }
}

async function sendBatch(
  client: Client,
  workflow: string,
  batch: AsyncIterable<Line>,
  run: Run,
  moved: () => void,
): Promise<void> {
  const { summary } = run;
  let before: number | undefined;
  let faults = 0;
  const texts = (async function* () {
    for await (const line of batch) {
      before ??= line.number - 1;
      if ("text" in line) yield line.text;
      else {
        faults++;
        run.tell({
          line: line.number,
          status: "error",
          code: "bad_json",
          message: `${line.fault}; it was not sent.`,
        });
        // An empty line keeps the numbers of those that follow; the program skips it.
        yield "";
      }
    }
  })();
  let ended = false;
  for await (const answer of client.batch(workflow, texts)) {
    if (answer.summary !== undefined) {
      ended = true;
      const { skipped, failed, ...rest } = answer.summary;
      add(summary, { ...rest, skipped: skipped - faults, failed: failed + faults });
    } else if (answer.status === "quarantined" || answer.status === "error") {
      const { status, code, reason, quarantineId, message = "" } = answer;
      run.tell({
        line: answer.line === undefined ? null : answer.line + (before ?? 0),
        status,
        code,
        reason,
        quarantineId,
        message,
      });
      if (answer.line === undefined)
        throw new PilotageError("bad_request", message, {
          hint: "Send the file again; what is stored already answers as a duplicate.",
        });
    }
    moved();
  }
  if (!ended) throw brokeOff(summary, "no summary");
}

function add(total: Summary, part: Summary): void {
  for (const name of Object.keys(part) as (keyof Summary)[]) total[name] += part[name];
}

function brokeOff({ read }: Summary, cause: unknown): PilotageError {
  const hint = "Send the file again; what is stored already answers as a duplicate.";
  return unanswered(
    `The connection broke. ${count(read, "line")} had been answered in finished batches; of the lines after them some may be stored.`,
    hint,
    cause,
  );
}

function shownSummary({ read, admitted, duplicate, quarantined, skipped, failed }: Summary): string {
  return `${count(read, "line")} read: ${admitted} admitted, ${duplicate} duplicate, ${quarantined} quarantined, ${skipped} empty, ${failed} failed`;
}
