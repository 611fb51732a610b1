/** The questions that proposed corrections ask the database: what waits for another person, and how it ended. */
import type { CaseId } from "../contract/ids.ts";
import type { ReviewReason } from "../contract/states.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

/** `made`: it became a correction. `replaced`: another one took its place before anybody agreed. */
export type ProposalState = "waiting" | "made" | "refused" | "withdrawn" | "replaced";

export interface Proposal {
  case_id: string;
  no: number;
  workflow: string;
  person: string;
  stands: string;
  reason: ReviewReason;
  fields: string[];
  behind: string[];
}

/** The content of a case that holds a proposal: what is delivered, what would take its place, and the words. */
export const proposalKind = (no: number) => `proposal.${no}`;
/** The words with which it was refused. */
export const refusalKind = (no: number) => `proposal.${no}.refused`;

/** What waits on a case, of which there is one at most. The caller holds the case. */
export async function waitingOn(tx: Queryable, caseId: string): Promise<Proposal | undefined> {
  return tx.maybe<Proposal>(sql`
    select case_id, no, workflow, person, stands, reason, fields, behind from correction_proposal
    where case_id = ${caseId} and state = 'waiting'`);
}

export async function insertProposal(
  tx: Tx,
  one: Omit<Proposal, "no"> & { simulated: boolean; now: number },
): Promise<number> {
  const { no } = await tx.one<{ no: number }>(sql`
    insert into correction_proposal (case_id, no, workflow, state, person, stands, simulated, reason, fields, behind, proposed_at)
    select ${one.case_id}, (select coalesce(max(no), 0) + 1 from correction_proposal where case_id = ${one.case_id}), ${one.workflow}, 'waiting',
      ${one.person}, ${one.stands}, ${one.simulated}, ${one.reason}, ${one.fields}, ${one.behind}, ${time(one.now)}
    returning no`);
  return no;
}

export async function stoodBehind(tx: Tx, caseId: string, no: number, behind: string[]): Promise<void> {
  await tx.run(
    sql`update correction_proposal set behind = ${behind} where case_id = ${caseId} and no = ${no}`,
  );
}

export async function endProposal(
  tx: Tx,
  end: {
    caseId: string;
    no: number;
    state: Exclude<ProposalState, "waiting">;
    by: { name: string; stands: string };
    now: number;
    correction?: number;
  },
): Promise<void> {
  await tx.run(sql`
    update correction_proposal set state = ${end.state}, ended_by = ${end.by.name}, ended_stands = ${end.by.stands}, ended_at = ${time(end.now)}, correction = ${end.correction ?? null}
    where case_id = ${end.caseId} and no = ${end.no}`);
}

export interface WaitingRow {
  case_id: CaseId;
  external_id: string;
  no: number;
  person: string;
  behind: string[];
  reason: string;
  fields: string[];
  proposed_at: number;
}

/** What waits in a workflow, oldest first; without what this person has in hand for a blind look: it would sway them. */
export async function waitingIn(
  database: Queryable,
  which: { workflow: string; holder: string; most: number },
): Promise<WaitingRow[]> {
  return database.all<WaitingRow>(sql`
    select p.case_id, c.external_id, p.no, p.person, p.behind, p.reason, p.fields, p.proposed_at
    from correction_proposal p join case_ c on c.id = p.case_id
    where p.workflow = ${which.workflow} and p.state = 'waiting' and c.state in ('delivered', 'failed_delivery')
      and not exists (select from review r where r.case_id = p.case_id and r.turn = 'blind' and r.state = 'claimed' and r.holder = ${which.holder})
    order by p.proposed_at, p.case_id limit ${which.most}`);
}
