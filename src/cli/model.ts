/** `pilotage model`: the models in use, what the daily canary says of them, and when they retire. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readPages } from "./paging.ts";
import { moment, table } from "./text.ts";

type Run = Awaited<ReturnType<Client["listCanaryRuns"]>>["runs"][number];

interface RunOptions {
  connection?: string;
  model?: string;
  limit: number;
  before?: string;
}

export function addModel(program: Command, desk: Desk): void {
  const group = program
    .command("model")
    .description(
      "Models in use. Once a day a canary asks each a few fixed questions, so that another model behind the same name is noticed.",
    );

  const list = group
    .command("list")
    .description("Lists the models that releases in use name, with canary and retirement.")
    .action(async () => {
      const reply = await (await desk.client("read")).listModels();
      desk.out.result(reply, () =>
        table(
          ["connection", "model", "workflows", "canary", "last", "next", "retires"],
          reply.models.map((one) => [
            one.connection,
            one.model,
            one.workflows.join(", "),
            one.canary === null ? "not asked yet" : wordOf(one.canary),
            one.canary === null ? "" : moment(one.canary.startedAt),
            one.nextCanaryAt === null ? "never" : moment(one.nextCanaryAt),
            one.retiresAt === null ? "" : `${one.retiresAt} (in ${one.retiresIn} days)`,
          ]),
          "No release in use names a model of a connection.",
        ),
      );
    });
  withExamples(list, "pilotage model list");

  const runs = group
    .command("runs")
    .description("Lists runs of the canary, newest first.")
    .option("--connection <name>", "of this connection only")
    .option("--model <name>", "of this model only, as its provider calls it")
    .option("--limit <runs>", "how many at most", whole(1, 100_000), 50)
    .option("--before <run>", "only runs older than this one")
    .action(async ({ limit, before, ...filter }: RunOptions) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCanaryRuns({ query: { ...filter, ...query } });
        return { items: page.runs, next: page.next };
      });
      desk.out.result({ runs: items, next }, () =>
        table(
          ["run", "at", "connection", "model", "outcome", "answers as", "calls", "cost", "by"],
          items.map((one) => [
            one.id,
            moment(one.startedAt),
            one.connection,
            one.model,
            wordOf(one),
            one.answered.map((said) => said.model + (said.version ? ` (${said.version})` : "")).join(", "),
            one.calls,
            one.cost === null ? "unknown" : `${one.cost.amount} ${one.cost.currency}`,
            one.askedBy ?? "",
          ]),
          "The canary has not run yet.",
        ),
      );
    });
  withExamples(runs, "pilotage model runs --connection mistral-eu");

  const canary = group
    .command("canary")
    .argument("<connection>", "its name")
    .description(
      "Has the canary ask models of a connection now; a worker does it in the background. It costs some tokens.",
    )
    .option("--model <name>", "only this one; without it every model in use of the connection")
    .action(async (name: string, { model }: { model?: string }) => {
      const body = model === undefined ? {} : { model };
      const reply = await (await desk.client("change")).runCanary({ params: { name }, body });
      desk.out.result(
        reply,
        () =>
          `Asked now: ${reply.due.map((one) => `${one.connection} ${one.model}`.trim()).join(", ")}. \`pilotage model runs\` shows what came of it.`,
      );
    });
  withExamples(canary, "pilotage model canary mistral-eu --model mistral-small --as j.okafor@example.com");
}

function wordOf(run: Run): string {
  if (run.outcome === "changed") return `changed (${run.change})`;
  if (run.outcome === "inconclusive") return `inconclusive (${run.because})`;
  if (run.because === "answers_vary") return `${run.outcome} (name and version only)`;
  return run.outcome === "same" ? `same (${run.differing} of ${run.compared} differ)` : run.outcome;
}
