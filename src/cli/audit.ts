/**
 * `pilotage audit`: where the audit log stands, the events of a case, and the export. Verification is in audit-verify.ts.
 */
import { InvalidArgumentError, type Command } from "commander";
import type { AuditStatus } from "../contract/audit.ts";
import { whole } from "./arguments.ts";
import { writeBundle } from "./audit-bundle.ts";
import { addCheck, addVerify, problemsOf, textIn } from "./audit-verify.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { count, facts, moment, table } from "./text.ts";

export function addAudit(program: Command, desk: Desk): void {
  const group = program
    .command("audit")
    .description("The audit log: where it stands, its export, and its verification.");
  addStatus(group, desk);
  addCheckpoint(group, desk);
  addShow(group, desk);
  addExport(group, desk);
  addVerify(program, group, desk);
  addCheck(group, desk);
}

function addStatus(group: Command, desk: Desk): void {
  const command = group
    .command("status")
    .description("Shows the size of the log, its last checkpoint, what waits, and who may touch it.")
    .action(async () => {
      const reply = await (await desk.client("read")).getAudit();
      desk.out.result(reply, () => shown(reply));
    });
  withExamples(command, "pilotage audit status", "pilotage audit status --json");
}

function addCheckpoint(group: Command, desk: Desk): void {
  const command = group
    .command("checkpoint")
    .description(
      "Prints the last signed checkpoint. Keep one a day where nobody who runs the database can change it.",
    )
    .action(async () => {
      const { checkpoint } = await (await desk.client("read")).getAudit();
      desk.out.result(checkpoint, () => checkpoint?.note.trimEnd() ?? "There is no checkpoint yet.");
    });
  withExamples(command, "pilotage audit checkpoint", "pilotage audit checkpoint --json");
}

function addShow(group: Command, desk: Desk): void {
  const command = group
    .command("show")
    .description("Lists the events of one case, oldest first.")
    .requiredOption("--case <id>", "the case")
    .option("--limit <events>", "how many at most", whole(1, 500), 100)
    .option("--after <event>", "the id after which the list begins")
    .action(async (options: { case: string; limit: number; after?: string }) => {
      const { case: id, ...query } = options;
      const reply = await (await desk.client("read")).listAuditEvents({ params: { case: id }, query });
      desk.out.result(reply, () =>
        table(
          ["event", "at", "kind", "who", "data"],
          reply.events.map((event) => {
            const { actor, data } = JSON.parse(event.body) as { actor?: { name?: string }; data?: object };
            return [
              event.seq ?? "waits",
              moment(event.at),
              event.kind,
              actor?.name,
              JSON.stringify(data ?? {}),
            ];
          }),
          "No event of this case is recorded.",
        ),
      );
    });
  withExamples(command, "pilotage audit show --case case_01hzy3v7k2e8t9qxw4m5n6p7r8");
}

interface ExportOptions {
  to: string;
  workflow?: string;
  from?: string;
  until?: string;
  since?: number;
}

function addExport(group: Command, desk: Desk): void {
  const command = group
    .command("export")
    .description(
      "Writes the log up to its last checkpoint into a folder that verifies offline: all of it, or what is asked for.",
    )
    .requiredOption("--to <folder>", "a folder that does not exist yet or is empty")
    .option("--workflow <name>", "only events of this workflow")
    .option("--from <time>", "only events from this time on, such as 2026-01-05T00:00:00Z", instant)
    .option("--until <time>", "only events before this time", instant)
    .option(
      "--since <checkpoint>",
      "only what came after it: a file with a checkpoint, or its number of events",
      sizeOf,
    )
    .action(async ({ to, until, ...rest }: ExportOptions) => {
      const client = await desk.client("read");
      const progress = desk.out.progress();
      const query = { ...rest, ...(until === undefined ? {} : { to: until }) };
      const manifest = await writeBundle(to, client.auditLines(query), (events, of) =>
        progress.show(`${count(events, "event")} of ${of.toLocaleString("en")}`),
      ).finally(() => progress.end());
      desk.out.result(
        { folder: to, ...manifest },
        () =>
          `${count(manifest.events, "event")} of ${manifest.size.toLocaleString("en")} written to ${to}.\nVerify them anywhere: pilotage audit verify ${to} --verifier <the key you keep>`,
      );
    });
  withExamples(
    command,
    "pilotage audit export --to audit-2026-01",
    "pilotage audit export --to january --workflow support-triage --from 2026-01-01T00:00:00Z --until 2026-02-01T00:00:00Z",
    "pilotage audit export --to news --since 2026-01-05.checkpoint",
  );
}

function shown(status: AuditStatus): string {
  const { checkpoint, pending, protection } = status;
  return facts(
    [
      ["log", status.origin ?? "has no name yet: no worker has run"],
      ["verifier key", status.verifier],
      ["events", status.size],
      [
        "last checkpoint",
        checkpoint ? `${count(checkpoint.size, "event")}, ${moment(checkpoint.at)}` : "none yet",
      ],
      [
        "waiting",
        pending.count === 0
          ? "none"
          : `${count(pending.count, "event")}, the oldest for ${pending.oldestSeconds} s${status.sequencer === null ? "; no worker runs that would take them" : ""}`,
      ],
      ["sequencer", status.sequencer ?? "none"],
      [
        "program's role",
        `${protection.role}${protection.enforced ? "; it may not change or remove what is recorded" : ""}`,
      ],
      [
        "not enforced",
        protection.enforced ? "" : `triggers alone protect what is recorded. ${protection.missing ?? ""}`,
      ],
      ["problem", problemsOf(status).join("\n")],
    ],
    "",
  );
}

function sizeOf(given: string): number {
  const text = /^\d+$/.test(given) ? given : (textIn(given).split("\n")[1] ?? "");
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A file with a checkpoint, or its number of events, is expected.");
}

function instant(text: string): string {
  const time = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) && !Number.isNaN(time))
    return new Date(time).toISOString();
  throw new InvalidArgumentError("A time such as 2026-01-05T00:00:00Z is expected.");
}
