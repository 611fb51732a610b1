/** `pilotage quarantine replay`: one record, corrected or as it is, or all open ones of one reason. */
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError, type ErrorCode } from "../contract/errors.ts";
import { QUARANTINE_REASONS, type QuarantineReason } from "../contract/quarantine.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT, misuse } from "./exit.ts";
import { readJson } from "./reading.ts";
import { count } from "./text.ts";

interface Options {
  input?: string;
  externalId?: string;
  reason?: QuarantineReason;
  workflow?: string;
}

interface Summary {
  tried: number;
  admitted: number;
  duplicate: number;
  /** Still in quarantine. */
  failed: number;
}

/** Errors of one record; any other ends the run. */
const OF_THE_RECORD: readonly ErrorCode[] = [
  "bad_input",
  "conflict",
  "wrong_state",
  "not_found",
  "too_large",
];

export function addReplay(group: Command, desk: Desk): void {
  const command = group
    .command("replay")
    .argument("[record]", "the id of one record; without it, all open ones of a --reason are replayed")
    .description(
      "Lets a record go through intake again, corrected or as it is. Of many, those that still fail stay in quarantine, and the command ends with 1.",
    )
    .option("--input <file>", "the corrected input of the one record as JSON; - reads standard input")
    .option("--external-id <id>", "the corrected id of the one record")
    .addOption(reasonOption())
    .option("--workflow <workflow>", "whose records, with --reason")
    .action(async (id: string | undefined, options: Options) => {
      if (id === undefined) return replayMany(desk, options);
      if (options.reason !== undefined || options.workflow !== undefined)
        throw misuse("--reason and --workflow choose many records; a single one needs neither");
      return replayOne(desk, id, options);
    });
  withExamples(
    command,
    "pilotage quarantine replay qua_01hzy3v7k2e8t9qxw4m5n6p7r8 --input corrected.json --as j.okafor@example.com",
    "pilotage quarantine replay --reason schema_mismatch --workflow support-triage --as j.okafor@example.com",
  );
}

/** `--reason`, of those for which records are kept. */
export function reasonOption(): Option {
  return new Option("--reason <reason>", "only with this reason").choices(Object.keys(QUARANTINE_REASONS));
}

async function replayOne(desk: Desk, id: string, { input, externalId }: Options): Promise<void> {
  const body = {
    ...(input === undefined ? {} : { input: await readJson(input, desk.stdin) }),
    ...(externalId === undefined ? {} : { externalId }),
  };
  const receipt = await (
    await desk.client("change")
  ).replayQuarantined({ params: { id }, body: body as { externalId?: string } });
  desk.out.result(
    receipt,
    () => `${id} ${receipt.status === "admitted" ? "became" : "is the same as"} ${receipt.caseId}.`,
  );
}

async function replayMany(desk: Desk, { input, externalId, reason, workflow }: Options): Promise<void> {
  if (reason === undefined || workflow === undefined)
    throw misuse("name one record, or --reason and --workflow for many");
  if (input !== undefined || externalId !== undefined)
    throw misuse("--input and --external-id correct a single record; name it");
  const client = await desk.client("change");
  const progress = desk.out.progress();
  const summary: Summary = { tried: 0, admitted: 0, duplicate: 0, failed: 0 };
  try {
    let before: string | undefined;
    do {
      const page = await client.listQuarantine({
        params: { workflow },
        query: { state: "open", reason, limit: 500, ...(before === undefined ? {} : { before }) },
      });
      for (const { id } of page.records) {
        summary.tried++;
        await replayOfMany(client, id, summary, desk);
        progress.show(shown(summary));
      }
      before = page.next ?? undefined;
    } while (before !== undefined);
  } finally {
    progress.end();
  }
  if (summary.failed > 0) desk.exit = EXIT.failed;
  desk.out.result(summary, () => shown(summary));
}

async function replayOfMany(client: Client, id: string, summary: Summary, desk: Desk): Promise<void> {
  try {
    summary[(await client.replayQuarantined({ params: { id }, body: {} })).status]++;
  } catch (error) {
    if (!(error instanceof PilotageError) || !OF_THE_RECORD.includes(error.code)) throw error;
    summary.failed++;
    desk.out.line(`${id}: ${error.message}`);
  }
}

function shown({ tried, admitted, duplicate, failed }: Summary): string {
  return `${count(tried, "record")} replayed: ${admitted} admitted, ${duplicate} duplicate, ${failed} still in quarantine`;
}
