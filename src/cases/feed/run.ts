/**
 * One look of a folder feed: finds files that are ready and unread, and brings their records through intake.
 *
 * The content of a file is its identity: the same bytes under another name are read once. The cursor moves in the same
 * transaction as the rows it covers, so that a crash neither loses nor repeats a record. Every run's counts add up:
 * read = admitted + quarantined + duplicate + skipped. Files are only read, never moved or deleted.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PilotageError } from "../../contract/errors.ts";
import type { Id } from "../../contract/ids.ts";
import type { JsonObject, JsonValue } from "../../contract/json.ts";
import { copyForReading, scanFolder, type FeedCopy, type FolderFile } from "../../connectors/feed/folder.ts";
import { readRecords, type FeedRecord } from "../../connectors/feed/records.ts";
import type { Feed } from "../../definition/document.ts";
import { setAt } from "../../definition/path.ts";
import type { Audit } from "../../audit/record.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Log } from "../../platform/log.ts";
import { sql } from "../../platform/sql.ts";
import type { Incoming, Intake, Receipt } from "../intake/intake.ts";
import type { Registry, ReleaseView, WorkflowView } from "../workflow/registry.ts";
import {
  beginRun,
  claimFeed,
  finishRun,
  holdsFeed,
  knowFile,
  progressRun,
  releaseFeed,
  type ClaimedFeed,
  type RunCounts,
} from "./store.ts";

export interface FeedParts {
  database: Database;
  registry: Registry;
  intake: Intake;
  audit: Audit;
  clock: Clock;
  newId: NewId;
  worker: string;
  /** The folder in which every workflow has a folder of its own; the paths of its feeds lie below that. */
  files: string;
  /** The folders of feeds are made when they are missing: only below the data home, where no mount can be absent. */
  makeFolders: boolean;
  spool: string;
  /** True when the process is going down: a feed then ends after the batch that it is at. */
  stopping(): boolean;
  log: Log;
  poke(workflow: string): void;
}

const BATCH = 250;
/** Names of fields that a feed remembers; it may invent a new one for each record. */
const MOST_NAMES = 500;
const LOOK_AGAIN = 1_000;

/**
 * What this process remembers of each feed: the last look, because a file is ready when two looks agree, and the marks
 * of files that it has read to their end, so that an unchanged folder costs nothing.
 */
export type Looks = Map<string, { look: ReadonlyMap<string, string>; done: Set<string> }>;

/** Runs one look of a feed, when this process gets it. */
export async function runFeed(parts: FeedParts, looks: Looks, workflow: string, name: string): Promise<void> {
  const claimed = await claimFeed(parts.database, workflow, name, parts.worker, parts.clock.now());
  if (!claimed) return;
  let next = LOOK_AGAIN;
  let problem: string | null = null;
  try {
    const view = await parts.registry.workflow(parts.database, workflow);
    const feed = view.document.feeds.find((one) => one.name === name);
    if (!feed)
      return void (await parts.database.run(
        sql`delete from feed where workflow = ${workflow} and name = ${name} and worker = ${parts.worker}`,
      ));
    const settled = await look(parts, looks, claimed, view, feed);
    next = settled.again ? Math.min(LOOK_AGAIN, feed.schedule) : feed.schedule;
    problem = settled.problem;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    next = 30_000;
    parts.log.warn({ err: problem, workflow, feed: name }, "a feed could not be read");
  }
  await releaseFeed(parts.database, claimed, parts.clock.now() + next, problem);
}

async function look(
  parts: FeedParts,
  looks: Looks,
  claimed: ClaimedFeed,
  view: WorkflowView,
  feed: Feed,
): Promise<{ again: boolean; problem: string | null }> {
  const place = `${view.row.name}/${feed.name}`;
  const done = looks.get(place)?.done ?? new Set<string>();
  const folder = join(parts.files, view.row.name, feed.path);
  // What keeps a folder from being made keeps it from being read, too, and that is said in full.
  if (parts.makeFolders) await mkdir(folder, { recursive: true }).catch(() => undefined);
  const scan = await scanFolder(folder, looks.get(place)?.look);
  looks.set(place, { look: scan.look, done });
  const problems = scan.unreadable.map((one) => one.error.message);
  for (const file of scan.stable) {
    if (done.has(file.mark)) continue;
    try {
      if (await readFile(parts, claimed, view, feed, file)) done.add(file.mark);
    } catch (error) {
      // One file that cannot be read never hides the others.
      problems.push(error instanceof Error ? error.message : String(error));
      parts.log.warn(
        { err: problems.at(-1), workflow: view.row.name, feed: feed.name, file: file.name },
        "a feed file could not be read to its end",
      );
    }
  }
  return {
    again: scan.changing.length > 0,
    problem: problems.length > 0 ? problems.join(" ").slice(0, 2_000) : null,
  };
}

