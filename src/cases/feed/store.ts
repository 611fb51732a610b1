/** What a feed remembers: when it is due, which files it knows by their content, how far each was read, and its runs. */
import type { Id } from "../../contract/ids.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";

export interface ClaimedFeed {
  workflow: string;
  name: string;
  lease_no: number;
  fields: string[] | null;
}

export interface RunCounts {
  read: number;
  admitted: number;
  quarantined: number;
  duplicate: number;
  skipped: number;
}

/**
 * Takes a due feed for this process; undefined when another has it or it is not due.
 *
 * A process that asks does not read this feed (app.ts sees to that), so a feed that it holds already is one whose claim or
 * release got no answer.
 */
export async function claimFeed(
  database: Queryable,
  workflow: string,
  name: string,
  worker: string,
  now: number,
): Promise<ClaimedFeed | undefined> {
  return database.maybe<ClaimedFeed>(sql`
    update feed set worker = ${worker}, lease_no = lease_no + 1
    where (workflow, name) in (
      select workflow, name from feed where workflow = ${workflow} and name = ${name} and (worker is null or worker = ${worker}) and next_at <= ${time(now)} for update skip locked)
    returning workflow, name, lease_no, fields`);
}

export async function dueFeeds(
  database: Queryable,
  worker: string,
  now: number,
): Promise<{ workflow: string; name: string }[]> {
  return database.all(
    sql`select workflow, name from feed where (worker is null or worker = ${worker}) and next_at <= ${time(now)} order by next_at`,
  );
}

/** Gives the feed back until its next look; says what kept it from reading, or null when all went well. */
export async function releaseFeed(
  database: Queryable,
  feed: ClaimedFeed,
  next: number,
  problem: string | null,
): Promise<void> {
  await database.run(sql`
    update feed set worker = null, next_at = ${time(next)}, problem = ${problem}
    where workflow = ${feed.workflow} and name = ${feed.name} and lease_no = ${feed.lease_no}`);
}

/** Whether this process still holds the feed; locks it for the rest of the transaction. */
export async function holdsFeed(tx: Queryable, feed: ClaimedFeed, worker: string): Promise<boolean> {
  const row = await tx.maybe(sql`
    select 1 from feed where workflow = ${feed.workflow} and name = ${feed.name} and worker = ${worker} and lease_no = ${feed.lease_no} for update`);
  return row !== undefined;
}

/** The file of this content as it is known, remembered now when it is new. */
export async function knowFile(
  database: Queryable,
  file: { workflow: string; feed: string; digest: string; name: string; size: number; now: number },
): Promise<{ record: number; done: boolean; name: string }> {
  await database.run(sql`
    insert into feed_file (workflow, feed, digest, name, size, first_seen)
    values (${file.workflow}, ${file.feed}, ${file.digest}, ${file.name}, ${file.size}, ${time(file.now)}) on conflict do nothing`);
  return database.one(
    sql`select record, done, name from feed_file where workflow = ${file.workflow} and feed = ${file.feed} and digest = ${file.digest}`,
  );
}

/**
 * Begins the run of a file; answers its id.
 *
 * A run of the same content that never ended goes on, so that a fault which repeats at each look leaves one run, not one a look.
 */
export async function beginRun(
  database: Queryable,
  run: { id: Id<"feedRun">; workflow: string; feed: string; file: string; digest: string; now: number },
): Promise<Id<"feedRun">> {
  const { workflow, feed, digest } = run;
  const begun = await database.maybe<{ id: Id<"feedRun"> }>(sql`
    select id from feed_run where workflow = ${workflow} and feed = ${feed} and digest = ${digest} and finished_at is null order by id desc limit 1`);
  if (begun) return begun.id;
  await database.run(sql`
    insert into feed_run (id, workflow, feed, file, digest, started_at)
    values (${run.id}, ${workflow}, ${feed}, ${run.file}, ${digest}, ${time(run.now)})`);
  return run.id;
}

/** Moves the cursor and the counts in the transaction that holds the rows. */
export async function progressRun(
  tx: Tx,
  run: string,
  file: { workflow: string; feed: string; digest: string },
  record: number,
  more: RunCounts,
): Promise<void> {
  await tx.run(
    sql`update feed_file set record = ${record} where workflow = ${file.workflow} and feed = ${file.feed} and digest = ${file.digest}`,
  );
  await tx.run(sql`
    update feed_run set read = read + ${more.read}::int, admitted = admitted + ${more.admitted}::int, quarantined = quarantined + ${more.quarantined}::int,
      duplicate = duplicate + ${more.duplicate}::int, skipped = skipped + ${more.skipped}::int
    where id = ${run}`);
}

export async function finishRun(
  tx: Tx,
  run: string,
  file: { workflow: string; feed: string; digest: string },
  now: number,
  problem: string | null,
  dropped: string[],
): Promise<RunCounts> {
  await tx.run(
    sql`update feed_file set done = true where workflow = ${file.workflow} and feed = ${file.feed} and digest = ${file.digest}`,
  );
  return tx.one<RunCounts>(sql`
    update feed_run set finished_at = ${time(now)}, problem = ${problem}, dropped = ${dropped} where id = ${run}
    returning read, admitted, quarantined, duplicate, skipped`);
}

export interface FeedRunRow extends RunCounts {
  id: string;
  feed: string;
  file: string;
  started_at: number;
  finished_at: number | null;
  dropped: string[];
  problem: string | null;
}

export async function listRuns(
  database: Queryable,
  workflow: string,
  before: string | undefined,
  limit: number,
): Promise<FeedRunRow[]> {
  return database.all<FeedRunRow>(sql`
    select id, feed, file, started_at, finished_at, read, admitted, quarantined, duplicate, skipped, dropped, problem
    from feed_run where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null}) order by id desc limit ${limit}`);
}
