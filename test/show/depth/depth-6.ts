/**
 * depth.6: a million cases are backed up and restored, from the database that comes along to an own one and back.
 *
 * Most cases wait in a workflow that takes them in and no more; some thousand go through to their delivery. Backups are
 * made while the program runs under load and while it stands. Every table is compared by rows and digest, the log
 * verifies against a checkpoint from before, and the next case works. A row removed from the restored database must be
 * noticed.
 *
 * Options: --cases n, --carried n.
 */
import { readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../src/contract/json.ts";
import { startEmbedded } from "../../../src/platform/embedded/embedded.ts";
import { silentLog } from "../../../src/platform/log.ts";
import { startDebianPostgres } from "../../support/debian-postgres.ts";
import { differingTables, tableDigests, type TableDigest } from "../../support/table-digests.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { startProgram, type Program } from "../program.ts";
import { carryOne, seed } from "./backup-cases.ts";
import { runCommand, type Run } from "./backup-commands.ts";
import { query } from "./backup-query.ts";
import { underLoad } from "./backup-load.ts";

export const title =
  "One million cases: backup and restore between the embedded and an own PostgreSQL and back; rows equal, log verifies, next case works";

/** The event of the restore itself is the one row that the source cannot have. */
const LAST = "(select max(id) from audit_event where kind = 'installation.restored')";
const RESTORED = { audit_event: `id = ${LAST}`, audit_pending_group: `event_ids = array[${LAST}]` };
const BYTES_PER_CASE = 25_000;

export async function run(context: Context): Promise<Outcome> {
  const cases = Number(context.options["cases"] ?? 1_000_000);
  const carried = Number(context.options["carried"] ?? Math.min(3_000, Math.ceil(cases / 10)));
  const folder = context.folder("depth-6");
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < cases * BYTES_PER_CASE)
    return skipped(`${Math.round((cases * BYTES_PER_CASE) / 1024 ** 3)} GiB of disk are needed.`);
  const own = await startDebianPostgres(context.folder("own-postgres"));
  if (own === undefined) return skipped("No PostgreSQL 15 or newer is installed under /usr/lib/postgresql.");
  context.after(() => own.stop());

  const home = join(folder, "source");
  const seconds = await seed(context, home, { cases, carried });
  const running = await whileRunning(context, home, folder);

  const first = await leg(context, {
    name: `embedded to PostgreSQL ${own.version}`,
    from: { PILOTAGE_DATA: home },
    fromUrl: undefined,
    to: { PILOTAGE_DATA: join(folder, "own"), DATABASE_URL: own.url },
    toUrl: own.url,
    folder: join(folder, "first"),
  });
  const back = await leg(context, {
    name: `PostgreSQL ${own.version} to embedded`,
    from: { PILOTAGE_DATA: join(folder, "own"), DATABASE_URL: own.url },
    fromUrl: own.url,
    to: { PILOTAGE_DATA: join(folder, "back") },
    toUrl: undefined,
    folder: join(folder, "second"),
  });
  const legs = [first, back];
  return {
    met:
      legs.every((one) => one.met) &&
      running.verified &&
      running.during.requests > 0 &&
      first.cases >= cases &&
      legs.every((one) => one.twin.noticed),
    figures: {
      cases: first.cases,
      seedSeconds: seconds,
      whileRunning: running as unknown as JsonObject,
      legs: legs as unknown as JsonObject[],
    },
  };
}

interface Leg {
  name: string;
  met: boolean;
  cases: number;
  rows: number;
  tables: number;
  bytes: number;
  backup: Run;
  restore: Run;
  differing: string[];
  log: { ok: boolean; events: number };
  nextCase: string;
  twin: { noticed: boolean; differing: string[] };
}

