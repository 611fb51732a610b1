/** `pilotage calls` and `calls show`: what came in over the OpenAI-compatible endpoint, and how it ended. Never what was said. */
import { Option, type Command } from "commander";
import { CALL_OUTCOMES, INTERRUPTED, type CallOutcome } from "../contract/gateway-endpoints.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readPages } from "./paging.ts";
import type { Client } from "../contract/client.ts";
import { facts, moment, table } from "./text.ts";

type Call = Awaited<ReturnType<Client["getModelCall"]>>;

interface ListOptions {
  workflow?: string;
  connection?: string;
  case?: string;
  key?: string;
  model?: string;
  from?: string;
  to?: string;
  outcome?: CallOutcome;
  limit: number;
  before?: string;
}

export function addCalls(program: Command, desk: Desk): void {
  const calls = program
    .command("calls")
    .description("Calls over the OpenAI-compatible endpoint; never what was said.");
  const list = calls
    .command("list", { isDefault: true })
    .description("Lists them, newest first.")
    .option("--workflow <workflow>", "only calls of this workflow")
    .option("--connection <connection>", "only calls of models of this connection")
    .option("--case <case>", "only calls about this case")
    .option("--key <key>", "only calls that came with this key")
    .option("--model <part>", "only calls of models with this in their name, asked or answering")
    .option("--from <time>", "only calls that began at or after this time, e.g. 2026-01-05T08:00:00Z")
    .option("--to <time>", "only calls that began before this time")
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
            one.case !== null ? null : costOf(one.cost, one.currency),
            one.outcome,
            one.error,
          ]),
          "No call is like that.",
        ),
      );
      if (next !== null) desk.out.note(`There are more: --before ${next}, or a larger --limit.`);
    });
  const show = calls
    .command("show")
    .argument("<call>", "its id, mcl_...")
    .description("Shows one call with its tries at providers.")
    .action(async (call: string) => {
      const client = await desk.client("read");
      const found = await client.getModelCall({ params: { call } });
      desk.out.result(found, () => shown(found));
    });
  withExamples(show, "pilotage calls show mcl_01hzy3v7k2e8t9qxw4m5n6p7r8");
  withExamples(
    list,
    "pilotage calls list --outcome failed",
    "pilotage calls list --workflow support-triage --limit 500",
  );
}

/** What the data policy kept here; null where there is no policy. */
function keptBack({ policy }: Call): string | null {
  if (policy === null) return null;
  const counted = (counts: Record<string, number>, word: string) =>
    Object.entries(counts).map(([name, count]) => `${count} ${name} ${word}`);
  const said = [
    ...policy.dropped.map((name) => `${name} left out`),
    ...counted(policy.masked, "masked"),
    ...counted(policy.pseudonymised, "pseudonymised"),
    ...counted(policy.refused, "refused"),
  ];
  return said.length === 0 ? "nothing" : said.join(", ");
}

/** One call with its tries. */
export function shown(call: Call): string {
  const { tries, cost, currency } = call;
  return [
    call.id,
    facts([
      ["began", moment(call.startedAt)],
      ["key", call.keyName === null ? call.key : `${call.keyName} (${call.key})`],
      ["workflow", call.workflow],
      ["case", call.case],
      ["connection", call.connection],
      ["model asked", call.modelAsked],
      ["answered by", call.modelAnswered],
      ["outcome", `${call.outcome}: ${CALL_OUTCOMES[call.outcome]}`],
      ["status", call.status],
      ["error", call.error],
      ["finish", call.finish],
      ["form", `${call.streamed ? "streamed" : "whole"}, ${call.mode}`],
      ["milliseconds", call.milliseconds],
      ["to first token", call.firstTokenMs],
      ["kept back", keptBack(call)],
      ["tokens", tokensOf(call)],
      ["cost", call.case !== null ? "with the attempts of its case" : costOf(cost, currency)],
    ]),
    "",
    table(
      [
        "try",
        "began",
        "connection",
        "model",
        "answered by",
        "ms",
        "first token",
        "status",
        "tokens",
        "cost",
        "error",
      ],
      tries.map((one) => [
        one.no,
        moment(one.startedAt),
        one.connection,
        one.modelAsked,
        one.modelAnswered,
        one.milliseconds,
        one.firstTokenMs,
        one.status,
        tokensOf(one),
        costOf(one.cost, one.currency),
        one.error,
      ]),
      withoutTries(call),
    ),
  ].join("\n");
}

function withoutTries({ workflow, error }: Call): string {
  if (workflow !== null) return "Its case asked for itself; the attempts stand with the case.";
  return error === INTERRUPTED
    ? "The process was killed in the middle of it, or the database was away at its end; which providers it had asked is not known."
    : "No provider was asked.";
}

function costOf(cost: string | null, currency: string | null): string {
  return cost === null ? "unknown" : `${cost} ${currency}`;
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
