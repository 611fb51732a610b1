/**
 * Whether a caller who came in a while ago would still be let in: for what stays open, such as a stream of news.
 *
 * Reads the session or the key anew, and a person's roles with it. Nothing here counts as use: a page that only listens
 * does not keep its session alive.
 */
import type { Clock } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { Caller } from "./caller.ts";
import { heldRoles } from "./people-store.ts";

/** The caller with the roles of now; undefined when they would be refused. */
export async function stillThere(
  database: Queryable,
  clock: Clock,
  caller: Caller,
  idleHours: number,
): Promise<Caller | undefined> {
  const now = clock.now();
  if (caller.key) {
    const valid = await database.maybe(
      sql`select 1 from api_key where id = ${caller.key.id} and revoked_at is null and expires_at > ${time(now)}`,
    );
    return valid ? caller : undefined;
  }
  const { signedIn } = caller;
  if (!signedIn) return undefined;
  const valid = await database.maybe(sql`
    select 1 from session s join person p on p.id = s.person
    where s.id = ${signedIn.session} and s.ended_at is null and s.ends_at > ${time(now)}
      and s.seen_at > ${time(now - idleHours * 3_600_000)} and p.disabled_at is null`);
  if (!valid) return undefined;
  const held = (await heldRoles(database, signedIn.email)).get(signedIn.email) ?? [];
  return {
    ...caller,
    signedIn: { ...signedIn, grants: held.map(({ role, workflow }) => ({ role, workflow })) },
  };
}
