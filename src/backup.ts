/**
 * What `pilotage backup` and `pilotage restore` do on this machine: settings, data home, embedded database, keys.
 *
 * The work on tables and files is in platform/backup/. Here it gets the database, the keys are looked at, and what was
 * done is told to the audit log.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signingKey, verifierKey } from "./audit/checkpoint.ts";
import { openAudit, type AuditEvent } from "./audit/record.ts";
import { releaseWorker } from "./cases/case-row.ts";
import { PilotageError } from "./contract/errors.ts";
import type { Actor } from "./contract/scopes.ts";
import { makeBackup, type BackupReport } from "./platform/backup/backup.ts";
import { keysBeside } from "./platform/backup/folder.ts";
import { readAuditKeyCopy, readKeyCopy, writeKeyCopy, type KeyCopy } from "./platform/backup/key-copy.ts";
import { unusable, type RecordsManifest } from "./platform/backup/manifest.ts";
import type { Show } from "./platform/backup/progress.ts";
import { checkBackup, restoreBackup, type RestoreReport } from "./platform/backup/restore.ts";
import { openSession, within } from "./platform/backup/session.ts";
import { verifyBackup, type Verification } from "./platform/backup/verify.ts";
import { idSource } from "./platform/chance.ts";
import { isoTime, stopwatch, systemClock } from "./platform/clock.ts";
import type { Tx } from "./platform/database.ts";
import { keepOutOfGit, openDataHome } from "./platform/embedded/data-home.ts";
import { startEmbedded } from "./platform/embedded/embedded.ts";
import { keyFileExists, readKeyFile } from "./platform/key-file.ts";
import { silentLog } from "./platform/log.ts";
import { openVault } from "./platform/secrets.ts";
import { readSettings, type Settings } from "./platform/settings.ts";
import { sql } from "./platform/sql.ts";
import { dataHomeOf } from "./whereabouts.ts";

export interface BackupWish {
  to: string;
  keysTo?: string | undefined;
  /** A file that gets the installation's own keys. */
  withMasterKey?: string | undefined;
  person?: string | undefined;
}

export interface RestoreWish {
  folder: string;
  keys?: string | undefined;
  /** Records only, when the keys are gone: content stays closed for ever. */
  withoutKeys?: boolean;
  masterKeyFile?: string | undefined;
  auditKeyFile?: string | undefined;
  person?: string | undefined;
}

/**
 * Makes a backup of this machine's installation, whether it runs or not. Throws `backup_failed`.
 *
 * `environment` holds the settings.
 */
export async function backup(
  wish: BackupWish,
  show: Show,
  environment: Record<string, string | undefined> = process.env,
): Promise<BackupReport & { masterKey: string | null; seconds: number; recorded: boolean }> {
  const settings = readSettings(environment);
  const dataHome = dataHomeOf(settings);
  if (settings.DATABASE_URL === undefined && !existsSync(join(dataHome, "database")))
    throw new PilotageError(
      "backup_failed",
      `There is no installation in ${dataHome}; nothing was written.`,
      { hint: "Check DATABASE_URL or PILOTAGE_DATA: they name what is to be backed up." },
    );
  const elapsed = stopwatch();
  const keys = wish.withMasterKey === undefined ? undefined : ownKeys(settings, dataHome);
  return withDatabase(settings, dataHome, async (url) => {
    if (keys) writeKeyCopy(wish.withMasterKey!, keys);
    const report = await makeBackup({
      url,
      to: wish.to,
      keysTo: wish.keysTo,
      program: version(),
      id: randomBytes(16).toString("hex"),
      at: isoTime(systemClock.now()),
      elapsed,
      show,
    }).catch((error: unknown) => {
      if (keys) rmSync(wish.withMasterKey!, { force: true });
      throw error;
    });
    const { id, tables, rows, bytes } = report;
    // The backup is whole, whether the log hears of it or not.
    const recorded = await tell(url, wish.person, {
      kind: "backup.made",
      data: { id, tables, rows, bytes },
    }).then(
      () => true,
      () => false,
    );
    return {
      ...report,
      masterKey: wish.withMasterKey ?? null,
      seconds: Math.round(elapsed()) / 1_000,
      recorded,
    };
  });
}

