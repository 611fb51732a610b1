/** `pilotage backup` and `pilotage restore`: they act on this machine itself. Their work is in src/backup.ts. */
import type { Command } from "commander";
import type { Desk, GlobalOptions } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import type { BackupMade, BackupVerified, Restored } from "./local.ts";
import { count, facts, moment } from "./text.ts";

export function addBackup(program: Command, desk: Desk): void {
  const group = program
    .command("backup")
    .description("Makes and examines backups of the installation of this machine.");
  addMake(group, desk);
  addVerify(group, desk);
  addRestore(program, desk);
}

function addMake(group: Command, desk: Desk): void {
  const make = group
    .command("make", { isDefault: true })
    .description(
      "Writes a backup while the program runs or stands: every table as of one moment, checksummed. The wrapped keys of cases go to a folder of their own. `pilotage backup --to ...` is the same.",
    )
    .requiredOption("--to <folder>", "a new folder for the records")
    .option(
      "--keys-to <folder>",
      "a new folder for the wrapped keys of cases; default: beside the first, with -keys",
    )
    .option(
      "--with-master-key <file>",
      "also copy the master key and the key that signs the audit log into this new file; keep it apart from the backup",
    )
    .action(async (options: { to: string; keysTo?: string; withMasterKey?: string }, command: Command) => {
      const local = await desk.local();
      const progress = desk.out.progress();
      const made = await local
        .backup({ ...options, person: personOf(command) }, (line) => progress.show(line))
        .finally(() => progress.end());
      desk.out.result(made, () => shownBackup(made));
    });
  withExamples(
    make,
    "pilotage backup make --to /backup/monday",
    "pilotage backup make --to /backup/monday --keys-to /safe/monday --json",
  );
}

function addVerify(group: Command, desk: Desk): void {
  const verify = group
    .command("verify")
    .argument("<folder>", "the folder of the records")
    .description(
      "Reads a whole backup and compares it with its checksums; needs neither database nor keys of the installation. Ends with 3 when something is wrong.",
    )
    .option("--keys <folder>", "the folder of the wrapped keys; default: beside the first, with -keys")
    .action(async (folder: string, { keys }: { keys?: string }) => {
      const local = await desk.local();
      const progress = desk.out.progress();
      const verified = await local
        .verifyBackup(folder, keys, (line) => progress.show(line))
        .finally(() => progress.end());
      if (!verified.ok) desk.exit = EXIT.found;
      desk.out.result(verified, () => shownVerification(verified));
    });
  withExamples(verify, "pilotage backup verify /backup/monday");
}

function addRestore(program: Command, desk: Desk): void {
  const restore = program
    .command("restore")
    .argument("<folder>", "the folder of the records")
    .description(
      "Brings a backup into the empty installation of this machine, all or nothing, after checking it whole. Works between the database that comes along and your own, and between versions of PostgreSQL.",
    )
    .option("--keys <folder>", "the folder of the wrapped keys; default: beside the first, with -keys")
    .option("--without-keys", "restore the records alone: the content of cases stays closed for ever")
    .option(
      "--master-key-file <file>",
      "a copy of master.key, or the file of --with-master-key; not needed when it lies in the data home",
    )
    .option("--audit-key-file <file>", "a copy of audit.key, when it is neither there nor in that file")
    .action(async (folder: string, options: RestoreOptions, command: Command) => {
      const local = await desk.local();
      const progress = desk.out.progress();
      const restored = await local
        .restore({ folder, ...options, person: personOf(command) }, (line) => progress.show(line))
        .finally(() => progress.end());
      desk.out.result(restored, () => shownRestore(restored));
    });
  withExamples(
    restore,
    "pilotage restore /backup/monday --master-key-file /safe/master.key --audit-key-file /safe/audit.key",
    "pilotage restore /backup/monday --keys /safe/monday --master-key-file /safe/installation.keys",
  );
}

interface RestoreOptions {
  keys?: string;
  withoutKeys?: boolean;
  masterKeyFile?: string;
  auditKeyFile?: string;
}

/** `--as` is no duty here: whoever may run this on the machine may read its disk. The log keeps it. */
const personOf = (command: Command) => command.optsWithGlobals<GlobalOptions>().as;

function shownBackup(made: BackupMade): string {
  const { tables, rows, bytes, seconds, masterKey } = made;
  return [
    `Backed up ${count(rows, "row")} of ${count(tables, "table")} in ${seconds} s.`,
    facts([
      ["records", made.folder],
      ["wrapped keys", made.keys],
      ["own keys", masterKey],
      ["size", megabytes(bytes)],
      ["as of", moment(made.madeAt)],
    ]),
    "To read it one needs both folders and " +
      (masterKey === null
        ? "master.key and audit.key of this installation, which are in neither: keep copies of them in a safe place."
        : `${masterKey}: keep that file apart from the backup.`),
    "Files of feeds and deliveries in the data home are not part of it.",
    ...(made.recorded ? [] : ["The audit log could not be told of it; the backup itself is whole."]),
  ].join("\n");
}

function shownVerification({ ok, files, rows, keys, madeAt, problems }: BackupVerified): string {
  if (!ok)
    return [
      `This backup cannot be trusted; the first fault is in ${problems[0]!.file}.`,
      ...problems.map(({ file, problem }) => `  ${file}: ${problem}`),
    ].join("\n");
  const about = `Whole and unharmed: ${count(files, "file")}, ${count(rows, "row")}, as of ${moment(madeAt)}.`;
  return keys === "checked"
    ? about
    : `${about}\nThe wrapped keys were not there to be checked: without them the content of cases stays closed.`;
}

function shownRestore(restored: Restored): string {
  const { rows, tables, seconds, madeAt, migrations, leftOut, keys } = restored;
  return [
    `Restored ${count(rows, "row")} of ${count(tables, "table")} in ${seconds} s, as of ${moment(madeAt)}.`,
    ...(migrations > 0
      ? [`The backup was of an older Pilotage; ${count(migrations, "migration")} brought it up to this one.`]
      : []),
    ...(leftOut.length > 0 ? [`Left out, because they are not Pilotage's: ${leftOut.join(", ")}.`] : []),
    ...(keys
      ? []
      : [
          "The wrapped keys were left out: the content of all these cases stays closed. New cases are not concerned.",
        ]),
    "What was delivered after the backup is delivered again, under the same keys, so that receivers act once; and what came in after it is missing.",
    "Start the program with `pilotage serve`. API keys work as they did; this machine's operator gets a new one.",
  ].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
