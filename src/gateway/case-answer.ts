/**
 * What a call hears of its case. Pure.
 *
 * What went out alone, or was approved by a person, is the answer. Everything else is a 409 with the case and where to ask
 * for it; whoever may read drafts gets the output as one, because its user is the reviewer. The output of a case that is
 * cold is held back from them, too.
 */
import type { JsonValue } from "../contract/json.ts";
import { isSettled, type Standing } from "./waiting.ts";
import { GatewayError } from "./wire-error.ts";

export type CaseAnswer =
  { kind: "answer"; content: JsonValue; draft: boolean } | { kind: "waits"; error: GatewayError };

export const POLL_PATH = "/v1/chat/completions/";

export function answerOf(standing: Standing, mayReadDrafts: boolean): CaseAnswer {
  const { state, verdict, output, final } = standing;
  const content = final ?? output;
  const out = state === "delivering" || state === "delivered" || state === "failed_delivery";
  if (out && content !== undefined) return { kind: "answer", content, draft: false };
  if (out)
    throw new GatewayError(
      500,
      "content_unreadable",
      `The case ${standing.id} is decided, and its content cannot be opened.`,
      { beside: about(standing) },
    );
  const open = state === "in_review" || state === "returned" || state === "decided";
  if (mayReadDrafts && open && isSettled(standing) && verdict !== "reject" && content !== undefined)
    return { kind: "answer", content, draft: true };
  return { kind: "waits", error: waits(standing) };
}

/** Headers that say which case it is and how it was decided. */
export function caseHeaders(standing: Standing): Record<string, string> {
  const { confidence, model } = standing;
  return {
    "x-pilotage-case": standing.id,
    "x-pilotage-release": standing.release,
    "x-pilotage-decision": decisionWord(standing),
    "x-pilotage-mode": "buffered",
    ...(confidence === undefined ? {} : { "x-pilotage-confidence": String(confidence) }),
    ...(model === undefined || standing.withheld ? {} : { "x-pilotage-model": headerText(model) }),
  };
}

export function decisionWord(standing: Standing): string {
  if (!isSettled(standing)) return "pending";
  return standing.verdict ?? "review";
}

function waits(standing: Standing): GatewayError {
  const { id, state } = standing;
  const more = {
    headers: { location: `${POLL_PATH}${id}`, "x-should-retry": "false" },
    beside: about(standing),
  };
  const ask = `Ask again at ${POLL_PATH}${id}.`;
  if (!isSettled(standing))
    return new GatewayError(
      409,
      "case_pending",
      `The case ${id} is not decided yet; it is kept, and work on it goes on. ${ask}`,
      more,
    );
  if (state === "closed" || state === "cancelled" || state === "erased")
    return new GatewayError(
      409,
      "case_closed",
      `The case ${id} has no answer: ${state === "closed" ? "a person rejected the output, and nothing goes out" : `it is ${state}`}.`,
      more,
    );
  return new GatewayError(
    409,
    "case_in_review",
    `The case ${id} waits for a person's verdict; nothing goes out before it. ${ask}`,
    more,
  );
}

function about({ id, state }: Standing) {
  return { case: { id, state, url: `${POLL_PATH}${id}` } };
}

/** What a header can carry of a foreign name. */
export function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200);
}
