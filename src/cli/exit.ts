/**
 * How a command ends: its exit code, and what it says when it fails.
 *
 * A script can rely on the codes; `docs/reference/cli.md` lists them from here. Every failure, whatever threw it,
 * becomes one `Failure` with a code of the contract, so that `--json` always answers the same form.
 */
import { CommanderError } from "commander";
import { PilotageError, type ErrorBody } from "../contract/errors.ts";

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  found: 3,
  unanswered: 4,
  conditional: 5,
  noGo: 6,
  inconclusive: 7,
  couldNotRun: 8,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_SENTENCES: Record<ExitCode, string> = {
  0: "Done.",
  1: "Refused or failed; the error has a code. Also when single records of a long run failed.",
  2: "Wrong usage: an unknown command or option, a value that cannot be read, a missing `--as`.",
  3: "Problems found: a definition has problems, `doctor` found a fault, `certify` proved nothing, or a backup is damaged.",
  4: "Nothing answers: no program runs here, the address is wrong, or the connection broke.",
  5: "`evaluate --gate`: conditional, every minimum is proved and a target is not. With `--allow conditional` this is 0.",
  6: "`evaluate --gate`: no-go, a must is certainly missed.",
  7: "`evaluate --gate`: inconclusive, too little is known to say; never a pass.",
  8: "`evaluate --gate`: a must could not be judged: evidence is missing, measuring failed, or the criteria came too late.",
};

export interface Failure {
  exit: ExitCode;
  body: ErrorBody;
}

/** Ends the command as wrongly used (exit code 2). */
export function misuse(message: string): CommanderError {
  return new CommanderError(EXIT.usage, "pilotage.usage", message);
}

/** Nothing answers at an address, or none is known (exit code 4). */
export function unanswered(message: string, hint: string, cause: unknown): PilotageError {
  return new PilotageError("database_unavailable", message, { hint, cause });
}

/** Sorts what was thrown. Help and version are no failures; run.ts sees to them first. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    const message = thrown.message.replace(/^error: /, "");
    return told(
      EXIT.usage,
      new PilotageError("bad_request", message, { hint: "Add --help to see how the command is used." }),
    );
  }
  if (thrown instanceof PilotageError) return told(exitOf(thrown), thrown);
  if (brokeOff(thrown)) {
    const hint = "Ask for the state with `pilotage status`, and run the command again.";
    return told(
      EXIT.unanswered,
      unanswered(
        "The connection broke before the answer was complete; what the command did is not known.",
        hint,
        thrown,
      ),
    );
  }
  if (thrown instanceof SyntaxError || (thrown instanceof Error && thrown.name === "ZodError")) {
    const hint = "Use the command line of the same version as the program that answers.";
    return told(
      EXIT.failed,
      new PilotageError(
        "internal",
        "The answer does not have the form that this version of the command line knows.",
        { hint },
      ),
    );
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return told(EXIT.failed, new PilotageError("internal", `A fault in the command line: ${message}`));
}

function exitOf(error: PilotageError): ExitCode {
  // Only the client itself, and `unanswered`, give a cause: a server that answers 503 is there.
  if (error.code === "database_unavailable" && error.cause !== undefined) return EXIT.unanswered;
  return error.code === "definition_invalid" ? EXIT.found : EXIT.failed;
}

/** The built-in fetch reports a connection that breaks while the reply is read as a TypeError. */
function brokeOff(thrown: unknown): boolean {
  return thrown instanceof TypeError && ["terminated", "fetch failed"].includes(thrown.message);
}

function told(exit: ExitCode, { code, message, hint, details }: PilotageError): Failure {
  const more = { ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) };
  return { exit, body: { error: { code, message, ...more } } };
}

/** A failure as a person reads it: what happened, the fields concerned, what to do. */
export function failureText({ body: { error }, exit }: Failure): string {
  const lines = [`Error${exit === EXIT.usage ? "" : ` (${error.code})`}: ${error.message}`];
  for (const { path, message } of fieldsOf(error.details)) {
    if (!error.message.includes(message)) lines.push(`  ${path === "" ? "" : `${path}: `}${message}`);
  }
  if (error.hint !== undefined) lines.push(error.hint);
  return lines.join("\n");
}

function fieldsOf(details: unknown): { path: string; message: string }[] {
  if (!Array.isArray(details)) return [];
  return details.filter(
    (one): one is { path: string; message: string } =>
      typeof one === "object" &&
      one !== null &&
      typeof (one as { path?: unknown }).path === "string" &&
      typeof (one as { message?: unknown }).message === "string",
  );
}
