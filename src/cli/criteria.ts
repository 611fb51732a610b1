/** `pilotage criteria ...`: what was agreed and frozen, and what named persons attest of it. */
import { type Command, Option } from "commander";
import type { Client } from "../contract/client.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { valued } from "./gate-report.ts";
import { count, moment, table } from "./text.ts";

type InForce = Awaited<ReturnType<Client["getCriteria"]>>;
type Version = NonNullable<InForce["inForce"]>;

export function addCriteria(program: Command, desk: Desk): void {
  const criteria = program
    .command("criteria")
    .description("Shows the criteria of go or no-go, as they were frozen, and attests their proofs.");

  const show = criteria
    .command("show")
    .argument("<workflow>", "its name")
    .description("Shows the criteria in force, when they were frozen, and what is attested.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).getCriteria({ params: { workflow } });
      desk.out.result(reply, () => shown(reply));
    });
  withExamples(show, "pilotage criteria show support-triage");

  const history = criteria
    .command("history")
    .argument("<workflow>", "its name")
    .description("Lists the versions of the criteria, newest first.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).listCriteria({ params: { workflow }, query: {} });
      desk.out.result(reply, () =>
        table(
          ["version", "criteria", "digest", "frozen", "by"],
          reply.versions.map((one) => [
            one.version,
            one.criteria.length,
            one.digest.slice(0, 12),
            moment(one.frozenAt),
            one.frozenBy,
          ]),
          `${workflow} never had criteria.`,
        ),
      );
    });
  withExamples(history, "pilotage criteria history support-triage");

  const attest = criteria
    .command("attest")
    .argument("<workflow>", "its name")
    .argument("<criterion>", "the name of a criterion with `proof`")
    .addOption(
      new Option("--holds <answer>", "whether it holds").choices(["yes", "no"]).makeOptionMandatory(),
    )
    .requiredOption("--text <text>", "what was shown, where, and when")
    .option("--days <days>", "how long that holds", whole(1, 366), 90)
    .description("Says in one's own name that the proof of a criterion holds, or does not.")
    .action(
      async (
        workflow: string,
        criterion: string,
        { holds, text, days }: { holds: "yes" | "no"; text: string; days: number },
      ) => {
        const reply = await (
          await desk.client("change")
        ).attestCriterion({
          params: { workflow },
          body: { criterion, holds: holds === "yes", said: text, days },
        });
        desk.out.result(reply, () => shown(reply));
      },
    );
  withExamples(
    attest,
    'pilotage criteria attest support-triage "fallback rehearsed" --holds yes --text "Drill of 3 March: nothing was lost" --as j.okafor@example.com',
  );
}

function shown({ workflow, inForce, attested, lacks }: InForce): string {
  if (inForce === null)
    return `${workflow} has no criteria: write them under \`criteria\` in its workflow file, and apply it.`;
  const said = attested.map(
    ({ criterion, holds, person, until, said: text }) =>
      `  ${criterion}: ${holds ? "holds" : "does not hold"}, says ${person} until ${moment(until).slice(0, 10)}: ${text}`,
  );
  return [
    `${workflow}: version ${inForce.version}, ${count(inForce.criteria.length, "criterion", "criteria")}, frozen ${moment(inForce.frozenAt)} by ${inForce.frozenBy}, digest ${inForce.digest.slice(0, 12)}`,
    tableOf(inForce),
    ...(said.length > 0 ? ["Attested", ...said] : []),
    ...(lacks === null ? [] : [`Cannot reach go: ${lacks}.`]),
  ].join("\n");
}

function tableOf({ criteria }: Version): string {
  return table(
    ["criterion", "group", "", "about", "minimum", "target", "stretch", "set", "slices"],
    criteria.map((one) => [
      one.name,
      one.group,
      one.must ? "must" : "informs",
      one.about,
      ...[one.minimum, one.target, one.stretch].map((level) =>
        level === null ? "" : valued(level, one.unit),
      ),
      one.set,
      one.slices.join(", "),
    ]),
    "",
  );
}
