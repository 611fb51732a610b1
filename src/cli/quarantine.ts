/** `pilotage quarantine`: records that could not become cases; correct and replay them, or put them aside. */
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { QUARANTINE_REASONS, type QuarantineReason } from "../contract/quarantine.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readPages } from "./paging.ts";
import { addReplay, reasonOption } from "./replay.ts";
import { block, facts, moment, table } from "./text.ts";

type Kept = Awaited<ReturnType<Client["getQuarantined"]>>;

interface ListOptions {
  state: "open" | "replayed" | "discarded";
  reason?: QuarantineReason;
  limit: number;
  before?: string;
}

const RECORD = "qua_01hzy3v7k2e8t9qxw4m5n6p7r8";

export function addQuarantine(program: Command, desk: Desk): void {
  const group = program
    .command("quarantine")
    .description("Shows records that could not become cases, replays or discards them.");

  const list = group
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists quarantined records, newest first, with their reasons.")
    .addOption(
      new Option("--state <state>", "only in this state")
        .choices(["open", "replayed", "discarded"])
        .default("open"),
    )
    .addOption(reasonOption())
    .option("--limit <records>", "how many at most", whole(1, 100_000), 50)
    .option("--before <record>", "only records older than this one")
    .action(async (workflow: string, { limit, before, ...filter }: ListOptions) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listQuarantine({ params: { workflow }, query: { ...filter, ...query } });
        return { items: page.records, next: page.next };
      });
      desk.out.result({ records: items, next }, () =>
        table(
          ["record", "reason", "door", "place", "external id", "kept", "message"],
          items.map((one) => [
            one.id,
            one.reason,
            one.door,
            one.place,
            one.externalId,
            moment(one.keptAt),
            one.message,
          ]),
          "No record is like that.",
        ),
      );
      if (next !== null) desk.out.note(`There are more: --before ${next}, or a larger --limit.`);
    });
  withExamples(
    list,
    "pilotage quarantine list support-triage",
    "pilotage quarantine list support-triage --reason schema_mismatch --limit 500",
  );

  const show = group
    .command("show")
    .argument("<record>", "the id of the record")
    .description("Shows one record with its raw text; takes the scope content:read.")
    .action(async (id: string) => {
      const reply = await (await desk.client("read")).getQuarantined({ params: { id } });
      desk.out.result(reply, () => shown(reply));
    });
  withExamples(show, `pilotage quarantine show ${RECORD}`);

  addReplay(group, desk);

  const discard = group
    .command("discard")
    .argument("<record>", "the id of the record")
    .description("Puts a record aside for good; it is kept, and no longer open.")
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).discardQuarantined({ params: { id } });
      desk.out.result(reply, () => `${id} is put aside.`);
    });
  withExamples(discard, `pilotage quarantine discard ${RECORD} --as j.okafor@example.com`);
}

function shown(kept: Kept): string {
  const { id, reason, message, details, raw, input } = kept;
  const head = facts([
    ["workflow", kept.workflow],
    ["state", kept.settledBy === null ? kept.state : `${kept.state} by ${kept.settledBy}`],
    ["case", kept.caseId],
    [
      "came",
      `by ${kept.door} from ${kept.source}${kept.place === null ? "" : `, ${kept.place}`}, ${moment(kept.keptAt)}`,
    ],
    ["external id", kept.externalId],
    ["reason", `${reason}: ${message}`],
    ["fields", details.map(({ path, message }) => `${path}: ${message}`).join("\n")],
    ["what helps", QUARANTINE_REASONS[reason].help.en],
  ]);
  const read = input === null || input === undefined ? "" : `\n  as it was read\n${block(input)}`;
  return `${id}\n${head}\n  raw\n    ${raw.replaceAll("\n", "\n    ")}${read}`;
}
