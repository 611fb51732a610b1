/** The safe-stop ladder, requests to move it, and single dials: what an owner looks at and turns. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import type { JsonValue } from "../contract/json.ts";
import { whole } from "./arguments.ts";
import { shownChange } from "./changes.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { facts, moment, plain, table } from "./text.ts";

type Operations = Awaited<ReturnType<Client["getOperations"]>>;

const RUNGS = ["normal", "automatic off, all to review", "model off, all by hand", "intake only", "stopped"];
const rungOf = (rung: number) => `${rung} (${RUNGS[rung] ?? "unknown"})`;

export function addLadder(program: Command, desk: Desk): void {
  const ladder = program
    .command("ladder")
    .argument("<workflow>", "its name")
    .argument("[rung]", "0 normal, 1 automatic off, 2 model off, 3 intake only, 4 stop", whole(0, 4))
    .description(
      "Shows the safe-stop ladder, or moves it: towards stop at once and without a reason, back with one.",
    )
    .option("--reason <reason>", "why; needed on the way back")
    .action(async (workflow: string, rung: number | undefined, { reason }: { reason?: string }) => {
      const params = { workflow };
      if (rung === undefined) {
        const reply = await (await desk.client("read")).getOperations({ params });
        return desk.out.result(reply, () => shownLadder(workflow, reply));
      }
      const client = await desk.client("change");
      const moved = await client.moveLadder({
        params,
        body: { rung, ...(reason === undefined ? {} : { reason }) },
      });
      desk.out.result(moved, () =>
        moved.before === moved.rung
          ? `${workflow} stands at ${rungOf(moved.rung)} already.`
          : `${workflow}: from ${rungOf(moved.before)} to ${rungOf(moved.rung)}. Every process obeys from now on.`,
      );
    });
  withExamples(
    ladder,
    "pilotage ladder support-triage",
    "pilotage ladder support-triage 1 --as j.okafor@example.com",
    'pilotage ladder support-triage 0 --reason "The provider answers again" --as j.okafor@example.com',
  );

  const stop = program.command("stop-request").description("Asks for a stop, and answers who asked.");
  const ask = stop
    .command("make")
    .argument("<workflow>", "its name")
    .description("Asks owner and on-call for a stop; it stands on their pages until they settle it.")
    .option("--text <text>", "what is wrong")
    .option("--case <case>", "a case that shows it")
    .action(async (workflow: string, options: { text?: string; case?: string }) => {
      const client = await desk.client("change");
      const reply = await client.requestStop({
        params: { workflow },
        body: {
          ...(options.text === undefined ? {} : { text: options.text }),
          ...(options.case === undefined ? {} : { caseId: options.case }),
        },
      });
      desk.out.result(
        reply,
        () => `Asked as ${reply.id}; it is for ${reply.told.join(", ") || "nobody yet"}.`,
      );
    });
  withExamples(
    ask,
    'pilotage stop-request make support-triage --text "It invents order numbers" --as j.okafor@example.com',
  );
  const settle = stop
    .command("settle")
    .argument("<request>", "its id")
    .description("Answers a request to stop, with or without a move of the ladder.")
    .requiredOption("--answer <text>", "what whoever asked is told")
    .option("--rung <rung>", "where the ladder goes", whole(0, 4))
    .action(async (request: string, { answer, rung }: { answer: string; rung?: number }) => {
      const client = await desk.client("change");
      const reply = await client.settleStopRequest({
        params: { request },
        body: { answer, ...(rung === undefined ? {} : { rung }) },
      });
      desk.out.result(reply, () => `${request} is settled.`);
    });
  withExamples(
    settle,
    'pilotage stop-request settle stp_01hzy3v7k2e8t9qxw4m5n6p7r8 --rung 1 --answer "Stopped, we look at it" --as e.brandt@example.com',
  );

  const dial = program
    .command("dial")
    .argument("<workflow>", "its name")
    .argument("<dial>", "such as qa.share, cold.share, undo or retention")
    .argument("<value>", "as JSON, such as 0.1 or null; anything else is a text")
    .description("Turns one dial: what tightens at once, what loosens when a second person approves.")
    .option("--reason <reason>", "why, for the record")
    .action(async (workflow: string, setting: string, value: string, { reason }: { reason?: string }) => {
      const client = await desk.client("change");
      const change = await client.setDial({
        params: { workflow },
        body: { setting, value: valueIn(value), ...(reason === undefined ? {} : { reason }) },
      });
      desk.out.result(change, () => shownChange(change));
    });
  withExamples(dial, "pilotage dial support-triage qa.share 0.1 --as j.okafor@example.com");
}

function shownLadder(workflow: string, { ladder, requests }: Operations): string {
  return [
    facts([
      ["stands at", rungOf(ladder.rung)],
      ["since", moment(ladder.since)],
      ["moved by", ladder.by],
      ["because", ladder.reason],
    ]),
    table(
      ["rung", "means", "open cases it would concern"],
      ladder.effects.map((one) => [one.rung, RUNGS[one.rung] ?? "", one.cases]),
      "",
    ),
    table(
      ["request", "asked by", "asked", "says"],
      requests.map((one) => [one.id, one.person, moment(one.at), one.text === null ? null : plain(one.text)]),
      `Nobody asks for a stop of ${workflow}.`,
    ),
  ].join("\n\n");
}

function valueIn(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
