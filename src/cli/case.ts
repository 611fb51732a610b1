/** `pilotage case show | list | submit`. Batches are in case-batch.ts. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { CASE_STATES, REASONS, type ReasonCode } from "../contract/states.ts";
import { gather, whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { readPages } from "./paging.ts";
import { readAttachment, readJson, writeNew } from "./reading.ts";
import { block, count, facts, moment, rounded, table } from "./text.ts";

type Case = Awaited<ReturnType<Client["getCase"]>>;

interface ListOptions {
  state?: string;
  externalId?: string;
  source?: string;
  limit: number;
  before?: string;
}

interface SubmitOptions {
  externalId?: string;
  source?: string;
  input: string;
  attach?: string[];
  drill?: boolean;
}

/** Answers the group, so that more commands can be put into it. */
export function addCase(program: Command, desk: Desk): Command {
  const group = program.command("case").description("Hands in, shows and lists cases.");

  const show = group
    .command("show")
    .argument("<case>", "the id of the case")
    .description("Shows one case: state, decision, attempts, reviews, deliveries, history.")
    .option("--content", "also what the case holds; takes the scope content:read")
    .action(async (id: string, { content = false }: { content?: boolean }) => {
      const client = await desk.client("read");
      const reply = await client.getCase({ params: { case: id }, query: content ? { content: "true" } : {} });
      desk.out.result(reply, () => shown(reply, content));
    });
  withExamples(
    show,
    "pilotage case show case_01hzy3v7k2e8t9qxw4m5n6p7r8",
    "pilotage case show case_01hzy3v7k2e8t9qxw4m5n6p7r8 --content",
  );

  const list = group
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists cases, newest first, without content.")
    .option("--state <state>", `only in this state: ${Object.keys(CASE_STATES).join(", ")}`, state)
    .option("--external-id <id>", "only with this id of the source system")
    .option("--source <source>", "only from this source")
    .option("--limit <cases>", "how many at most", whole(1, 100_000), 50)
    .option("--before <case>", "only cases older than this one")
    .action(async (workflow: string, { limit, before, ...filter }: ListOptions) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCases({ params: { workflow }, query: { ...filter, ...query } });
        return { items: page.cases, next: page.next };
      });
      desk.out.result({ cases: items, next }, () =>
        table(
          ["case", "state", "source", "external id", "arm", "verdict", "received", "due"],
          items.map((one) => [
            one.id,
            one.state,
            one.source,
            one.externalId,
            one.arm,
            one.verdict,
            moment(one.receivedAt),
            moment(one.dueAt),
          ]),
          "No case is like that.",
        ),
      );
      if (next !== null) desk.out.note(`There are more: --before ${next}, or a larger --limit.`);
    });
  withExamples(
    list,
    "pilotage case list support-triage --state in_review",
    "pilotage case list support-triage --external-id T-1001 --json",
  );

  const submit = group
    .command("submit")
    .argument("<workflow>", "its name")
    .description("Hands in one case. The same external id with the same content answers as a duplicate.")
    .requiredOption("--input <file>", "its input as a JSON object; - reads standard input")
    .option("--external-id <id>", "its id in the source system; default: the key field of the workflow")
    .option("--source <source>", "the source system; default: api")
    .option("--attach <file>", "an attachment; may be given several times", gather)
    .option("--drill", "a rehearsal; left out of every figure")
    .action(async (workflow: string, { input, attach = [], ...options }: SubmitOptions) => {
      const attachments = await Promise.all(attach.map((path) => readAttachment(path, desk.stdin)));
      const body = { ...options, input: await readJson(input, desk.stdin), attachments };
      const receipt = await (await desk.client("change")).submitCase({ params: { workflow }, body });
      desk.out.result(
        receipt,
        () =>
          `${receipt.caseId}  ${receipt.status === "admitted" ? "admitted" : "was there already"} as ${receipt.externalId}`,
      );
      if (receipt.dropped.length > 0)
        desk.out.note(`Left out, because the input schema does not name them: ${receipt.dropped.join(", ")}`);
    });
  withExamples(
    submit,
    "pilotage case submit support-triage --input ticket.json --external-id T-1001 --as j.okafor@example.com",
    "pilotage case submit support-triage --input - --attach invoice.pdf --attach photo.jpg --as j.okafor@example.com",
  );

  const attachment = group
    .command("attachment")
    .argument("<case>", "the id of the case")
    .argument("<no>", "the number of the attachment, as `case show` gives it")
    .description("Saves one attachment of a case; takes the scope content:read.")
    .requiredOption("--to <file>", "where to write it; a file that exists is kept")
    .action(async (id: string, no: string, { to }: { to: string }) => {
      const bytes = (await (
        await desk.client("read")
      ).getAttachment({ params: { case: id, no } })) as Uint8Array;
      await writeNew(to, bytes);
      desk.out.result({ file: to, bytes: bytes.length }, () => `${to}: ${count(bytes.length, "byte")}.`);
    });
  withExamples(
    attachment,
    "pilotage case attachment case_01hzy3v7k2e8t9qxw4m5n6p7r8 1 --to invoice-copy.pdf",
  );
  return group;
}

