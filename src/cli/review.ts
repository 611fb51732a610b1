/** `pilotage review`: take cases, see what they hold, end a turn in every way there is, take back, correct, the queue. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { DOUBTS, TURNS } from "../contract/review-endpoints.ts";
import { whole } from "./arguments.ts";
import { shownReason } from "./case-shown.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { addAfterwards } from "./review-afterwards.ts";
import { addEndings, addVerdicts, CASE, LEASE, withLease } from "./review-endings.ts";
import { block, facts, moment } from "./text.ts";

type Task = Awaited<ReturnType<Client["claimReview"]>>;

export function addReview(program: Command, desk: Desk): void {
  const group = program.command("review").description("Takes cases for review and gives the verdict.");
  addQueue(group, desk);
  addTaking(group, desk);
  addVerdicts(group, desk);
  addEndings(group, desk);
  addAfterwards(group, desk);
}

function addQueue(group: Command, desk: Desk): void {
  const inbox = group
    .command("inbox")
    .argument("<workflow>", "its name")
    .description(
      "Shows the queue by cause: what is open, free, held by others, due, put off, asked, come back.",
    )
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).getInbox({ params: { workflow } });
      desk.out.result(reply, () => shownInbox(reply));
    });
  withExamples(inbox, "pilotage review inbox support-triage");
}

function addTaking(group: Command, desk: Desk): void {
  const next = group
    .command("next")
    .argument("<workflow>", "its name")
    .description(
      "Takes the next cases that wait for a verdict, the most urgent first (risk comes sooner), under a lease. Shows what they hold; a cold case comes without the model's output.",
    )
    .option("--count <cases>", "how many", whole(1, 100), 1)
    .option("--lease-seconds <seconds>", "how long nobody else gets them", whole(5, 3600), 600)
    .action(async (workflow: string, { count, leaseSeconds }: { count: number; leaseSeconds: number }) => {
      const reply = await (
        await desk.client("change")
      ).claimReviews({ params: { workflow }, body: { count, leaseSeconds } });
      desk.out.result(
        reply,
        () => reply.reviews.map(shown).join("\n\n") || `No case of ${workflow} waits for a review.`,
      );
    });
  withExamples(
    next,
    "pilotage review next support-triage --as j.okafor@example.com",
    "pilotage review next support-triage --count 5 --json --as j.okafor@example.com",
  );

  const claim = group
    .command("claim")
    .argument("<case>", "the id of the case")
    .description("Takes a given case for review, under a lease.")
    .option("--lease-seconds <seconds>", "how long nobody else gets it", whole(5, 3600), 600)
    .action(async (id: string, { leaseSeconds }: { leaseSeconds: number }) => {
      const reply = await (
        await desk.client("change")
      ).claimReview({ params: { case: id }, body: { leaseSeconds } });
      desk.out.result(reply, () => shown(reply));
    });
  withExamples(claim, `pilotage review claim ${CASE} --as j.okafor@example.com`);

  const release = withLease(group.command("release"))
    .description("Gives a case back undecided.")
    .action(async (id: string, { lease }: { lease: string }) => {
      const reply = await (
        await desk.client("change")
      ).releaseReview({ params: { case: id }, body: { lease } });
      desk.out.result(reply, () => `${id} waits for a review again.`);
    });
  withExamples(release, `pilotage review release ${CASE} --lease ${LEASE} --as j.okafor@example.com`);

  const skip = withLease(group.command("skip"))
    .description("Gives a case back for others, with a reason. The third skip escalates it.")
    .requiredOption("--text <text>", "why, in a few words")
    .action(async (id: string, { lease, text }: { lease: string; text: string }) => {
      const reply = await (
        await desk.client("change")
      ).releaseReview({ params: { case: id }, body: { lease, skip: true, reason: text } });
      desk.out.result(reply, () =>
        reply.escalated
          ? `${id} was skipped three times and is escalated now.`
          : `${id} waits for somebody else.`,
      );
    });
  withExamples(
    skip,
    `pilotage review skip ${CASE} --lease ${LEASE} --text "I know the sender" --as j.okafor@example.com`,
  );
}

function shown(task: Task): string {
  const { caseId, lease, output, withheld, attachments } = task;
  const head = facts([
    ["workflow", task.workflow],
    ["source", `${task.source}, ${task.externalId}`],
    ["lease", `${lease} until ${moment(task.leaseUntil)}`],
    ["received", moment(task.receivedAt)],
    ["due", moment(task.dueAt)],
    ["turn", task.turn === "first" ? "" : TURNS[task.turn]],
    ["reasons", task.reasons.map(shownReason).join("\n")],
    ["doubts", task.doubts.map(shownDoubt).join("\n")],
    [
      "said",
      task.notes
        .map(({ kind, text, person }) => `${kind}${person === null ? "" : ` by ${person}`}: ${text}`)
        .join("\n"),
    ],
    [
      "attachments",
      attachments
        .map(({ no, name, mediaType, size }) => `${no}: ${name}, ${mediaType}, ${size} bytes`)
        .join("\n"),
    ],
  ]);
  const answer =
    withheld === "cold"
      ? "    withheld until the verdict: the case is cold"
      : output === null
        ? "    none: answer it yourself with `review edit`"
        : block(output);
  const verdict = (name: string, more = "") =>
    `  pilotage review ${name} ${caseId} --lease ${lease}${more} --as <person>`;
  const how = [
    ...(output === null ? [] : [verdict("approve")]),
    verdict("edit", " --output <file>"),
    verdict("reject", " --reason <reason>"),
  ].join("\n");
  return `${caseId}\n${head}\n  input\n${block(task.input)}\n  output\n${answer}\n${how}`;
}

function shownDoubt({ field, code, detail }: Task["doubts"][number]): string {
  return `${field === "" ? "the whole output" : field}: ${DOUBTS[code]}${detail === null ? "" : ` (${detail})`}`;
}

type Inbox = Awaited<ReturnType<Client["getInbox"]>>;

const CAUSES: Record<keyof Inbox["causes"], string> = {
  risk: "for a risk",
  escalated: "escalated",
  second: "for a second person",
  returned: "back from the sender",
  noSuggestion: "without a suggestion",
  unsure: "the model was unsure",
  routine: "routine",
};

function shownCauses(causes: Inbox["causes"]): string {
  return (Object.keys(CAUSES) as (keyof Inbox["causes"])[])
    .filter((cause) => causes[cause] > 0)
    .map((cause) => `${causes[cause]} ${CAUSES[cause]}`)
    .join(", ");
}

function shownInbox(inbox: Inbox): string {
  const list = (rows: Inbox["snoozed"]) =>
    rows
      .map(
        ({ caseId, externalId, until, note }) =>
          `${caseId} ${externalId}${until === null ? "" : ` until ${moment(until)}`}${note === null ? "" : `: ${note}`}`,
      )
      .join("\n");
  return facts([
    [
      "open",
      `${inbox.open}, of which you can take ${inbox.free}; others hold ${inbox.held}, ${inbox.forOthers} for others`,
    ],
    ["why", shownCauses(inbox.causes)],
    ["due", `${inbox.overdue} overdue, ${inbox.atRisk} within the hour, ${inbox.dueToday} today`],
    [
      "yours",
      inbox.mine
        .map(
          ({ caseId, externalId, lease, leaseUntil }) =>
            `${caseId} ${externalId}, ${lease} until ${moment(leaseUntil)}`,
        )
        .join("\n"),
    ],
    ["came back to you", list(inbox.returned)],
    ["escalated", list(inbox.escalated)],
    ["put off", list(inbox.snoozed)],
    ["with the sender", list(inbox.asked)],
    [
      "corrections that wait",
      inbox.corrections
        .map(
          ({ caseId, externalId, proposal, person, own, fields }) =>
            `${caseId} ${externalId}, proposal ${proposal} by ${person} in ${fields.join(", ")}${own ? ": waits for another person" : ""}`,
        )
        .join("\n"),
    ],
    [
      "to look at again",
      inbox.recalled.cases
        .map(
          ({ caseId, externalId, deliveredAt }) =>
            `${caseId} ${externalId}, delivered ${moment(deliveredAt)}`,
        )
        .join("\n"),
    ],
    [
      "today",
      `${inbox.team.decidedToday === null ? "" : `${inbox.team.decidedToday} decided by the team, `}${inbox.own.decidedToday} decided by you; ${inbox.team.arrivedToday} came in`,
    ],
  ]);
}
