/** Changes of dials that wait for a second person, and waivers: `changes`, `approve`, `refuse`, `waive`. */
import { Argument, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { waiverBody } from "../contract/schemas.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { brief, moment, percent, table } from "./text.ts";

type Change = Awaited<ReturnType<Client["approveChange"]>>;
type Item = (typeof waiverBody.shape.item.options)[number];

export function addChanges(program: Command, desk: Desk): void {
  const waive = program
    .command("waive")
    .argument("<workflow>", "its name")
    .addArgument(new Argument("<item>", "the requirement").choices(waiverBody.shape.item.options))
    .description("Waives a requirement in your name, with a reason and an end.")
    .requiredOption("--reason <reason>", "why, for the record")
    .option("--days <days>", "how long the waiver holds", whole(1, 400), 90)
    .action(async (workflow: string, item: Item, { reason, days }: { reason: string; days: number }) => {
      const reply = await (
        await desk.client("change")
      ).waive({ params: { workflow }, body: { item, reason, days } });
      if (item === "go") {
        desk.out.result(
          reply,
          () =>
            `${workflow}: waiving the go waits for a second person, such as the sponsor:\n  pilotage changes ${workflow}\n  pilotage approve <change> --as <another person>`,
        );
        return;
      }
      const until = reply.waivers.find((waiver) => waiver.item === item)?.until ?? null;
      desk.out.result(reply, () => `${workflow}: ${item} is waived until ${moment(until)}.`);
    });
  withExamples(
    waive,
    'pilotage waive support-triage baseline --reason "Sample with made-up tickets" --days 30 --as j.okafor@example.com',
  );

  const changes = program
    .command("changes")
    .argument("<workflow>", "its name")
    .description("Lists the changes of dials, those that wait for a second person first.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).listChanges({ params: { workflow } });
      desk.out.result(reply, () =>
        table(
          ["change", "state", "setting", "before", "after", "asked by", "asked", "decided by"],
          reply.changes.map((one) => [
            one.id,
            one.state,
            one.setting,
            valueOf(one.setting, one.before),
            valueOf(one.setting, one.after),
            one.requestedBy,
            moment(one.requestedAt),
            one.decidedBy,
          ]),
          `No dial of ${workflow} was changed.`,
        ),
      );
    });
  withExamples(changes, "pilotage changes support-triage");

  const approve = program
    .command("approve")
    .argument("<change>", "the id of the change")
    .description("Puts a waiting change in force, as its second person.")
    .action(async (change: string) => {
      const reply = await (await desk.client("change")).approveChange({ params: { change } });
      desk.out.result(reply, () => shownChange(reply));
    });
  withExamples(approve, "pilotage approve chg_01hzy3v7k2e8t9qxw4m5n6p7r8 --as e.brandt@example.com");

  const refuse = program
    .command("refuse")
    .argument("<change>", "the id of the change")
    .description("Refuses a waiting change.")
    .action(async (change: string) => {
      const reply = await (await desk.client("change")).refuseChange({ params: { change } });
      desk.out.result(reply, () => shownChange(reply));
    });
  withExamples(refuse, "pilotage refuse chg_01hzy3v7k2e8t9qxw4m5n6p7r8 --as e.brandt@example.com");
}

/** A change in one sentence, with the command that ends its waiting. */
export function shownChange(change: Change): string {
  return change.note === null ? sentenceOf(change) : `${sentenceOf(change)}\n${change.note}`;
}

function sentenceOf({ id, workflow, setting, before, after, state }: Change): string {
  const step = settingText(setting, before, after);
  switch (state) {
    case "applied":
      return `${workflow}: ${step} is in force.`;
    case "refused":
      return `${workflow}: ${step} was refused.`;
    case "pending":
      return `${workflow}: ${step} waits for a second person:\n  pilotage approve ${id} --as <another person>`;
  }
}

/** What is to change: a dial under the name that `pilotage dial` takes, or the step of a rollout. */
export function settingText(setting: string, before: unknown, after: unknown): string {
  return setting === ROLLOUT_STEP
    ? `the rollout's step: ${valueOf(setting, after)}`
    : `${setting} from ${valueOf(setting, before)} to ${valueOf(setting, after)}`;
}

/** What two people decide about a rollout: where it stood, and which move was asked for. */
const ROLLOUT_STEP = "rollout.step";

function valueOf(setting: string, value: unknown): string {
  if (setting === ROLLOUT_STEP && typeof value === "object" && value !== null) {
    const { move, state, undecided } = value as { move?: string; state?: string; undecided?: boolean };
    return `${(move ?? state ?? "").replace("_", " ")}${undecided ? ", although the evidence does not settle it" : ""}`;
  }
  return setting === "autonomy" && typeof value === "number"
    ? percent(value)
    : brief(value as Parameters<typeof brief>[0]);
}