function state(text: string): string {
  if (text in CASE_STATES) return text;
  throw misuse(
    `${JSON.stringify(text)} is no state of a case; there are ${Object.keys(CASE_STATES).join(", ")}`,
  );
}

/** A reason as a sentence, with what it points at. */
export function shownReason({ code, detail }: { code: string; detail?: string | undefined }): string {
  const sentence = code in REASONS ? REASONS[code as ReasonCode] : code;
  return detail === undefined ? sentence : `${sentence} (${detail})`;
}

function shown(one: Case, withContent: boolean): string {
  const { decision, attempts, reviews, deliveries, labels, attachments, history } = one;
  const parts = [
    `${one.id}  ${one.state}: ${CASE_STATES[one.state]}`,
    facts([
      ["workflow", one.workflow],
      ["source", `${one.source}, ${one.externalId}`],
      ["arm", `${one.arm}, release ${one.release}`],
      ["team", one.team],
      ["received", moment(one.receivedAt)],
      ["due", moment(one.dueAt)],
      ["decided", moment(one.decidedAt)],
      ["delivered", moment(one.deliveredAt)],
      ["verdict", one.verdict],
      ["decision", decision === null ? "" : `${decision.outcome}, ${moment(decision.at)}`],
      ["reasons", decision?.reasons.map(shownReason).join("\n")],
      ["confidence", rounded(decision?.confidence)],
      ["cold", one.cold ? "its output is withheld until the verdict" : ""],
      ["drill", one.drill ? "a rehearsal, left out of every figure" : ""],
    ]),
    section(
      "Model calls",
      ["no", "purpose", "state", "asked", "answered", "ms", "confidence", "error"],
      attempts.map((a) => [
        a.no,
        a.purpose,
        a.state,
        a.modelAsked,
        a.modelAnswered,
        rounded(a.milliseconds),
        rounded(a.confidence),
        a.error,
      ]),
    ),
    section(
      "Reviews",
      ["no", "state", "person", "verdict", "reason", "changed", "decided"],
      reviews.map((r) => [
        r.no,
        r.state,
        personOf(r),
        r.verdict,
        r.reason,
        r.fields?.join(","),
        moment(r.decidedAt),
      ]),
    ),
    section(
      "Deliveries",
      ["target", "state", "tries", "sent", "error"],
      deliveries.map((d) => [d.target, d.state, d.tries, moment(d.sentAt), d.error]),
    ),
    section(
      "Labels",
      ["source", "wrong", "fields", "person", "seen", "superseded", "withdrawn", "at"],
      labels.map((l) => [
        l.source,
        l.wrong,
        l.wrongFields?.join(","),
        personOf(l),
        l.seen,
        l.superseded,
        moment(l.withdrawnAt),
        moment(l.at),
      ]),
    ),
    section(
      "Attachments",
      ["no", "type", "bytes"],
      attachments.map((a) => [a.no, a.mediaType, a.size]),
    ),
    section(
      "History",
      ["at", "event"],
      history.map((h) => [moment(h.at), h.kind]),
    ),
    withContent ? content(one) : "",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function section(title: string, header: string[], rows: Parameters<typeof table>[1]): string {
  return rows.length === 0 ? "" : `${title}\n  ${table(header, rows, "").replaceAll("\n", "\n  ")}`;
}

function content({ content }: Case): string {
  if (content === null) return "Content: not shown; it was erased, or the key may not see it.";
  const { input, output, final, late, failures, withheld } = content;
  const answer = withheld ? "    withheld until the verdict: the case is cold" : block(output);
  return [
    `Content\n  input\n${block(input)}\n  output\n${answer}`,
    ...(final === null || final === undefined ? [] : [`  final\n${block(final)}`]),
    ...failures.map(({ attempt, message }) => `  attempt ${attempt} failed\n${block(message)}`),
    ...late.map(({ lease, answer: came }) => `  came too late, under the lease ${lease}\n${block(came)}`),
  ].join("\n");
}

/** A program that plays a person is always named as one; some say it in their name already. */
function personOf({ person, simulated }: { person: string | null; simulated: boolean }): string | null {
  return simulated && !person?.includes("(simulated)") ? `${person} (simulated)` : person;
}
