/** The questions that planted cases ask the database: of which case one can be made, who has it, and what came of it. */
import type { CaseId } from "../contract/ids.ts";
import type { Reason, ReviewReason, Verdict } from "../contract/states.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export interface PlantedRow {
  id: CaseId;
  workflow: string;
  origin: CaseId;
  field: string;
  state: "claimed" | "decided" | "left";
  person: string;
  holder: string;
  lease: string | null;
  lease_until: number | null;
  due_at: number | null;
  shown_at: number;
}

/** A person's real verdicts since the last planted case that they saw, counted no further than needed. */
export async function verdictsSince(
  database: Queryable,
  which: { workflow: string; person: string; enough: number },
): Promise<number> {
  const { workflow, person, enough } = which;
  const found = await database.one<{ verdicts: number }>(sql`
    select count(*)::int as verdicts from (
      select 1 from review
      where workflow = ${workflow} and person = ${person} and decided_at is not null
        and decided_at > coalesce((select max(shown_at) from planted where workflow = ${workflow} and person = ${person}), '-infinity')
      limit ${enough}) one`);
  return found.verdicts;
}

/**
 * Delivered cases whose truth is agreed: a verdict that saw no output, or a blind second look, said the same as what went
 * out, and nobody objected since. None that this person has seen, and none with attachments.
 */
export async function agreedCases(
  database: Queryable,
  which: { workflow: string; person: string; simulated: boolean; from: number; to: number; most: number },
): Promise<CaseId[]> {
  const { workflow, person, simulated, from, to, most } = which;
  const found = await database.all<{ case_id: CaseId }>(sql`
    select distinct l.case_id from label l join case_ c on c.id = l.case_id
    where l.workflow = ${workflow} and l.source in ('cold', 'second_review') and l.wrong = false and l.arm <> 'manual'
      and l.withdrawn_at is null and l.superseded_by is null and not l.drill and (${simulated}::boolean or not l.simulated)
      and l.labelled_at >= ${time(from)} and l.labelled_at < ${time(to)} and c.state = 'delivered'
      and not exists (select from label o where o.case_id = l.case_id and o.wrong and o.withdrawn_at is null and o.superseded_by is null)
      and not exists (select from review r where r.case_id = l.case_id and (r.person = ${person} or r.state in ('waiting', 'claimed')))
      and not exists (select from planted p where p.origin = l.case_id and p.person = ${person})
      and not exists (select from attachment a where a.case_id = l.case_id)
    order by l.case_id desc limit ${most}`);
  return found.map((row) => row.case_id);
}

export interface Origin {
  id: CaseId;
  release: string;
  source: string;
  external_id: string;
  team: string | null;
  reasons: Reason[];
}

export async function originOf(database: Queryable, id: string): Promise<Origin | undefined> {
  return database.maybe<Origin>(sql`
    select c.id, c.release, c.source, c.external_id, c.team, d.reasons from case_ c join decision d on d.case_id = c.id where c.id = ${id}`);
}

export async function plant(tx: Tx, row: Omit<PlantedRow, "state"> & { simulated: boolean }): Promise<void> {
  const until = row.lease_until === null ? null : time(row.lease_until);
  await tx.run(sql`
    insert into planted (id, workflow, origin, field, state, person, holder, simulated, lease, lease_until, due_at, shown_at)
    values (${row.id}, ${row.workflow}, ${row.origin}, ${row.field}, 'claimed', ${row.person}, ${row.holder}, ${row.simulated}, ${row.lease}, ${until},
      ${row.due_at === null ? null : time(row.due_at)}, ${time(row.shown_at)})`);
}

export async function plantedCase(
  database: Queryable,
  id: string,
  lock = false,
): Promise<PlantedRow | undefined> {
  if (lock) await database.maybe(sql`select 1 from planted where id = ${id} for update`);
  return database.maybe<PlantedRow>(sql`
    select id, workflow, origin, field, state, person, holder, lease, lease_until, due_at, shown_at from planted where id = ${id}`);
}

/** What a person holds of planted cases, for the list of what they have in hand. */
export async function plantedInHand(
  database: Queryable,
  which: { workflow: string; holder: string; now: number },
): Promise<{ id: CaseId; lease: string; lease_until: number; external_id: string }[]> {
  return database.all(sql`
    select p.id, p.lease, p.lease_until, c.external_id from planted p join case_ c on c.id = p.origin
    where p.workflow = ${which.workflow} and p.holder = ${which.holder} and p.state = 'claimed' and p.lease_until > ${time(which.now)}`);
}

export async function lengthen(tx: Tx, id: string, lease: string, until: number): Promise<void> {
  await tx.run(sql`update planted set lease = ${lease}, lease_until = ${time(until)} where id = ${id}`);
}

/** Given back, put off, handed on: nobody gets it again. */
export async function leavePlanted(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update planted set state = 'left', lease = null, lease_until = null where id = ${id}`);
}

export async function endPlanted(
  tx: Tx,
  id: string,
  end: { verdict: Verdict; reason: ReviewReason | undefined; caught: boolean; now: number },
): Promise<void> {
  await tx.run(sql`
    update planted set state = 'decided', lease = null, lease_until = null, verdict = ${end.verdict}, reason = ${end.reason ?? null},
      caught = ${end.caught}, decided_at = ${time(end.now)} where id = ${id}`);
}