/** Backs up one installation that stands, restores it into another, compares, and works there. */
async function leg(
  context: Context,
  way: {
    name: string;
    from: Record<string, string>;
    fromUrl: string | undefined;
    to: Record<string, string>;
    toUrl: string | undefined;
    folder: string;
  },
): Promise<Leg> {
  const keyCopy = `${way.folder}.keys`;
  const before = await digestsOf(way.from["PILOTAGE_DATA"]!, way.fromUrl);
  context.progress(`${way.name}: ${rowsIn(before)} rows in ${Object.keys(before).length} tables`);
  const backup = await runCommand(context, way.from, [
    "backup",
    "--to",
    way.folder,
    "--with-master-key",
    keyCopy,
  ]);
  const restore = await runCommand(context, way.to, ["restore", way.folder, "--master-key-file", keyCopy]);
  const after = await digestsOf(way.to["PILOTAGE_DATA"]!, way.toUrl, RESTORED);
  const differing = differingTables(before, after);
  const twin = await twinIsNoticed(way, before);

  const program = await startProgram(context, {
    dataHome: way.to["PILOTAGE_DATA"]!,
    settings: way.to["DATABASE_URL"] === undefined ? {} : { DATABASE_URL: way.to["DATABASE_URL"] },
  });
  const nextCase = await carryOne(program);
  const log = await checkLog(program, way.folder);
  await program.stop();
  context.progress(
    `${way.name}: backup ${backup.seconds} s, restore ${restore.seconds} s, ${differing.length} tables differ, log ${log.ok ? "verifies" : "does not verify"}, next case ${nextCase}`,
  );
  return {
    name: way.name,
    met: differing.length === 0 && log.ok && nextCase === "delivered",
    cases: after["case_"]!.rows,
    rows: rowsIn(after),
    tables: Object.keys(after).length,
    bytes: Number(backup.result["bytes"]),
    backup,
    restore,
    differing,
    log,
    nextCase,
    twin,
  };
}

/** One row is taken out of the restored database, looked for, and put back. */
async function twinIsNoticed(
  way: { to: Record<string, string>; toUrl: string | undefined },
  before: Record<string, TableDigest>,
): Promise<{ noticed: boolean; differing: string[] }> {
  return withServer(way.to["PILOTAGE_DATA"]!, way.toUrl, async (url) => {
    await query(url, "create table taken as select * from thread_arm with no data");
    await query(
      url,
      "with gone as (delete from thread_arm where ctid = (select min(ctid) from thread_arm) returning *) insert into taken select * from gone",
    );
    const after = await tableDigests(url, RESTORED);
    delete after["taken"];
    const differing = differingTables(before, after);
    await query(url, "insert into thread_arm select * from taken; drop table taken");
    return { noticed: differing.join() === "thread_arm", differing };
  });
}

function digestsOf(
  dataHome: string,
  url: string | undefined,
  without: Record<string, string> = {},
): Promise<Record<string, TableDigest>> {
  return withServer(dataHome, url, (at) => tableDigests(at, without));
}

/** The database of an installation that stands. */
async function withServer<T>(
  dataHome: string,
  url: string | undefined,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return work(url);
  const embedded = await startEmbedded({ dataHome, log: silentLog });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

const rowsIn = (digests: Record<string, TableDigest>) =>
  Object.values(digests).reduce((sum, { rows }) => sum + rows, 0);

/** The log verifies as a whole, and goes on from the checkpoint that the backup holds: no fork. */
async function checkLog(program: Program, folder: string): Promise<{ ok: boolean; events: number }> {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    audit: { checkpoint: string; verifier: string };
  };
  const checkpoint = `${folder}.checkpoint`;
  writeFileSync(checkpoint, manifest.audit.checkpoint);
  const words = ["audit", "check", "--verifier", manifest.audit.verifier, "--checkpoint", checkpoint];
  const verdict = (await program.cli(...words)) as { ok: boolean; checked: number };
  return { ok: verdict.ok, events: verdict.checked };
}

/** A backup beside a running program under intake: what it costs the requests, and that it is whole. */
async function whileRunning(context: Context, home: string, folder: string) {
  const program = await startProgram(context, { dataHome: home });
  const to = join(folder, "running");
  const alone = await underLoad(program, async (until) => until(10_000));
  const during = await underLoad(program, () =>
    runCommand(context, { PILOTAGE_DATA: home }, ["backup", "--to", to]),
  );
  const verify = await runCommand(context, { PILOTAGE_DATA: home }, ["backup", "verify", to]);
  await program.stop();
  context.progress(
    `intake alone ${alone.load.perSecond}/s, during the backup (${during.result.seconds} s) ${during.load.perSecond}/s`,
  );
  return {
    backup: during.result,
    verified: verify.result["ok"] === true,
    verify,
    alone: alone.load,
    during: during.load,
  };
}
