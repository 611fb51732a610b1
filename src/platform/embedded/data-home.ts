/**
 * The data home: which folder it is, what lies in it, and which account the database runs as.
 *
 * Layout: `database/` (PostgreSQL's own), `database.new-...` (an initdb at work), `database.log`, `connection.json`,
 * `*.lock` (lock.ts), `postgresql-<version>/` (a copy of the binaries where one is needed, binaries.ts).
 * Started as root, the folder itself stays root's and only `database/` belongs to the account of the server: nothing
 * that root writes or reads by name can be swapped by that account.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, explainFileError, refuse } from "./refusal.ts";

/** The account that `initdb` and `postgres` run as; without ids it is the one that runs this process. */
export interface Account {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
}

export interface DataHome {
  readonly path: string;
  readonly account: Account;
  readonly database: string;
  readonly log: string;
  readonly connection: string;
  readonly supervisorLock: string;
  readonly usersLock: string;
}

/**
 * The folder that an installation belongs to: the checkout, or the project whose `node_modules` holds the package.
 *
 * npm empties `node_modules` at will, so nothing is kept there. Installed for the whole machine or fetched by npx for one
 * command, the program belongs to no project, and the answer is the home of the account.
 */
export function folderOfInstallation(program: string, home: string): string {
  const [project, ...below] = resolve(program).split("/node_modules/");
  if (below.length === 0) return resolve(program);
  const fetched = basename(dirname(project!)) === "_npx";
  return !fetched && existsSync(join(project!, "package.json")) ? project! : home;
}

/** The folder in which an installation keeps its data; `uid` is that of this process (-1 where there is none). */
export function dataHomeFor(options: {
  /** The checkout or project, as `folderOfInstallation` finds it. */
  folder: string;
  override?: string | undefined;
  uid: number;
}): string {
  if (options.override !== undefined && options.override !== "") return resolve(options.override);
  const folder = resolve(options.folder);
  if (options.uid !== 0) return join(folder, ".pilotage");
  return join("/var/lib/pilotage", createHash("sha256").update(folder).digest("hex").slice(0, 16));
}

/** Makes the data home when it is missing and finds the account for the server. Throws `data_home_unusable`. */
export function openDataHome(path: string): DataHome {
  const account = serverAccount(process.getuid?.() ?? -1, () => readFileSync("/etc/passwd", "utf8"));
  const wanted = resolve(path);
  try {
    makeFolders(wanted, account);
    checkWritable(wanted);
    return layout(realpathSync(wanted), account);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (["ENOENT", "ENOTDIR", "EEXIST"].includes(codeOf(error) ?? ""))
      throw refuse({ kind: "cannot-create", path: wanted, said }, error);
    throw explainFileError(error, wanted, whoRuns());
  }
}

/** Tells git to leave a data home alone: it may lie in somebody's project, and it holds keys. */
export function keepOutOfGit(path: string): void {
  const file = join(path, ".gitignore");
  if (!existsSync(file)) writeFileSync(file, "*\n");
}

/** Root hands the server to `nobody`, as found in the account file; everybody else runs it themselves. */
export function serverAccount(uid: number, readPasswd: () => string): Account {
  if (uid !== 0) return { name: uid < 0 ? "this account" : `user id ${uid}`, ids: undefined };
  let passwd: string;
  try {
    passwd = readPasswd();
  } catch (error) {
    throw refuse({ kind: "no-account" }, error);
  }
  for (const line of passwd.split("\n")) {
    const [name, , id, group] = line.split(":");
    if (name === "nobody" && Number(id) > 0 && Number(group) > 0)
      return { name, ids: { uid: Number(id), gid: Number(group) } };
  }
  throw refuse({ kind: "no-account" });
}

/** The first folder on the way to `path` that the account may not enter, going by the mode bits. */
export function firstClosedFolder(path: string, account: Account): string | undefined {
  if (account.ids === undefined) return undefined;
  const chain: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    chain.unshift(at);
    if (at === dirname(at)) break;
  }
  return chain.find((folder) => !mayEnter(folder, account.ids!));
}

/** How this process calls itself in messages. */
export function whoRuns(): string {
  const uid = process.getuid?.();
  return uid === undefined ? "this account" : uid === 0 ? "root" : `user id ${uid}`;
}

function layout(path: string, account: Account): DataHome {
  return {
    path,
    account,
    database: join(path, "database"),
    log: join(path, "database.log"),
    connection: join(path, "connection.json"),
    supervisorLock: join(path, "supervisor.lock"),
    usersLock: join(path, "users.lock"),
  };
}

/** Makes the missing folders one by one: `mkdirSync` with `recursive` never returns on a file system such as /proc. */
function makeFolders(path: string, account: Account): void {
  const mode = account.ids === undefined ? 0o700 : 0o711;
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) makeFolder(folder, mode);
  const had = statSync(path);
  if (!had.isDirectory()) throw Object.assign(new Error("it is not a folder"), { code: "ENOTDIR" });
  if (account.ids !== undefined && had.uid === 0 && (had.mode & 0o001) === 0)
    chmodSync(path, (had.mode & 0o777) | 0o011);
}

/** Whatever umask root has, the server's account must be able to pass through, so the mode is set apart. */
function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path);
    chmodSync(path, mode);
  } catch (error) {
    // Another process makes the same data home at the same time.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Root passes every permission check, so it writes; the others ask, which leaves no trace. */
function checkWritable(path: string): void {
  if (process.getuid?.() !== 0) return accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  const probe = join(path, `.write-${process.pid}`);
  writeFileSync(probe, "");
  rmSync(probe, { force: true });
}

function mayEnter(folder: string, ids: { uid: number; gid: number }): boolean {
  try {
    const { mode, uid, gid } = statSync(folder);
    if (uid === ids.uid) return (mode & 0o100) !== 0;
    return (mode & (gid === ids.gid ? 0o010 : 0o001)) !== 0;
  } catch (error) {
    return codeOf(error) === "ENOENT";
  }
}
