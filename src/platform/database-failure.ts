/**
 * What a failure of the database means: away, full, too slow, or a fault of the statement.
 *
 * Pure. Everything that passes by itself becomes `database_unavailable`, so that callers try again and nobody takes the
 * database's trouble for a fault of a case. database.ts asks here about every error it meets.
 */
import { PilotageError } from "../contract/errors.ts";

/** Codes of the system and of PostgreSQL after which a connection says nothing more. */
const GONE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "57P05",
  "53300",
  "25P03",
]);
const GONE_IN_WORDS =
  /connection terminated|connection timeout|Connection ended|not queryable|Client was closed|timeout expired|Query read timeout|after calling end/i;
const ALL_BUSY = /timeout exceeded when trying to connect/i;
const DISK_FULL = "53100";
const TOO_SLOW = "57014";
const TAKEN = ["23505", "40P01"];
const ABORTED = "25P02";
/** A text with a NUL character. */
const NO_TEXT = ["22021", "22P05"];

/** Whether the connection is of no use any more: what was sent over it may or may not have been done. */
export function isLost(error: unknown): boolean {
  if (error instanceof PilotageError) return error.code === "database_unavailable" && isLost(error.cause);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return GONE.has(code) || code.startsWith("08") || GONE_IN_WORDS.test(error.message);
}

/** Whether a row could not come in because another one has its key, or because two waited for each other's. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && TAKEN.includes(codeOf(error));
}

/** Whether a statement failed only because one before it in its transaction had. */
export function isAftermath(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === ABORTED;
}

/** The error that callers get. `why` is what this machine knows about the database's trouble, when it knows anything. */
export function explainFailure(error: unknown, why: string | undefined): unknown {
  if (error instanceof PilotageError || !(error instanceof Error)) return error;
  const unavailable = (message: string, hint = why) =>
    new PilotageError("database_unavailable", message, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  if (isLost(error))
    return unavailable(
      "The database cannot be reached; nothing was stored. Pilotage keeps trying; send the request again.",
    );
  if (ALL_BUSY.test(error.message))
    return unavailable(
      "All database connections of this process stayed busy; nothing was stored. Send the request again.",
      why ??
        "When this lasts, look for slow statements in the database, or raise PILOTAGE_DATABASE_CONNECTIONS.",
    );
  const code = codeOf(error);
  if (code === DISK_FULL)
    return unavailable(
      "The database's disk is full; nothing was stored. Make room on the disk of the database, then send the request again.",
    );
  if (code === TOO_SLOW)
    return unavailable(
      "The database took longer than PILOTAGE_DATABASE_PATIENCE over a statement; nothing was stored. Send the request again.",
    );
  // The program keeps it in sealed content, where the database sees only bytes.
  if (NO_TEXT.includes(code))
    return new PilotageError(
      "bad_request",
      "A text holds a NUL character where none can be stored, in an id, a name or a reason; nothing was stored.",
      { hint: "Send it without that character.", cause: error },
    );
  return error;
}

/** The answer to a commit was lost: nobody can know whether it was done. */
export function outcomeUnknown(error: unknown, why: string | undefined): PilotageError {
  return new PilotageError(
    "database_unavailable",
    "The connection to the database was lost while this was being stored; it may be stored or not. Send the same request again: a case that is stored is recognised by its external id.",
    { cause: error, ...(why === undefined ? {} : { hint: why }) },
  );
}

function codeOf(error: Error): string {
  return (error as { code?: string }).code ?? "";
}
