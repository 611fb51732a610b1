/** `pilotage delivery`: deliveries that were given up, and sending them again. */
import type { Command } from "commander";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { count, table } from "./text.ts";

export function addDelivery(program: Command, desk: Desk): void {
  const group = program
    .command("delivery")
    .description("Shows deliveries that were given up and sends them again.");

  const dead = group
    .command("dead")
    .argument("<workflow>", "its name")
    .description("Lists deliveries that were given up, with the last error.")
    .option("--limit <letters>", "how many at most", whole(1, 500), 50)
    .option("--before <case>", "only those of cases older than this one")
    .action(async (workflow: string, { limit, before }: { limit: number; before?: string }) => {
      const client = await desk.client("read");
      const reply = await client.listDeadLetters({
        params: { workflow },
        query: { limit, ...(before === undefined ? {} : { before }) },
      });
      desk.out.result(reply, () =>
        table(
          ["case", "target", "tries", "error"],
          reply.letters.map((letter) => [letter.caseId, letter.target, letter.tries, letter.error]),
          `No delivery of ${workflow} was given up.`,
        ),
      );
      if (reply.letters.length === limit)
        desk.out.note(`There may be more: --before ${reply.letters.at(-1)!.caseId}, or a larger --limit.`);
    });
  withExamples(dead, "pilotage delivery dead support-triage");

  const replay = group
    .command("replay")
    .argument("<case>", "the id of the case")
    .description(
      "Sends the given-up deliveries of a case again, under their old keys, so that a target acts once.",
    )
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).replayDelivery({ params: { case: id } });
      desk.out.result(reply, () => `${id} is sent again to ${reply.replayed.join(", ")}.`);
    });
  const all = group
    .command("replay-all")
    .argument("<workflow>", "its name")
    .argument("<target>", "the target that works again")
    .description("Sends all given-up deliveries of one target again, under their old keys.")
    .action(async (workflow: string, target: string) => {
      const client = await desk.client("change");
      const reply = await client.replayTarget({ params: { workflow }, body: { target } });
      desk.out.result(reply, () => `${workflow}: ${count(reply.cases, "case")} sent again to ${target}.`);
    });
  withExamples(all, "pilotage delivery replay-all support-triage crm --as j.okafor@example.com");
  withExamples(replay, "pilotage delivery replay case_01hzy3v7k2e8t9qxw4m5n6p7r8 --as j.okafor@example.com");
}
