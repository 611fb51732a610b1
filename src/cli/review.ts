/** `pilotage review`: take cases, see what they hold, give the verdict, take it back. */
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { REVIEW_REASONS, type ReviewReason } from "../contract/states.ts";
import { whole } from "./arguments.ts";
import { shownReason } from "./case.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readJsonObject } from "./reading.ts";
import { block, facts, moment } from "./text.ts";

type Task = Awaited<ReturnType<Client["claimReview"]>>;
type Verdict = Awaited<ReturnType<Client["giveVerdict"]>>;

const CASE = "case_01hzy3v7k2e8t9qxw4m5n6p7r8";
const LEASE = "lse_01hzy3v7k2e8t9qxw4m5n6p7r9";

export function addReview(program: Command, desk: Desk): void {
  const group = program.command("review").description("Takes cases for review and gives the verdict.");
  addTaking(group, desk);
  addVerdicts(group, desk);
}

function addTaking(group: Command, desk: Desk): void {
  const next = group
    .command("next")
    .argument("<workflow>", "its name")
    .description(
      "Takes the next cases that wait for a verdict, the earliest due first, under a lease. Shows what they hold; a cold case comes without the model's output.",
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
}

function addVerdicts(group: Command, desk: Desk): void {
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
    .action(async (id: string, { lease, output }: { lease: string; output: string }) => {
      const body = { lease, verdict: "edit" as const, output: await readJsonObject(output, desk.stdin) };
      const reply = await (await desk.client("change")).giveVerdict({ params: { case: id }, body });
      desk.out.result(reply, () => shownVerdict(reply));
    });
  withExamples(
    edit,
    `pilotage review edit ${CASE} --lease ${LEASE} --output corrected.json --as j.okafor@example.com`,
  );

  const reject = withLease(group.command("reject"))
    .description("Rejects: nothing goes out.")
    .addOption(new Option("--reason <reason>", "why").choices(REVIEW_REASONS).makeOptionMandatory())
    .action(async (id: string, { lease, reason }: { lease: string; reason: ReviewReason }) => {
      const reply = await (
        await desk.client("change")
      ).giveVerdict({ params: { case: id }, body: { lease, verdict: "reject", reason } });
      desk.out.result(reply, () => shownVerdict(reply));
    });
  withExamples(
    reject,
    `pilotage review reject ${CASE} --lease ${LEASE} --reason out_of_scope --as j.okafor@example.com`,
  );

  const undo = group
    .command("undo")
    .argument("<case>", "the id of the case")
    .description("Takes your own verdict back while the undo window is open.")
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).undoVerdict({ params: { case: id } });
      desk.out.result(reply, () => `The verdict on ${id} is taken back; it waits for a review again.`);
    });
  withExamples(undo, `pilotage review undo ${CASE} --as j.okafor@example.com`);
}

function withLease(command: Command): Command {
  return command
    .argument("<case>", "the id of the case")
    .requiredOption("--lease <lease>", "the lease that came with the case");
}

function shown(task: Task): string {
  const { caseId, lease, output, withheld, attachments } = task;
  const head = facts([
    ["workflow", task.workflow],
    ["source", `${task.source}, ${task.externalId}`],
    ["lease", `${lease} until ${moment(task.leaseUntil)}`],
    ["received", moment(task.receivedAt)],
    ["due", moment(task.dueAt)],
    ["reasons", task.reasons.map(shownReason).join("\n")],
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

function shownVerdict({ caseId, verdict, undoUntil, differs }: Verdict): string {
  const changed = differs.length === 0 ? "" : `; it differs from the model's output in ${differs.join(", ")}`;
  return `${caseId}: ${verdict}${changed}. Until ${moment(undoUntil)} it can be taken back: pilotage review undo ${caseId}`;
}
