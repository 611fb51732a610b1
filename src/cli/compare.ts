/** `pilotage evaluation compare`: two runs over the same items, and which of them changed. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { share } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { rangeOf } from "./run-shown.ts";
import { facts, percent, rounded, table } from "./text.ts";

type Comparison = Awaited<ReturnType<Client["compareEvaluations"]>>;

/** Changed items that are shown; --json has all. */
const MOST_SHOWN = 50;

export function addCompare(group: Command, desk: Desk): void {
  const command = group
    .command("compare")
    .argument("<workflow>", "its name")
    .argument("<old>", "the run of the old release")
    .argument("<new>", "the run of the new release, over the same version of a set")
    .description(
      "Sets two runs beside each other: how much better the new release is, whether that could be chance, and which items changed.",
    )
    .option("--metric <metric>", "by what an item is right", "accuracy")
    .option("--margin <percent>", "how much worse still counts as not worse", share, 0.02)
    .action(
      async (_workflow: string, old: string, fresh: string, options: { metric: string; margin: number }) => {
        const client = await desk.client("read");
        const found = await client.compareEvaluations({
          params: { run: fresh },
          query: { with: old, ...options },
        });
        desk.out.result(found, () => shown(found));
      },
    );
  withExamples(
    command,
    "pilotage evaluation compare support-triage evr_01hzy3v7k2e8t9qxw4m5n6p7r8 evr_01j03kd1w5g6h7j8k9m0n1p2q3",
  );
}

function shown(found: Comparison): string {
  const { difference, unanswered } = found;
  const told = facts([
    ["set", found.set],
    ["by", found.sameRule ? found.metric : `${found.metric}, by the rule of the new release (they differ)`],
    ["items", found.n],
    ["both right", found.both],
    ["neither", found.neither],
    ["only old right", found.onlyOldRight],
    ["only new right", found.onlyNewRight],
    [
      "no answer",
      unanswered.old + unanswered.new === 0 ? "" : `old ${unanswered.old}, new ${unanswered.new}; not right`,
    ],
    ["left out", found.leftOut === 0 ? "" : `${found.leftOut} that only one of them measured`],
    [
      "difference",
      difference === null
        ? "no items to compare"
        : `${percent(Number(difference.value.toFixed(4)))} (new minus old), 95 % range ${rangeOf(difference)}`,
    ],
    ["McNemar", `p = ${rounded(found.p)}`],
    ["not worse", `${verdict(found)} (margin ${percent(found.margin)})`],
  ]);
  const changes = table(
    ["item", "case", "right in"],
    found.changes.slice(0, MOST_SHOWN).map((change) => [change.no, change.case, change.right]),
    "No item changed.",
  );
  return `${found.old} -> ${found.new}\n${told}\n\n${changes}`;
}

function verdict({ notWorse }: Comparison): string {
  if (notWorse === null) return "nobody can tell";
  return notWorse ? "yes" : "not shown";
}
