/** What a target receives: the answer, how it came about, and what is only a suggestion. Pure. */
import type { JsonObject } from "../../contract/json.ts";
import { isoTime } from "../../platform/clock.ts";

export interface Parcel {
  caseId: string;
  workflow: string;
  externalId: string;
  source: string;
  output: JsonObject;
  /** How the answer was decided: alone, or by a person. Never who. */
  verdict: "auto" | "approve" | "edit";
  release: string;
  suggestions: string[];
  disclosure: string | undefined;
  /** A signed page on which whoever receives it can say that it is wrong. */
  feedbackUrl: string | undefined;
  decidedAt: number;
  /** A rehearsal. */
  drill: boolean;
  /** Of an answer that takes the place of one that was delivered: its number. 0 for the first. */
  correction: number;
}

/** JSON in UTF-8. A field that the release calls a suggestion is named, so that the target files it as a draft. */
export function deliveryBody(parcel: Parcel): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      type: "case.decided",
      ...(parcel.correction === 0 ? {} : { correction: parcel.correction }),
      caseId: parcel.caseId,
      workflow: parcel.workflow,
      ...(parcel.drill ? { drill: true } : {}),
      source: parcel.source,
      externalId: parcel.externalId,
      decidedAt: isoTime(parcel.decidedAt),
      decidedBy: parcel.verdict === "auto" ? "model" : "person",
      release: parcel.release,
      output: parcel.output,
      suggestions: parcel.suggestions,
      ...(parcel.disclosure === undefined || parcel.verdict !== "auto"
        ? {}
        : { disclosure: parcel.disclosure }),
      ...(parcel.feedbackUrl === undefined ? {} : { feedbackUrl: parcel.feedbackUrl }),
    }),
    "utf8",
  );
}