/** Examines a backup; needs neither database nor keys. */
export function verifyBackupHere(
  folder: string,
  keys: string | undefined,
  show: Show,
): Promise<Verification> {
  return verifyBackup(folder, keys ?? keysThere(folder), { elapsed: stopwatch(), show });
}

/** Brings a backup into this machine's empty installation. Everything is checked before anything is written. */
export async function restore(
  wish: RestoreWish,
  show: Show,
  environment: Record<string, string | undefined> = process.env,
): Promise<RestoreReport & { dataHome: string; seconds: number }> {
  const settings = readSettings(environment);
  const dataHome = dataHomeOf(settings);
  const elapsed = stopwatch();
  const watch = { elapsed, show };
  const keys = wish.withoutKeys ? undefined : (wish.keys ?? keysThere(wish.folder));
  if (keys === undefined && !wish.withoutKeys)
    throw unusable(
      `The keys of this backup are not in ${keysBeside(wish.folder)}. Without them the content of cases stays closed for ever; nothing was restored.`,
      "Name their folder with --keys. If they are gone, --without-keys restores everything else.",
    );
  const sound = await checkBackup(wish.folder, keys, watch);
  const kept = keysFor(sound.records, wish, settings, dataHome);
  const report = await withDatabase(settings, dataHome, (url) =>
    restoreBackup(url, sound, watch, async (session) => {
      const { id, madeAt } = sound.records;
      await within(session.client, async (tx) => {
        await endProcesses(tx);
        await record(tx, wish.person, {
          kind: "installation.restored",
          data: { backup: id, madeAt, keys: keys !== undefined },
        });
      });
      // Before the commit, so that a program that waits for its end finds them; they stay when it fails, for the next try.
      for (const { path, key } of kept) writeKey(path, key);
    }),
  );
  return { ...report, dataHome, seconds: Math.round(elapsed()) / 1_000 };
}

/** The keys' folder beside a backup, when it is there. */
function keysThere(folder: string): string | undefined {
  const beside = keysBeside(folder);
  return existsSync(beside) ? beside : undefined;
}

/** Gives the database of the settings; the embedded one is started, or joined where the program runs. */
async function withDatabase<T>(
  settings: Settings,
  dataHome: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const named = settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL;
  openDataHome(dataHome);
  keepOutOfGit(dataHome);
  if (named !== undefined) return work(named);
  const embedded = await startEmbedded({ dataHome, log: silentLog });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}

/** The processes of the old installation are not here: what they held is free, so that its cases go on. */
async function endProcesses(tx: Tx): Promise<void> {
  for (const { id } of await tx.all<{ id: string }>(sql`select id from worker`)) {
    await releaseWorker(tx, id);
    await tx.run(sql`delete from worker where id = ${id}`);
  }
}

type Told = Pick<AuditEvent, "kind" | "data">;

async function tell(url: string, person: string | undefined, told: Told): Promise<void> {
  const session = await openSession(url, "pilotage backup");
  try {
    await session.client.query("begin");
    await within(session.client, (tx) => record(tx, person, told));
    await session.client.query("commit");
  } finally {
    session.cut();
  }
}

/** An event by the clock of the installation, which may be a simulated one. */
async function record(tx: Tx, person: string | undefined, told: Told): Promise<void> {
  const { at } = await tx.one<{ at: number | null }>(sql`select simulated_at as at from installation`);
  const clock = at === null ? systemClock : { now: () => at };
  const actor: Actor =
    person === undefined ? { kind: "system", name: "command line" } : { kind: "person", name: person };
  openAudit({ clock, newId: idSource(clock) }).record(tx, [{ ...told, actor }]);
}

