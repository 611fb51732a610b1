/** `pilotage feed`: the feeds of a workflow and their latest runs, and looking now instead of later. */
import type { Command } from "commander";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { moment, table } from "./text.ts";

export function addFeed(program: Command, desk: Desk): void {
  const group = program.command("feed").description("Shows feeds and their runs, and makes a feed look now.");

  const list = group
    .command("list")
    .argument("<workflow>", "its name")
    .description(
      "Lists the feeds and their latest runs. Of each run: read = admitted + quarantined + duplicate + skipped.",
    )
    .option("--limit <runs>", "how many runs at most", whole(1, 500), 20)
    .action(async (workflow: string, { limit }: { limit: number }) => {
      const reply = await (await desk.client("read")).listFeeds({ params: { workflow }, query: { limit } });
      const feeds = () =>
        table(
          ["feed", "kind", "path", "looks next", "problem"],
          reply.feeds.map((feed) => [feed.name, feed.kind, feed.path, moment(feed.nextAt), feed.problem]),
          `${workflow} has no feed.`,
        );
      const runs = () =>
        table(
          [
            "run of",
            "file",
            "started",
            "finished",
            "read",
            "admitted",
            "quarantined",
            "duplicate",
            "skipped",
            "columns left out",
            "problem",
          ],
          reply.runs.map((run) => [
            run.feed,
            run.file,
            moment(run.startedAt),
            moment(run.finishedAt),
            run.read,
            run.admitted,
            run.quarantined,
            run.duplicate,
            run.skipped,
            run.dropped.join(", "),
            run.problem,
          ]),
          "No file was read yet.",
        );
      desk.out.result(reply, () => `${feeds()}\n\n${runs()}`);
    });
  withExamples(
    list,
    "pilotage feed list support-triage",
    "pilotage feed list support-triage --limit 100 --json",
  );

  const look = group
    .command("run")
    .argument("<workflow>", "its name")
    .argument("<feed>", "the name of the feed")
    .description("Makes a feed look now instead of at its next time.")
    .action(async (workflow: string, feed: string) => {
      const reply = await (await desk.client("change")).runFeed({ params: { workflow, feed } });
      desk.out.result(
        reply,
        () => `${feed} looks now; \`pilotage feed list ${workflow}\` shows what it finds.`,
      );
    });
  withExamples(look, "pilotage feed run support-triage helpdesk --as j.okafor@example.com");
}
