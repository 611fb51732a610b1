/**
 * Corrections that wait for another person: the list of them, and that person's answer.
 *
 * One waits on a case at most. Nobody approves what they stand behind already; they may take it back instead. What was
 * delivered stays as it is until somebody agrees (correction.ts).
 */
import { sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import { samePerson } from "../access/standing.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import {
  openForCorrection,
  proposedOf,
  second,
  type CorrectionMade,
  type OpenForCorrection,
} from "./correction.ts";
import { endProposal, refusalKind, waitingIn, waitingOn, type Proposal } from "./proposal-store.ts";
import type { Reviewer, ReviewParts } from "./verdict.ts";

/** A list shows so many. */
const MOST_LISTED = 50;

export interface CorrectionWaiting {
  caseId: CaseId;
  externalId: string;
  proposal: number;
  person: string;
  /** The reader stands behind it already: it waits for others. */
  own: boolean;
  reason: string;
  fields: string[];
  at: number;
}

export async function correctionsWaiting(
  database: Queryable,
  workflow: string,
  reviewer: Reviewer,
): Promise<CorrectionWaiting[]> {
  const found = await waitingIn(database, { workflow, holder: reviewer.holder, most: MOST_LISTED });
  return found.map((row) => ({
    caseId: row.case_id,
    externalId: row.external_id,
    proposal: row.no,
    person: row.person,
    own: row.behind.some((one) => samePerson(one, reviewer.stands)),
    reason: row.reason,
    fields: row.fields,
    at: row.proposed_at,
  }));
}

/** Undefined: they stand behind it now, and it waits for one more. */
export async function approveCorrection(
  parts: ReviewParts,
  caseId: string,
  no: number,
  reviewer: Reviewer,
): Promise<CorrectionMade | undefined> {
  const answer = await parts.database.transaction(async (tx) => {
    const { open, waiting } = await waitingOrRefuse(parts, tx, caseId, no, reviewer);
    if (waiting.behind.some((one) => samePerson(one, reviewer.stands)))
      throw new PilotageError(
        "second_person_needed",
        `You stand behind this correction of ${caseId} already; it takes another person. Nothing was changed.`,
        { hint: "Nobody approves their own. You may take it back." },
      );
    const proposed = await proposedOf(tx, open, waiting);
    if (!proposed) throw gone(caseId, no);
    return second(parts, tx, open, waiting, proposed, reviewer);
  });
  return answer instanceof PilotageError ? undefined : answer;
}

/** Refuses what somebody else proposed, or takes the own one back. */
export async function refuseCorrection(
  parts: ReviewParts,
  caseId: string,
  { proposal: no, text }: { proposal: number; text: string | undefined },
  reviewer: Reviewer,
): Promise<"refused" | "withdrawn"> {
  return parts.database.transaction(async (tx) => {
    const { open, waiting } = await waitingOrRefuse(parts, tx, caseId, no, reviewer);
    const own = samePerson(waiting.stands, reviewer.stands);
    if (!own && text === undefined)
      throw new PilotageError("bad_request", "A refusal needs a few words; nothing was changed.", {
        hint: "Say in `text` why the correction is not right.",
      });
    const state = own ? "withdrawn" : "refused";
    await endProposal(tx, { caseId, no, state, by: reviewer, now: parts.clock.now() });
    const kind = refusalKind(no);
    if (text !== undefined)
      await insertContent(tx, [{ case_id: caseId, kind, sealed: sealJson(open.key, kind, text) }]);
    parts.audit.record(tx, [
      {
        kind: "case.correction_refused",
        actor: reviewer.actor,
        workflow: waiting.workflow,
        caseId,
        data: { proposal: no, own, simulated: reviewer.simulated },
      },
    ]);
    return state;
  });
}

async function waitingOrRefuse(
  parts: ReviewParts,
  tx: Tx,
  caseId: string,
  no: number,
  reviewer: Reviewer,
): Promise<{ open: OpenForCorrection; waiting: Proposal }> {
  const open = await openForCorrection(parts, tx, caseId, reviewer);
  const waiting = await waitingOn(tx, caseId);
  if (waiting?.no !== no) throw gone(caseId, no);
  return { open, waiting };
}

function gone(caseId: string, no: number): PilotageError {
  return new PilotageError(
    "wrong_state",
    `No correction ${no} of ${caseId} waits for another person: somebody settled it, or put another in its place. Nothing was changed.`,
    { hint: "Look at the case as it is now." },
  );
}
