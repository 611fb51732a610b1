/** The list of improvements: what was reported, and what becomes of it. */
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { IMPROVEMENT_STATES, type ImprovementState } from "../contract/feedback-endpoints.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { count, facts, moment, table } from "./text.ts";

type Improvement = Awaited<ReturnType<Client["listImprovements"]>>["improvements"][number];
type Said = Awaited<ReturnType<Client["getImprovement"]>>["said"][number];

const DOORS: Record<Said["door"], string> = {
  page: "whoever received it",
  key: "a key of the API",
  inbox: "a colleague",
  second_look: "a blind second look",
};

const STATES = Object.keys(IMPROVEMENT_STATES) as ImprovementState[];
const URGENCIES = ["usual", "first", "last"] as const;

interface Settling {
  state?: ImprovementState;
  urgency?: (typeof URGENCIES)[number];
  owner?: string;
  fixedBy?: string;
  answer?: string;
}

export function addImprovements(program: Command, desk: Desk): void {
  const improvement = program
    .command("improvement")
    .description("What was reported of a workflow's results, ranked, and what becomes of it.");

  const list = improvement
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists what was reported, the most urgent first.")
    .addOption(new Option("--state <state>", "only those in this state").choices(STATES))
    .action(async (workflow: string, { state }: { state?: ImprovementState }) => {
      const reply = await (
        await desk.client("read")
      ).listImprovements({ params: { workflow }, query: state === undefined ? {} : { state } });
      desk.out.result(reply, () =>
        [
          table(
            ["improvement", "rank", "state", "what", "reports", "last", "owner", "fixed by", "answer"],
            reply.improvements.map((one) => [
              one.id,
              one.rank,
              one.state,
              one.title,
              one.reports,
              moment(one.lastAt),
              one.owner,
              one.fixedBy,
              one.answer === null ? null : shortened(one.answer),
            ]),
            `Nothing was reported of ${workflow}.`,
          ),
          ...(reply.wantsNewReason
            ? [
                "More than a tenth of the edits of fourteen days gave the reason `other`: a reason is missing.",
              ]
            : []),
        ].join("\n\n"),
      );
    });
  withExamples(list, "pilotage improvement list support-triage --state open");

  const show = improvement
    .command("show")
    .argument("<improvement>", "its id")
    .description("Shows one with what was said, as far as you may know it, and the answer given.")
    .action(async (id: string) => {
      const reply = await (await desk.client("read")).getImprovement({ params: { improvement: id } });
      desk.out.result(reply, () => [shownImprovement(reply), ...reply.said.map(shownSaid)].join("\n\n"));
    });
  withExamples(show, "pilotage improvement show imp_01hzy3v7k2e8t9qxw4m5n6p7r8");

  const settle = improvement
    .command("settle")
    .argument("<improvement>", "its id")
    .description("Ranks, assigns and answers; the answer reaches everybody who reported it.")
    .addOption(new Option("--state <state>", "where it stands").choices(STATES))
    .addOption(new Option("--urgency <urgency>", "before or after the others").choices([...URGENCIES]))
    .option("--owner <person>", "who sees to it")
    .option("--fixed-by <release>", "the release that fixed it")
    .option("--answer <text>", "what whoever reported it is told")
    .action(async (id: string, given: Settling) => {
      const reply = await (
        await desk.client("change")
      ).settleImprovement({ params: { improvement: id }, body: given });
      desk.out.result(reply, () =>
        [
          shownImprovement(reply),
          ...(reply.told === 0
            ? []
            : [`The answer went to ${count(reply.told, "address", "addresses")} by mail.`]),
        ].join("\n"),
      );
    });
  withExamples(
    settle,
    'pilotage improvement settle imp_01hzy3v7k2e8t9qxw4m5n6p7r8 --state declined --answer "Our letters are short on purpose." --as e.brandt@example.com',
  );
}

function shownImprovement(one: Improvement): string {
  return `${one.id} is ${one.state}.\n${facts([
    ["what", one.title],
    ["rank", one.rank],
    ["reports", one.reports],
    ["owner", one.owner],
    ["fixed by", one.fixedBy],
    ["answer", one.answer],
  ])}`;
}

function shownSaid(one: Said): string {
  const who = one.own ? "you" : (one.by ?? DOORS[one.door]);
  const about = [one.reason, one.field, one.caseId].filter((part) => part !== null).join(" · ");
  const words = one.withheld ? "(The words are for those who may read cases.)" : one.text;
  return [
    `${moment(one.at)}  ${who}${about === "" ? "" : `  ${about}`}`,
    ...(words === null ? [] : [words]),
  ].join("\n");
}

/** An answer in a table: its beginning. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 40 ? line : `${line.slice(0, 39)}…`;
}
