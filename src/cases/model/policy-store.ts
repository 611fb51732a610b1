/** The tables of policies that wait for a second person, and of policies that outlive their offer; one function a question. */
import type { Role } from "../../contract/access.ts";
import type { Loosening, PolicyChangeState } from "../../contract/policy-change.ts";
import type { PassThroughModel } from "../../models/pass-through.ts";
import { placeOf, storedPlace } from "../../models/pass-through.ts";
import { letsOn, type LetsOn } from "../../models/policy-order.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";
import type { KnownOffer } from "./policy-settle.ts";

export interface PolicyChangeRow {
  id: string;
  connection: string;
  model: string;
  place: string;
  before: LetsOn | null;
  after: PassThroughModel;
  why: Loosening[];
  state: PolicyChangeState;
  requested_at: number;
  requested_by: string;
  requested_roles: Role[] | null;
  decided_at: number | null;
  decided_by: string | null;
}

const COLUMNS = sql`id, connection, model, place, before, after, why, state, requested_at, requested_by, requested_roles, decided_at, decided_by`;
const MOST_LISTED = 200;

/** What several connections offer is compared, so one save ends before the next one begins; reading goes on. */
export async function lockOffers(tx: Tx): Promise<void> {
  await tx.run(sql`lock table connection in share row exclusive mode`);
}

/** Every model that is offered, and every one that was under a policy: of those what was kept last comes first. */
export async function knownOffers(database: Queryable): Promise<KnownOffer[]> {
  const [offering, kept] = [
    await database.all<{ name: string; address: string; models: Record<string, unknown>[] }>(sql`
      select name, shown ->> 'address' as address, shown -> 'passThrough' as models
      from connection where kind = 'openai' and jsonb_typeof(shown -> 'passThrough') = 'array' order by name`),
    await database.all<{
      connection: string;
      model: string;
      place: string;
      images: boolean;
      policy: unknown;
    }>(
      sql`select connection, model, place, images, policy from kept_policy order by kept_at desc, connection, model, place`,
    ),
  ];
  return [
    ...offering.flatMap(({ name, address, models }) =>
      models.map((one) => ({
        connection: name,
        model: String(one["name"]),
        place: placeOf(address),
        letsOn: letsOn(one["images"], one["policy"]),
        inForce: true,
      })),
    ),
    ...kept.map(({ images, policy, place, ...one }) => ({
      ...one,
      place: storedPlace(place),
      letsOn: letsOn(images, policy),
      inForce: false,
    })),
  ];
}

export async function keepPolicies(tx: Tx, offers: readonly KnownOffer[], now: number): Promise<void> {
  for (const { connection, model, place, letsOn: kept } of offers)
    await tx.run(sql`
      insert into kept_policy (connection, model, place, images, policy, kept_at)
      values (${connection}, ${model}, ${place}, ${kept.images}, ${JSON.stringify(kept.policy)}::jsonb, ${time(now)})
      on conflict (connection, model, place) do update set images = excluded.images, policy = excluded.policy, kept_at = excluded.kept_at`);
}

/** Those of models that are offered there again: what holds is with the offer. */
export async function forgetKept(
  tx: Tx,
  { connection, place }: { connection: string; place: string },
  models: readonly string[],
): Promise<void> {
  const kept = await tx.all<{ place: string }>(
    sql`select distinct place from kept_policy where connection = ${connection} and model = any(${[...models]}::text[])`,
  );
  const there = kept.map((one) => one.place).filter((one) => storedPlace(one) === place);
  await tx.run(
    sql`delete from kept_policy where connection = ${connection} and place = any(${there}::text[]) and model = any(${[...models]}::text[])`,
  );
}

export async function insertPolicyChange(
  tx: Tx,
  row: Omit<PolicyChangeRow, "state" | "decided_at" | "decided_by">,
): Promise<void> {
  await tx.run(sql`
    insert into policy_change (id, connection, model, place, before, after, why, state, requested_at, requested_by, requested_roles)
    values (${row.id}, ${row.connection}, ${row.model}, ${row.place}, ${row.before === null ? null : JSON.stringify(row.before)}::jsonb,
      ${JSON.stringify(row.after)}::jsonb, ${JSON.stringify(row.why)}::jsonb, 'pending', ${time(row.requested_at)}, ${row.requested_by}, ${row.requested_roles})`);
}

export async function endPolicyChange(
  tx: Tx,
  id: string,
  { state, by, now }: { state: Exclude<PolicyChangeState, "pending">; by: string; now: number },
): Promise<void> {
  await tx.run(
    sql`update policy_change set state = ${state}, decided_at = ${time(now)}, decided_by = ${by} where id = ${id}`,
  );
}

export async function waitingPolicies(tx: Queryable, connection: string): Promise<PolicyChangeRow[]> {
  const rows = await tx.all<PolicyChangeRow>(
    sql`select ${COLUMNS} from policy_change where connection = ${connection} and state = 'pending' order by id`,
  );
  return rows.map(asComparable);
}

/** Of all connections, the oldest first. */
export function everyWaitingPolicy(database: Queryable, most: number): Promise<PolicyChangeRow[]> {
  return database.all<PolicyChangeRow>(
    sql`select ${COLUMNS} from policy_change where state = 'pending' order by id limit ${most}`,
  );
}

export async function policyChange(tx: Queryable, id: string): Promise<PolicyChangeRow | undefined> {
  const row = await tx.maybe<PolicyChangeRow>(sql`select ${COLUMNS} from policy_change where id = ${id}`);
  return row && asComparable(row);
}

function asComparable(row: PolicyChangeRow): PolicyChangeRow {
  return { ...row, place: storedPlace(row.place) };
}

/** The waiting ones first, then the newest. */
export function listPolicyChanges(database: Queryable): Promise<PolicyChangeRow[]> {
  return database.all<PolicyChangeRow>(
    sql`select ${COLUMNS} from policy_change order by (state = 'pending') desc, id desc limit ${MOST_LISTED}`,
  );
}

/** How many signed-in people besides this one have one of these roles for the whole installation. */
export async function othersWith(
  database: Queryable,
  roles: readonly Role[],
  besides: string,
): Promise<number> {
  const { others } = await database.one<{ others: number }>(sql`
    select count(distinct p.id)::int as others from role_grant g join person p on p.id = g.person
    where g.workflow is null and g.role = any(${[...roles]}::text[]) and p.disabled_at is null and p.email <> ${besides}`);
  return others;
}
