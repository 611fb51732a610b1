/** `pilotage review`: every way to end a turn, and what the sender answered. What comes after is in review-afterwards.ts. */
import { Option, type Command } from "commander";
import { REVIEW_REASONS, type ReviewReason } from "../contract/states.ts";
import type { Client } from "../contract/client.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { readJsonObject } from "./reading.ts";
import { moment } from "./text.ts";

type Verdict = Awaited<ReturnType<Client["giveVerdict"]>>;

export const CASE = "case_01hzy3v7k2e8t9qxw4m5n6p7r8";
export const LEASE = "lse_01hzy3v7k2e8t9qxw4m5n6p7r9";

export function addEndings(group: Command, desk: Desk): void {
  const snooze = withLease(group.command("snooze"))
    .description("Puts a case off until a time, fourteen days ahead at most; it comes back to you first.")
    .requiredOption("--until <time>", "when it comes back, e.g. 2026-01-06T07:00:00Z")
    .option("--text <text>", "what it waits for")
    .action(async (id: string, { lease, until, text }: { lease: string; until: string; text?: string }) => {
      const at = Date.parse(until);
      if (Number.isNaN(at))
        throw misuse(`--until ${JSON.stringify(until)} is no time such as 2026-01-06T07:00:00Z`);
      const body = { lease, until: new Date(at).toISOString(), ...(text === undefined ? {} : { text }) };
      const reply = await (await desk.client("change")).snoozeReview({ params: { case: id }, body });
      desk.out.result(reply, () => `${id} is put off until ${moment(body.until)}.`);
    });
  withExamples(
    snooze,
    `pilotage review snooze ${CASE} --lease ${LEASE} --until 2026-01-06T07:00:00Z --as j.okafor@example.com`,
  );

  const escalate = withReason(withLease(group.command("escalate")))
    .description(
      "Hands a case to the owner's group, with a reason and words; it does not come back to you by itself.",
    )
    .requiredOption("--text <text>", "what the next person should know")
    .action(async (id: string, body: { lease: string; reason: ReviewReason; text: string }) => {
      const reply = await (await desk.client("change")).escalateReview({ params: { case: id }, body });
      desk.out.result(reply, () => `${id} waits for its owner.`);
    });
  withExamples(
    escalate,
    `pilotage review escalate ${CASE} --lease ${LEASE} --reason other --text "Unsure about the contract" --as j.okafor@example.com`,
  );

  const ask = withReason(withLease(group.command("ask")))
    .description(
      "Asks the sender: the case waits, and comes back with the answer, or without one after the workflow's days.",
    )
    .requiredOption("--question <text>", "what the sender is asked")
    .action(async (id: string, body: { lease: string; reason: ReviewReason; question: string }) => {
      const reply = await (await desk.client("change")).askSender({ params: { case: id }, body });
      desk.out.result(
        reply,
        () =>
          `${id} waits for its sender. ${reply.mailed === "sent" ? "The question was mailed." : "No mail went out: pass the link on yourself."}\n  ${reply.answerLink}`,
      );
    });
  withExamples(
    ask,
    `pilotage review ask ${CASE} --lease ${LEASE} --reason missing --question "Which order is it about?" --as j.okafor@example.com`,
  );

  const answer = group
    .command("answer")
    .argument("<case>", "the id of the case")
    .description("Records what the sender answered by another way; the case waits for a verdict again.")
    .requiredOption("--text <text>", "the answer")
    .action(async (id: string, { text }: { text: string }) => {
      const reply = await (
        await desk.client("change")
      ).recordAnswer({ params: { case: id }, body: { text } });
      desk.out.result(reply, () => `${id} waits for a verdict again.`);
    });
  withExamples(answer, `pilotage review answer ${CASE} --text "Order 4711." --as j.okafor@example.com`);
}

export function addVerdicts(group: Command, desk: Desk): void {
  const approve = withLease(group.command("approve"))
    .description("Approves: the output goes out as it is.")
    .action(async (id: string, { lease }: { lease: string }) => {
      const reply = await (
        await desk.client("change")
      ).giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
      desk.out.result(reply, () => shownVerdict(reply));
    });
  withExamples(approve, `pilotage review approve ${CASE} --lease ${LEASE} --as j.okafor@example.com`);

  const edit = withLease(group.command("edit"))
    .description("Approves with edits: the output given goes out instead.")
    .requiredOption("--output <file>", "the whole output as a JSON object; - reads standard input")
    .addOption(new Option("--reason <reason>", "why").choices(REVIEW_REASONS))
    .option("--text <text>", "why, in your own words")
    .action(
      async (id: string, given: { lease: string; output: string; reason?: ReviewReason; text?: string }) => {
        const { output: file, ...why } = given;
        const body = { ...why, verdict: "edit" as const, output: await readJsonObject(file, desk.stdin) };
        const reply = await (await desk.client("change")).giveVerdict({ params: { case: id }, body });
        desk.out.result(reply, () => shownVerdict(reply));
      },
    );
  withExamples(
    edit,
    `pilotage review edit ${CASE} --lease ${LEASE} --output corrected.json --as j.okafor@example.com`,
  );

  const reject = withLease(group.command("reject"))
    .description("Rejects: nothing goes out.")
    .addOption(new Option("--reason <reason>", "why").choices(REVIEW_REASONS).makeOptionMandatory())
    .option("--text <text>", "why, in your own words")
    .action(
      async (id: string, { text, ...given }: { lease: string; reason: ReviewReason; text?: string }) => {
        const body = { ...given, verdict: "reject" as const, ...(text === undefined ? {} : { text }) };
        const reply = await (await desk.client("change")).giveVerdict({ params: { case: id }, body });
        desk.out.result(reply, () => shownVerdict(reply));
      },
    );
  withExamples(
    reject,
    `pilotage review reject ${CASE} --lease ${LEASE} --reason out_of_scope --as j.okafor@example.com`,
  );
}

export function withLease(command: Command): Command {
  return command
    .argument("<case>", "the id of the case")
    .requiredOption("--lease <lease>", "the lease that came with the case");
}

export function withReason(command: Command): Command {
  return command.addOption(
    new Option("--reason <reason>", "why").choices(REVIEW_REASONS).makeOptionMandatory(),
  );
}

function shownVerdict({ caseId, state, verdict, undoUntil, differs }: Verdict): string {
  const goesOn = state === "in_review" ? " It takes another person before it goes out." : "";
  const changed = differs.length === 0 ? "" : `; it differs from what was there in ${differs.join(", ")}`;
  return `${caseId}: ${verdict}${changed}.${goesOn} Until ${moment(undoUntil)} it can be taken back: pilotage review undo ${caseId}`;
}