async function readFile(
  parts: FeedParts,
  claimed: ClaimedFeed,
  view: WorkflowView,
  feed: Feed,
  file: FolderFile,
): Promise<boolean> {
  const reference = await parts.registry.reference(parts.database, view.row);
  const copy = await copyForReading(file.path, parts.spool);
  try {
    const identity = { workflow: view.row.name, feed: feed.name, digest: copy.digest };
    const known = await knowFile(parts.database, {
      ...identity,
      name: file.name,
      size: copy.size,
      now: parts.clock.now(),
    });
    if (known.done) return true;
    const run = await beginRun(parts.database, {
      id: parts.newId("feedRun"),
      ...identity,
      file: file.name,
      now: parts.clock.now(),
    });
    const reading: Reading = {
      claimed,
      view,
      reference,
      feed,
      file,
      copy,
      run,
      from: known.record,
      identity,
    };
    return await bringIn(parts, reading).catch(async (error: unknown) => {
      // A file that can never be read is settled with its reason; the corrected export has other content.
      if (!(error instanceof PilotageError) || error.code !== "feed_unreadable" || error.retryable)
        throw error;
      await finish(parts, reading, error.message, new Set(), undefined);
      return true;
    });
  } finally {
    await copy.dispose();
  }
}

interface Reading {
  claimed: ClaimedFeed;
  view: WorkflowView;
  reference: ReleaseView;
  feed: Feed;
  file: FolderFile;
  copy: FeedCopy;
  run: Id<"feedRun">;
  from: number;
  identity: { workflow: string; feed: string; digest: string };
}

/** Reads the copy from the cursor on; false when the feed was lost to another process in the middle. */
async function bringIn(parts: FeedParts, reading: Reading): Promise<boolean> {
  const { feed, copy } = reading;
  const records = readRecords(copy.path, {
    format: feed.format,
    ...(feed.encoding === "detect" ? {} : { encoding: feed.encoding }),
    ...(feed.delimiter === undefined ? {} : { delimiter: feed.delimiter }),
  });
  // Small enough that little is read beyond the limit.
  const most = Math.min(BATCH, feed.stopAfterRejects ?? BATCH);
  let batch: FeedRecord[] = [];
  let last = reading.from;
  let rejects = 0;
  let stopped: string | null = null;
  const dropped = new Set<string>();
  for await (const record of records) {
    if (record.number <= reading.from) continue;
    batch.push(record);
    if (batch.length < most) continue;
    const result = await commit(parts, reading, batch, dropped);
    if (!result) return false;
    last = batch.at(-1)!.number;
    batch = [];
    rejects += result.quarantined;
    if (feed.stopAfterRejects !== undefined && rejects >= feed.stopAfterRejects) {
      stopped = `Stopped after ${rejects} records that could not be taken; the rest of the file was not read. Correct the export and deliver it anew.`;
      break;
    }
  }
  if (batch.length > 0) {
    if (!(await commit(parts, reading, batch, dropped))) return false;
    last = batch.at(-1)!.number;
  }
  const empty = last === 0 ? "The file holds no record." : null;
  await finish(parts, reading, stopped ?? empty, dropped, records.facts.columns);
  return true;
}

async function commit(
  parts: FeedParts,
  reading: Reading,
  batch: FeedRecord[],
  dropped: Set<string>,
): Promise<RunCounts | undefined> {
  const { claimed, view, reference, identity, run } = reading;
  if (parts.stopping()) return undefined;
  const counts = await parts.database.transaction(
    async (tx) => {
      if (!(await holdsFeed(tx, claimed, parts.worker))) return undefined;
      const records = batch.filter((record) => !record.blank);
      const receipts = await parts.intake.receiveAll(
        tx,
        records.map((record) => incoming(reading, record)),
        view,
        reference,
      );
      for (const receipt of receipts)
        if (receipt.kind !== "quarantined")
          for (const field of receipt.dropped) if (dropped.size < MOST_NAMES) dropped.add(storedName(field));
      const counted = count(batch.length, receipts);
      await progressRun(tx, run, identity, batch.at(-1)!.number, counted);
      return counted;
    },
    ["feed"],
  );
  parts.poke(view.row.name);
  return counts;
}

