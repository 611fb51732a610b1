/** A case as text: what `pilotage case show` prints. */
import type { Client } from "../contract/client.ts";
import { CASE_STATES, REASONS, type ReasonCode } from "../contract/states.ts";
import { block, facts, moment, rounded, table } from "./text.ts";

type Case = Awaited<ReturnType<Client["getCase"]>>;

/** A reason as a sentence, with what it points at. */
export function shownReason({ code, detail }: { code: string; detail?: string | undefined }): string {
  const sentence = code in REASONS ? REASONS[code as ReasonCode] : code;
  return detail === undefined ? sentence : `${sentence} (${detail})`;
}

export function shownCase(one: Case, withContent: boolean): string {
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
      "Corrections",
      ["id", "state", "person", "second", "reason", "changed", "at"],
      one.corrections.map((c) => [
        c.id,
        c.state,
        personOf(c),
        c.second,
        c.reason,
        c.fields.join(","),
        moment(c.at),
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
  const { input, output, final, late, failures, corrections, said, withheld } = content;
  const answer = withheld ? "    withheld until the verdict: the case is cold" : block(output);
  return [
    `Content\n  input\n${block(input)}\n  output\n${answer}`,
    ...(final === null || final === undefined ? [] : [`  final\n${block(final)}`]),
    ...failures.map(({ attempt, message }) => `  attempt ${attempt} failed\n${block(message)}`),
    ...late.map(({ lease, answer: came }) => `  came too late, under the lease ${lease}\n${block(came)}`),
    ...corrections.map(
      ({ id, before, after, text, answer: reply }) =>
        `  correction ${id}, before\n${block(before)}\n  correction ${id}, after\n${block(after)}` +
        words(`correction ${id}, why`, text) +
        words(`correction ${id}, the second person`, reply),
    ),
    ...said.map(
      ({ kind, review, person, text }) =>
        `  ${kind}, review ${review}${person === null ? "" : `, ${person}`}\n${block(text)}`,
    ),
  ].join("\n");
}

function words(title: string, text: string | null): string {
  return text === null ? "" : `\n  ${title}\n${block(text)}`;
}

/** A program that plays a person is always named as one; some say it in their name already. */
function personOf({ person, simulated }: { person: string | null; simulated: boolean }): string | null {
  return simulated && !person?.includes("(simulated)") ? `${person} (simulated)` : person;
}
