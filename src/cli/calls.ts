/** `pilotage calls`: what came in over the OpenAI-compatible endpoint, and how it ended. Never what was said. */
import { Option, type Command } from "commander";
import { CALL_OUTCOMES, type CallOutcome } from "../contract/gateway-endpoints.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readPages } from "./paging.ts";
import { moment, table } from "./text.ts";

interface ListOptions {
  workflow?: string;
  connection?: string;
  case?: string;
  outcome?: CallOutcome;
  limit: number;
  before?: string;
}

export function addCalls(program: Command, desk: Desk): void {
  const calls = program
    .command("calls")
    .description("Lists calls over the OpenAI-compatible endpoint, newest first; never what was said.")
    .option("--workflow <workflow>", "only calls of this workflow")
    .option("--connection <connection>", "only calls of models of this connection")
    .option("--case <case>", "only calls about this case")
    .addOption(
      new Option("--outcome <outcome>", "only calls that ended so").choices(Object.keys(CALL_OUTCOMES)),
    )
    .option("--limit <calls>", "how many at most", whole(1, 100_000), 50)
    .option("--before <call>", "only calls older than this one")
    .action(async ({ limit, before, ...filter }: ListOptions) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listModelCalls({ query: { ...filter, ...query } });
        return { items: page.calls, next: page.next };
      });
      desk.out.result({ calls: items, next }, () =>
        table(
          ["call", "began", "model", "answered by", "tries", "ms", "tokens", "cost", "outcome", "error"],
          items.map((one) => [
            one.id,
            moment(one.startedAt),
            one.modelAsked,
            one.modelAnswered ?? one.case,
            one.tries.length,
            one.milliseconds,
            tokensOf(one),
            one.cost === null ? null : `${one.cost} ${one.currency}`,
            one.outcome,
            one.error,
          ]),
          "No call is like that.",
        ),
      );
      if (next !== null) desk.out.note(`There are more: --before ${next}, or a larger --limit.`);
    });
  withExamples(
    calls,
    "pilotage calls --outcome failed",
    "pilotage calls --workflow support-triage --limit 500",
  );
}

function tokensOf(call: {
  inputTokens: number | null;
  outputTokens: number | null;
  tokensEstimated: boolean;
}): string | null {
  const { inputTokens, outputTokens } = call;
  if (inputTokens === null && outputTokens === null) return null;
  return `${call.tokensEstimated ? "about " : ""}${inputTokens ?? 0} + ${outputTokens ?? 0}`;
}
