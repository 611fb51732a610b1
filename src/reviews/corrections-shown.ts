/**
 * Corrections of a case as they can be read back: who, when and how far in clear, what they say and why with the content.
 *
 * One that took another person is one entry with the correction that it became.
 */
import { samePerson } from "../access/standing.ts";
import type { CorrectionState } from "../contract/case-content.ts";
import { isJsonObject, type JsonValue } from "../contract/json.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { proposalKind, refusalKind, type ProposalState } from "./proposal-store.ts";
import type { CaseContentOf } from "./said.ts";

export interface CorrectionShown {
  id: string;
  correction: number | null;
  proposal: number | null;
  state: CorrectionState;
  person: string | null;
  simulated: boolean;
  reason: string;
  fields: string[];
  at: string;
  second: string | null;
  endedAt: string | null;
  /** The reader stands behind it. */
  own: boolean;
}

export interface CorrectionContent {
  id: string;
  before: JsonValue;
  after: JsonValue;
  text: string | null;
  answer: string | null;
}

interface Made {
  no: number;
  state: "made" | "undone";
  person: string;
  stands: string | null;
  simulated: boolean;
  reason: string;
  fields: string[];
  made_at: number;
  before_state: string;
}

interface Proposed {
  no: number;
  state: ProposalState;
  person: string;
  simulated: boolean;
  reason: string;
  fields: string[];
  proposed_at: number;
  ended_by: string | null;
  ended_at: number | null;
  correction: number | null;
  behind: string[];
}

/** Oldest first. `reader` is who asks, as people are told apart. */
export async function correctionsOf(
  database: Queryable,
  caseId: string,
  caseState: string,
  reader: string,
): Promise<CorrectionShown[]> {
  const made = await database.all<Made>(
    sql`select no, state, person, stands, simulated, reason, fields, made_at, before_state from correction where case_id = ${caseId} order by no`,
  );
  const proposed = await database.all<Proposed>(sql`
    select no, state, person, simulated, reason, fields, proposed_at, ended_by, ended_at, correction, behind
    from correction_proposal where case_id = ${caseId} order by no`);
  const from = new Map(proposed.flatMap((one) => (one.correction === null ? [] : [[one.correction, one]])));
  const isReader = (one: string) => samePerson(one, reader);
  const shown = [
    ...made.map((one, index) => {
      const by = from.get(one.no);
      return {
        at: by?.proposed_at ?? one.made_at,
        entry: {
          id: `c${one.no}`,
          correction: one.no,
          proposal: by?.no ?? null,
          state: stateOf(one, made[index + 1]?.before_state ?? caseState),
          person: by?.person ?? one.person,
          simulated: by?.simulated ?? one.simulated,
          reason: one.reason,
          fields: one.fields,
          second: by ? one.person : null,
          endedAt: by ? isoTime(one.made_at) : null,
          own: [one.stands ?? one.person, ...(by?.behind ?? [])].some(isReader),
        },
      };
    }),
    ...proposed
      .filter((one) => one.correction === null)
      .map((one) => ({
        at: one.proposed_at,
        entry: {
          id: `p${one.no}`,
          correction: null,
          proposal: one.no,
          state: one.state,
          person: one.person,
          simulated: one.simulated,
          reason: one.reason,
          fields: one.fields,
          // Who took the own one back is no second person.
          second: one.state === "withdrawn" ? null : one.ended_by,
          endedAt: one.ended_at === null ? null : isoTime(one.ended_at),
          own: one.behind.some(isReader),
        },
      })),
  ];
  return shown
    .sort((one, other) => one.at - other.at || placeOf(one.entry) - placeOf(other.entry))
    .map(({ at, entry }) => ({ ...entry, at: isoTime(at) }));
}

/** Of the same moment: proposals in their order, then whatever needed nobody else and took their place. */
const placeOf = ({ proposal, correction }: Pick<CorrectionShown, "proposal" | "correction">) =>
  proposal ?? 100_000 + (correction ?? 0);

/** What came of it: what the case was when the next one was made, or what it is. */
function stateOf({ state }: Made, then: string): CorrectionState {
  if (state === "undone") return "undone";
  if (then === "delivered") return "delivered";
  return then === "failed_delivery" ? "failed" : "made";
}

/** What they say. `opened` is the content of the case by kind. */
export function correctionsSaid(
  list: readonly CorrectionShown[],
  opened: CaseContentOf,
): CorrectionContent[] {
  return list.map(({ id, correction, proposal }) => {
    const proposed = proposal === null ? undefined : opened.get(proposalKind(proposal));
    const made = correction === null ? undefined : opened.get(`correction.${correction}`);
    const before = correction === null ? fieldOf(proposed, "before") : opened.get(`before.${correction}`);
    return {
      id,
      before: before ?? null,
      after: fieldOf(made ?? proposed, "output") ?? null,
      text: textOf(fieldOf(proposed, "text") ?? fieldOf(made, "text")),
      answer: proposal === null ? null : textOf(opened.get(refusalKind(proposal))),
    };
  });
}

const fieldOf = (value: JsonValue | undefined, name: string) =>
  isJsonObject(value) ? value[name] : undefined;
const textOf = (value: JsonValue | undefined) => (typeof value === "string" ? value : null);
