/** `pilotage review`: what comes after the verdict: correction, its second person, and taking back. */
import type { Command } from "commander";
import type { ReviewReason } from "../contract/states.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readJsonObject } from "./reading.ts";
import { CASE, withReason } from "./review-endings.ts";
import { count, moment } from "./text.ts";

export function addAfterwards(group: Command, desk: Desk): void {
  const correct = withReason(group.command("correct").argument("<case>", "the id of the case"))
    .description(
      "Corrects what was delivered: the targets get the new answer under a key of its own. Counts as rework.",
    )
    .requiredOption("--output <file>", "the whole output as a JSON object; - reads standard input")
    .option("--text <text>", "what happened")
    .action(
      async (
        id: string,
        { output, reason, text }: { output: string; reason: ReviewReason; text?: string },
      ) => {
        const body = {
          output: await readJsonObject(output, desk.stdin),
          reason,
          ...(text === undefined ? {} : { text }),
        };
        const reply = await (await desk.client("change")).correctCase({ params: { case: id }, body });
        desk.out.result(
          reply,
          () =>
            `${id}: correction ${reply.correction}, in ${reply.differs.join(", ")}. Until ${moment(reply.undoUntil)} it can be taken back: pilotage review undo ${id}`,
        );
      },
    );
  withExamples(
    correct,
    `pilotage review correct ${CASE} --output corrected.json --reason wrong_value --as j.okafor@example.com`,
  );

  const confirm = group
    .command("confirm")
    .argument("<case>", "the id of the case")
    .description(
      "Says that what was delivered is right, of a case that was put before people again after a rollback.",
    )
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).confirmRecalled({ params: { case: id }, body: {} });
      desk.out.result(
        reply,
        () => `${id}: confirmed. ${count(reply.open, "case")} of that rollout still to look at.`,
      );
    });
  withExamples(confirm, `pilotage review confirm ${CASE} --as j.okafor@example.com`);

  const approve = withProposal(group.command("approve-correction"))
    .description("Approves a correction that somebody else proposed: it goes out like any other.")
    .action(async (id: string, { proposal }: { proposal: number }) => {
      const reply = await (
        await desk.client("change")
      ).approveCorrection({ params: { case: id }, body: { proposal } });
      desk.out.result(reply, () =>
        reply.correction === null
          ? `${id}: you stand behind correction ${proposal} now; it takes one more person.`
          : `${id}: correction ${reply.correction}, in ${reply.differs.join(", ")}. Until ${moment(reply.undoUntil)} it can be taken back: pilotage review undo ${id}`,
      );
    });
  withExamples(approve, `pilotage review approve-correction ${CASE} --proposal 1 --as j.okafor@example.com`);

  const refuse = withProposal(group.command("refuse-correction"))
    .description(
      "Refuses a correction that somebody proposed, or takes your own back; what was delivered stays.",
    )
    .option("--text <text>", "why; needed unless it is your own")
    .action(async (id: string, { proposal, text }: { proposal: number; text?: string }) => {
      const body = { proposal, ...(text === undefined ? {} : { text }) };
      const reply = await (await desk.client("change")).refuseCorrection({ params: { case: id }, body });
      desk.out.result(
        reply,
        () => `${id}: correction ${proposal} is ${reply.state}; what was delivered stays.`,
      );
    });
  withExamples(
    refuse,
    `pilotage review refuse-correction ${CASE} --proposal 1 --text "The first answer was right" --as j.okafor@example.com`,
  );

  const undo = group
    .command("undo")
    .argument("<case>", "the id of the case")
    .description("Takes your own verdict, or your own correction, back while the undo window is open.")
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).undoVerdict({ params: { case: id } });
      desk.out.result(reply, () =>
        reply.state === "in_review"
          ? `The verdict on ${id} is taken back; it waits for a review again.`
          : `The correction of ${id} is taken back; it is ${reply.state} as before.`,
      );
    });
  withExamples(undo, `pilotage review undo ${CASE} --as j.okafor@example.com`);
}

function withProposal(command: Command): Command {
  return command
    .argument("<case>", "the id of the case")
    .requiredOption(
      "--proposal <number>",
      "which one, as `review inbox` and `case show` give it",
      whole(1, 30_000),
    );
}
