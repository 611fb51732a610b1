/**
 * The database folder itself: making it, and giving it a new password when the connection file was lost.
 *
 * `initdb` works in a folder beside and the result is renamed, so an interrupted one leaves nothing half-made.
 */
import { randomUUID } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { ROLE, urlFor, writeConnection } from "./connection.ts";
import { firstClosedFolder, type DataHome } from "./data-home.ts";
import { runProgram } from "./program.ts";
import { explainOutput, refuse } from "./refusal.ts";
import { initdbArguments } from "./server-settings.ts";

/** Makes an empty database folder whose only role has this password. Throws `data_home_unusable`. */
export async function createCluster(
  home: DataHome,
  binaries: Binaries,
  password: string,
  version: string,
): Promise<void> {
  sweep(home);
  const passwordFile = join(home.path, `${HALF_MADE}${randomUUID()}.password`);
  const folder = join(home.path, `${HALF_MADE}${randomUUID()}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600, flag: "wx" });
    if (home.account.ids !== undefined) {
      for (const path of [folder, passwordFile]) chownSync(path, home.account.ids.uid, home.account.ids.gid);
    }
    const { code, output } = await runProgram(
      binaries.initdb,
      initdbArguments(folder, ROLE, passwordFile),
      home,
    );
    if (code !== 0) throw refuseOutput(home, output);
    // The password first: a folder without its password would be of no use, a password without its folder is replaced.
    writeConnection(home.connection, { url: urlFor(1, password), port: 1, pid: 0, version });
    if (existsSync(home.database)) rmdirSync(home.database);
    renameSync(folder, home.database);
  } finally {
    sweep(home);
  }
}

const HALF_MADE = "database.new-";

/**
 * Removes what interrupted starts left. Names are never used twice: an initdb whose starter was killed may still be
 * writing, and loses its folder instead of writing into ours.
 */
function sweep(home: DataHome): void {
  for (const name of readdirSync(home.path)) {
    if (name.startsWith(HALF_MADE))
      rmSync(join(home.path, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Gives our role a new password, without a running server; who owns the folder may. Throws when the role is not there. */
export async function setPassword(
  home: DataHome,
  binaries: Binaries,
  password: string,
  version: string,
): Promise<void> {
  const args = [
    "--single",
    "-D",
    home.database,
    "-c",
    "password_encryption=scram-sha-256",
    "-c",
    "log_min_error_statement=panic",
    "postgres",
  ];
  const { code, output } = await runProgram(
    binaries.postgres,
    args,
    home,
    `alter role ${ROLE} with superuser login password '${password}'\n`,
  );
  if (/role "\w+" does not exist/.test(output))
    throw refuse({ kind: "foreign-cluster", path: home.database });
  if (code !== 0 || /\b(ERROR|FATAL):/.test(output)) throw refuseOutput(home, output);
  writeConnection(home.connection, { url: urlFor(1, password), port: 1, pid: 0, version });
}

/** The refusal for a program of PostgreSQL that ended; a data home that its account cannot reach explains most of them. */
export function refuseOutput(home: DataHome, output: string): Error {
  const refusal = explainOutput(output, { path: home.path, log: home.log, account: home.account.name });
  const closed =
    refusal.kind === "no-permission" ? firstClosedFolder(home.database, home.account) : undefined;
  if (closed === undefined) return refuse(refusal);
  return refuse({ kind: "closed-to-account", path: home.path, closed, account: home.account.name });
}
