/** `pilotage evaluation mark|export|remove`: what becomes of a set. */
import { open, rm } from "node:fs/promises";
import type { Command } from "commander";
import { ERRORS, PilotageError, type ErrorCode } from "../contract/errors.ts";
import type { Desk } from "./desk.ts";
import { shownSet } from "./evaluation-shown.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { unreadable } from "./reading.ts";
import { count } from "./text.ts";

const SET = "a name (its newest version), name@version, or the id of a set";

export function addMark(group: Command, desk: Desk): void {
  const command = group
    .command("mark")
    .argument("<workflow>", "its name")
    .argument("<set>", SET)
    .description(
      "Makes a sealed set one for development, for good: it was tuned on, so it proves nothing more.",
    )
    .requiredOption("--development", "what it becomes; there is no way back")
    .requiredOption("--reason <text>", "stands in the audit log")
    .action(async (workflow: string, set: string, { reason }: { reason: string }) => {
      const client = await desk.client("change");
      const reply = await client.openEvaluationSet({ params: { workflow, set }, body: { reason } });
      desk.out.result(reply, () => shownSet(reply));
    });
  withExamples(
    command,
    'pilotage evaluation mark support-triage tickets-may --development --reason "The prompt was tuned on it" --as j.okafor@example.com',
  );
}

export function addExport(group: Command, desk: Desk): void {
  const command = group
    .command("export")
    .argument("<workflow>", "its name")
    .argument("<set>", SET)
    .description(
      "Writes the items of a set in clear, one {input, output} a line, as they can be imported again.",
    )
    .requiredOption("--to <file>", "a file that is not there yet; nobody else may read it")
    .option(
      "--open",
      "for a sealed set: it becomes one for development, because whoever has it can tune on it",
    )
    .action(async (workflow: string, set: string, { to, open: opens }: { to: string; open?: true }) => {
      const client = await desk.client("change");
      const lines = client.exportSet(workflow, set, { open: opens ? "true" : "false" });
      const items = await write(to, lines);
      desk.out.result({ file: to, items }, () => `${count(items, "item")} written to ${to}.`);
    });
  withExamples(
    command,
    "pilotage evaluation export support-triage tuning --to tuning.ndjson --as j.okafor@example.com",
  );
}

/** The file is made before anything is asked: asking opens a sealed set. A refusal leaves none behind. */
async function write(path: string, lines: AsyncIterable<Record<string, unknown>>): Promise<number> {
  const file = await create(path);
  let items = 0;
  try {
    for await (const line of lines) {
      if (typeof line["code"] === "string")
        throw new PilotageError(
          line["code"] in ERRORS ? (line["code"] as ErrorCode) : "internal",
          `The export broke off: ${String(line["message"])} Nothing was kept.`,
        );
      await file.write(`${JSON.stringify(line)}\n`);
      items++;
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return items;
}

async function create(path: string) {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw misuse(`${path} is there already; name a new file`);
    throw unreadable(path, error);
  }
}

export function addRemove(group: Command, desk: Desk): void {
  const command = group
    .command("remove")
    .argument("<workflow>", "its name")
    .argument("<set>", SET)
    .description("Destroys the items of a set and all answers to them. The counts of its runs stay.")
    .requiredOption("--reason <text>", "stands in the audit log")
    .action(async (workflow: string, set: string, { reason }: { reason: string }) => {
      const client = await desk.client("change");
      const reply = await client.removeEvaluationSet({ params: { workflow, set }, body: { reason } });
      desk.out.result(
        reply,
        () => `${count(reply.items, "item")} of ${reply.name}@${reply.version} destroyed.`,
      );
    });
  withExamples(
    command,
    'pilotage evaluation remove support-triage tickets-may --reason "Its time is over" --as e.brandt@example.com',
  );
}