const masterPath = (dataHome: string) => join(dataHome, "master.key");
const auditPath = (dataHome: string) => join(dataHome, "audit.key");
const decoded = (text: string) => Buffer.from(text, "base64");

function ownKeys(settings: Settings, dataHome: string): KeyCopy {
  const setting = settings.PILOTAGE_MASTER_KEY;
  if (setting === undefined && !keyFileExists(masterPath(dataHome)))
    throw new PilotageError(
      "backup_failed",
      `The master key is neither at ${masterPath(dataHome)} nor in PILOTAGE_MASTER_KEY, so it cannot be copied; nothing was written.`,
      { hint: "Make the backup without --with-master-key, and keep your copy of the key." },
    );
  const audit = settings.PILOTAGE_AUDIT_KEY;
  return {
    master: setting ? decoded(setting) : readKeyFile(masterPath(dataHome), "master key", "master_key_wrong"),
    audit: audit
      ? decoded(audit)
      : keyFileExists(auditPath(dataHome))
        ? readKeyFile(auditPath(dataHome), "audit key", "audit_key_wrong")
        : undefined,
  };
}

interface KeySource {
  name: string;
  setting: { name: string; key: Uint8Array | undefined };
  path: string;
  /** From a file that the operator named. */
  given: Uint8Array | undefined;
  fits: (key: Uint8Array) => boolean;
  hint: string;
}

/** Finds both keys and tries them on the backup; answers those that the data home still lacks. */
function keysFor(
  records: RecordsManifest,
  wish: RestoreWish,
  settings: Settings,
  dataHome: string,
): { path: string; key: Uint8Array }[] {
  const copy = wish.masterKeyFile === undefined ? undefined : readKeyCopy(wish.masterKeyFile);
  const setting = (name: "PILOTAGE_MASTER_KEY" | "PILOTAGE_AUDIT_KEY") => {
    const text = settings[name];
    return { name, key: text === undefined ? undefined : decoded(text) };
  };
  const sources: KeySource[] = [
    {
      name: "master key",
      setting: setting("PILOTAGE_MASTER_KEY"),
      path: masterPath(dataHome),
      given: copy?.master,
      fits: (key) =>
        openVault(key).digest("key-check", "pilotage").equals(decoded(records.installation.keyCheck)),
      hint: "Name its copy with --master-key-file.",
    },
  ];
  const { origin, verifier } = records.audit;
  if (origin !== null && verifier !== null)
    sources.push({
      name: "key that signs the audit log",
      setting: setting("PILOTAGE_AUDIT_KEY"),
      path: auditPath(dataHome),
      given: wish.auditKeyFile === undefined ? copy?.audit : readAuditKeyCopy(wish.auditKeyFile),
      fits: (key) => verifierKey(origin, signingKey(key)) === verifier,
      hint: "Name its copy with --audit-key-file.",
    });
  return sources.flatMap(find);
}

function find({ name, setting, path, given, fits, hint }: KeySource): { path: string; key: Uint8Array }[] {
  const wrong = (where: string) =>
    new PilotageError(
      "master_key_wrong",
      `The ${name} ${where} is not that of the installation that was backed up; nothing was restored.`,
      { hint },
    );
  if (setting.key) {
    if (!fits(setting.key)) throw wrong(`in ${setting.name}`);
    return [];
  }
  if (keyFileExists(path)) {
    if (!fits(readKeyFile(path, name, "master_key_wrong")))
      throw wrong(`at ${path} belongs to another installation: it`);
    return [];
  }
  if (!given)
    throw new PilotageError(
      "master_key_wrong",
      `The ${name} is needed to restore, and it is neither at ${path} nor in ${setting.name}. It is never part of a backup; nothing was restored.`,
      { hint },
    );
  if (!fits(given)) throw wrong("in the file named");
  return [{ path, key: given }];
}

function writeKey(path: string, key: Uint8Array): void {
  writeFileSync(path, `${Buffer.from(key).toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
