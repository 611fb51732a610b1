/**
 * Tries at a door, counted before the work that judges them: however many come at once, no more of them are judged than
 * the pauses allow. The rule is sign-in-limits.ts.
 *
 * Counts are in the database, under keyed digests, so that they hold across processes and restarts.
 */
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { FORGOTTEN_AFTER, waitOf, type Track, type Tried } from "./sign-in-limits.ts";

export interface Watched {
  track: Track;
  subject: Buffer;
}

/** What is forgotten when the right person came in. A network and an account from everywhere only lose the one try. */
const OWN: ReadonlySet<Track> = new Set<Track>(["device", "here", "session"]);
const MOST_COUNTED = 1000;

/**
 * Does the work as one counted try; `undefined` from it says that the try was a wrong one.
 *
 * The try stays counted only then: a right one, and one that could not be judged, are taken back. Throws
 * `too_many_requests`, with nothing counted, while the next try has to wait.
 */
export async function countedTry<T>(
  { database, clock }: { database: Database; clock: Clock },
  watched: readonly Watched[],
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const counted = await count(database, watched, clock.now());
  let result: T | undefined;
  try {
    result = await work();
  } catch (error) {
    await takeBack(database, counted, () => false);
    throw error;
  }
  if (result !== undefined) await takeBack(database, counted, (track) => OWN.has(track));
  return result;
}

/** Forgets the failures of an account that was opened anew, as far as they are its own. */
export async function forgetFailures(database: Database, subjects: readonly Buffer[]): Promise<void> {
  await database.run(sql`delete from sign_in_failure where subject = any(${[...subjects]}::bytea[])`);
}

/** Rows that mean nothing any more. */
export async function tidyFailures(database: Pick<Database, "run">, now: number): Promise<void> {
  await database.run(sql`delete from sign_in_failure where last_at < ${time(now - FORGOTTEN_AFTER)}`);
}

interface Counted {
  at: number;
  tracks: (Watched & { before: Tried | undefined })[];
}

async function count(database: Database, watched: readonly Watched[], now: number): Promise<Counted> {
  const subjects = watched.map((one) => one.subject);
  return database.transaction(async (tx) => {
    // First the rows that are missing: whoever comes at the same moment waits here until they are counted.
    const made = await tx.all<{ subject: Buffer }>(sql`
      insert into sign_in_failure (subject, failures, last_at)
      select subject, 1, ${time(now)} from unnest(${subjects}::bytea[]) as subject order by subject
      on conflict do nothing returning subject`);
    const rows = await tx.all<{ subject: Buffer; failures: number; last_at: number }>(
      sql`select subject, failures, last_at from sign_in_failure where subject = any(${subjects}::bytea[]) order by subject for update`,
    );
    const tracks = watched.map(({ track, subject }) => {
      const row = rows.find((one) => one.subject.equals(subject));
      const isNew = !row || made.some((one) => one.subject.equals(subject));
      return { track, subject, before: isNew ? undefined : { failures: row.failures, lastAt: row.last_at } };
    });
    const tried = Object.fromEntries(
      tracks.map(({ track, before }) => [track, before ?? { failures: 0, lastAt: now }]),
    );
    const wait = waitOf(tried, now);
    // Thrown inside the transaction: what was counted goes with it, so that knocking during a pause does not lengthen it.
    if (wait > 0) throw mustWait(wait);
    const known = tracks.flatMap(({ subject, before }) => (before === undefined ? [] : [subject]));
    await tx.run(sql`
      update sign_in_failure set last_at = ${time(now)},
        failures = case when last_at <= ${time(now - FORGOTTEN_AFTER)} then 1 else least(failures + 1, ${MOST_COUNTED}) end
      where subject = any(${known}::bytea[])`);
    return { at: now, tracks };
  });
}

async function takeBack(
  database: Database,
  { at, tracks }: Counted,
  forgets: (track: Track) => boolean,
): Promise<void> {
  const gone = tracks.filter(({ track }) => forgets(track));
  const kept = tracks.filter(({ track }) => !forgets(track));
  await database.transaction(async (tx) => {
    const all = tracks.map((one) => one.subject);
    await tx.all(
      sql`select 1 from sign_in_failure where subject = any(${all}::bytea[]) order by subject for update`,
    );
    const one = kept.map(({ subject }) => subject);
    await tx.run(
      sql`delete from sign_in_failure where subject = any(${gone.map((each) => each.subject)}::bytea[])
        or (subject = any(${one}::bytea[]) and failures = 1)`,
    );
    for (const { subject, before } of kept)
      // A right try does not begin the pause of earlier wrong ones again.
      await tx.run(sql`
        update sign_in_failure set failures = failures - 1,
          last_at = case when last_at = ${time(at)} then ${time(before?.lastAt ?? at)} else last_at end
        where subject = ${subject}`);
  });
}

function mustWait(wait: number): PilotageError {
  return new PilotageError(
    "too_many_requests",
    `Too many sign-ins failed; the next one is taken in ${Math.ceil(wait / 1000)} s. Nothing was done.`,
    {
      hint: "Wait, then try again, or use a device on which you signed in before. A forgotten password is set anew by an invitation.",
      details: { retryAfterMs: wait },
    },
  );
}
