/** `pilotage share` and `pilotage autonomy`: how much of the work a release gets, and how much may go out unreviewed. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { share as readShare } from "./arguments.ts";
import { shownChange } from "./changes.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { percent } from "./text.ts";

export function addShare(program: Command, desk: Desk): void {
  const share = program
    .command("share")
    .argument("<workflow>", "its name")
    .argument("<release>", "the id of a release, or `latest`")
    .argument("<percent>", "the share of new cases, such as 20 or 2.5%", readShare)
    .description(
      "Sets which share of new cases a release gets; the rest stays with the stable release or with people. Cases keep the arm that they have. While cases may go out alone, raising waits for a second person.",
    )
    .action(async (workflow: string, wanted: string, part: number) => {
      const client = await desk.client("change");
      const release = wanted === "latest" ? await newest(client, workflow) : wanted;
      const reply = await client.setShare({ params: { workflow }, body: { release, share: part } });
      const { pending } = reply;
      desk.out.result(reply, () =>
        pending
          ? `${workflow}: cases may go out alone, so a raise of the share waits for a second person:\n  pilotage approve ${pending.id} --as <another person>`
          : `${workflow}: ${release} gets ${percent(reply.candidateRelease === release ? reply.share : part)} of the new cases.`,
      );
    });
  withExamples(
    share,
    "pilotage share support-triage latest 20% --as j.okafor@example.com",
    "pilotage share support-triage rel_01hzy3v7k2e8t9qxw4m5n6p7r8 0 --as j.okafor@example.com",
  );

  const autonomy = program
    .command("autonomy")
    .argument("<workflow>", "its name")
    .argument("<percent>", "the part of a release's cases, such as 20 or 2.5%", readShare)
    .description(
      "Sets which part of an AI release's cases may go out unreviewed. Lowering is at once; raising waits for a second person.",
    )
    .option("--reason <reason>", "why, for the record")
    .action(async (workflow: string, part: number, { reason }: { reason?: string }) => {
      const client = await desk.client("change");
      const change = await client.setAutonomy({
        params: { workflow },
        body: { autonomy: part, ...(reason === undefined ? {} : { reason }) },
      });
      desk.out.result(change, () => shownChange(change));
    });
  withExamples(
    autonomy,
    "pilotage autonomy support-triage 0 --as j.okafor@example.com",
    'pilotage autonomy support-triage 20% --reason "Certified on 1 March" --as j.okafor@example.com',
  );
}

/** The id of the newest release; throws `not_found` when there is none. */
export async function newest(client: Client, workflow: string): Promise<string> {
  const { releases } = await client.listReleases({ params: { workflow } });
  const latest = releases[0];
  if (latest !== undefined) return latest.id;
  throw new PilotageError("not_found", `${workflow} has no release yet; nothing was changed.`, {
    hint: "Publish one first: pilotage publish <folder> --as <person>",
  });
}
