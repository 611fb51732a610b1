/**
 * How often somebody may guess: pauses that grow with each failure, for an account and for an address.
 *
 * Kept in the database, so that they hold across processes and restarts, under keyed digests. A pause says nothing of
 * whether the account exists. An account is never locked for good, since then anybody could lock anybody out.
 */
import { PilotageError } from "../contract/errors.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export interface Limit {
  /** Failures that cost nothing. */
  free: number;
  /** Milliseconds after the first one that counts; each further one doubles it. */
  first: number;
  longest: number;
}

export const ACCOUNT: Limit = { free: 4, first: 2_000, longest: 900_000 };
/** A whole office may share one address. */
export const ADDRESS: Limit = { free: 30, first: 2_000, longest: 300_000 };
/** Without a further failure for so long, all is forgotten. */
const FORGOTTEN_AFTER = 86_400_000;

/** Milliseconds that must pass after the last of so many failures. */
export function pauseAfter(failures: number, { free, first, longest }: Limit): number {
  if (failures <= free) return 0;
  return Math.min(longest, first * 2 ** (failures - free - 1));
}

export interface Watched {
  subject: Buffer;
  limit: Limit;
}

/** Throws `too_many_requests` while one of them has to wait. */
export async function demandCalm(database: Queryable, watched: Watched[], now: number): Promise<void> {
  const rows = await database.all<{ subject: Buffer; failures: number; last_at: number }>(
    sql`select subject, failures, last_at from sign_in_failure where subject = any(${watched.map((one) => one.subject)})`,
  );
  let wait = 0;
  for (const { subject, failures, last_at } of rows) {
    const limit = watched.find((one) => one.subject.equals(subject))!.limit;
    if (now - last_at < FORGOTTEN_AFTER) wait = Math.max(wait, last_at + pauseAfter(failures, limit) - now);
  }
  if (wait <= 0) return;
  throw new PilotageError(
    "too_many_requests",
    `Too many sign-ins failed; the next one is taken in ${Math.ceil(wait / 1000)} s. Nothing was done.`,
    {
      hint: "Wait, then try again. A forgotten password is set anew by an invitation.",
      details: { retryAfterMs: wait },
    },
  );
}

export async function noteFailure(database: Queryable, watched: Watched[], now: number): Promise<void> {
  await database.run(sql`
    insert into sign_in_failure (subject, failures, last_at)
    select subject, 1, ${time(now)} from unnest(${watched.map((one) => one.subject)}::bytea[]) as subject order by subject
    on conflict (subject) do update set last_at = excluded.last_at,
      failures = case when sign_in_failure.last_at < ${time(now - FORGOTTEN_AFTER)} then 1 else least(sign_in_failure.failures + 1, 1000) end`);
}

export async function forgetFailures(database: Queryable, subject: Buffer): Promise<void> {
  await database.run(sql`delete from sign_in_failure where subject = ${subject}`);
}

/** Rows that mean nothing any more. */
export async function tidyFailures(database: Queryable, now: number): Promise<void> {
  await database.run(sql`delete from sign_in_failure where last_at < ${time(now - FORGOTTEN_AFTER)}`);
}
