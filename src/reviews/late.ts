/** What comes too late: refused politely, and what was written is kept with the case. */
import { sealJson } from "../cases/content.ts";
import type { Content } from "../cases/model/record.ts";
import { PilotageError } from "../contract/errors.ts";
import { isId } from "../contract/ids.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Tx } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import * as store from "./store.ts";

/** Late texts of one case that are kept: enough for every colleague who held it, and no store for invented leases. */
const MOST_LATE = 5;

/**
 * Puts what was said among the content to be written, and says whether there was room for it.
 *
 * The first text of a lease stays: whoever learns an old lease cannot write over what a colleague sent.
 */
export async function keepLate(
  tx: Tx,
  given: {
    caseId: string;
    lease: string;
    said: JsonValue | undefined;
    key: ContentKey | undefined;
    /** The number of the case's newest review; 0 when it never had one. */
    review: number;
    pending: Content[];
  },
): Promise<boolean> {
  const { caseId, lease, said, key, review, pending } = given;
  if (said === undefined || key === undefined || review === 0 || !isId("lease", lease)) return false;
  const kind = `late.${lease}`;
  const kinds = new Set([
    ...(await store.lateLeasesOf(tx, caseId)).map((one) => `late.${one}`),
    ...pending.filter((one) => one.case_id === caseId && one.kind.startsWith("late.")).map((one) => one.kind),
  ]);
  if (kinds.has(kind) || kinds.size >= MOST_LATE) return false;
  pending.push({ case_id: caseId, kind, sealed: sealJson(key, kind, said) });
  return true;
}

/** A verdict without a live lease; `state` when the case no longer waits for one. */
export function tooLate(caseId: string, state: string | undefined, kept: boolean): PilotageError {
  const text = kept ? " The answer that you sent is kept with the case." : "";
  if (state !== undefined && state !== "in_review")
    return new PilotageError(
      "wrong_state",
      `The case ${caseId} is ${state} by now; your verdict was not taken.${text}`,
    );
  return new PilotageError(
    "lease_lost",
    `Your time on ${caseId} was over, or somebody else has it now. Your verdict was not taken.${text}`,
    { hint: "Take the case again if it is still waiting." },
  );
}

export function notThere(caseId: string): PilotageError {
  return new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`);
}