function count(read: number, receipts: Receipt[]): RunCounts {
  const of = (kind: Receipt["kind"]) => receipts.filter((one) => one.kind === kind).length;
  return {
    read,
    admitted: of("admitted"),
    quarantined: of("quarantined"),
    duplicate: of("duplicate"),
    skipped: read - receipts.length,
  };
}

/** A record as intake takes it. Without a key column the file's content and the record's number are the key. */
function incoming({ view, feed, file, copy, run }: Reading, record: FeedRecord): Incoming {
  const key =
    feed.key === undefined ? `${copy.digest.slice(0, 32)}.${record.number}` : record.value?.[feed.key];
  const missing = feed.key !== undefined && (key === undefined || key === null || key === "");
  return {
    workflow: view.row.name,
    door: "feed",
    source: feed.name,
    externalId: missing || key === undefined ? undefined : keyText(key),
    input: record.value === undefined ? undefined : renamed(feed, record.value),
    attachments: [],
    raw: record.raw,
    ...(record.problem
      ? { problem: record.problem }
      : missing
        ? {
            problem: {
              reason: "missing_key",
              message: `The column "${feed.key}" that identifies the record is empty or missing.`,
            },
          }
        : {}),
    place: `${file.name}, record ${record.number}, line ${record.line}`,
    feedRun: run,
    textOnly: feed.format === "csv",
    drill: false,
    actor: { kind: "system", name: `feed ${feed.name}` },
  };
}

/** A key as text; a number in JSON Lines is as good a key as its digits. */
function keyText(key: JsonValue): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}

/** Columns under the input fields that the feed maps them to; others keep their name. */
function renamed(feed: Feed, value: JsonObject): JsonObject {
  if (!feed.columns) return value;
  const input: JsonObject = {};
  // Own names only: a column may be called `constructor`.
  for (const [column, cell] of Object.entries(value))
    setAt(input, Object.hasOwn(feed.columns, column) ? feed.columns[column]! : column, cell);
  return input;
}

/** The name of a field comes from outside: nothing in it may break a row. */
function storedName(field: string): string {
  return field.slice(0, 200).toWellFormed().replaceAll("\0", "\u2400");
}

async function finish(
  parts: FeedParts,
  reading: Reading,
  problem: string | null,
  dropped: Set<string>,
  columns: string[] | undefined,
): Promise<void> {
  const { claimed, view, feed, file, run, identity } = reading;
  const actor = { kind: "system" as const, name: `feed ${feed.name}` };
  await parts.database.transaction(async (tx) => {
    const counts = await finishRun(tx, run, identity, parts.clock.now(), problem, [...dropped]);
    parts.audit.record(tx, [
      {
        kind: "feed.finished",
        actor,
        workflow: view.row.name,
        data: { feed: feed.name, run, digest: identity.digest, ...counts, problem },
      },
    ]);
    const fields = columns?.slice(0, MOST_NAMES).map(storedName) ?? null;
    const before = claimed.fields;
    if (fields)
      await tx.run(
        sql`update feed set fields = ${fields} where workflow = ${view.row.name} and name = ${feed.name}`,
      );
    const added = before && fields ? fields.filter((one) => !before.includes(one)) : [];
    const lost = before && fields ? before.filter((one) => !fields.includes(one)) : [];
    if (added.length + lost.length > 0 || dropped.size > 0) {
      parts.audit.record(tx, [
        {
          kind: "feed.drift",
          actor,
          workflow: view.row.name,
          data: { feed: feed.name, run, added, lost, dropped: [...dropped] },
        },
      ]);
      parts.log.warn(
        { workflow: view.row.name, feed: feed.name, file: file.name, added, lost, dropped: [...dropped] },
        "a feed brought fields that are new, missing or not used",
      );
    }
    if (fields) claimed.fields = fields;
  });
}
