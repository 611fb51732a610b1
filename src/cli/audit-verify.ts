/**
 * `pilotage audit verify` and `pilotage audit check`: which events were looked at, of how many, and the first bad one.
 *
 * `verify` needs no program and no network; `check` does the same with the log of a running program. The checks
 * themselves are in audit/verify.ts.
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { faultLine, type AuditStatus, type Verdict, type VerifyWish } from "../contract/audit.ts";
import { duration, gather } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT, misuse } from "./exit.ts";
import { count } from "./text.ts";

interface VerifyOptions {
  verifier?: string;
  checkpoint?: string[];
  tolerance?: number;
}

/** Options that `verify` and `check` share. */
function withKeys(command: Command): Command {
  return command
    .option(
      "--verifier <key>",
      "the verifier key that you keep, or a file with it; without it nothing shows who signed",
    )
    .option("--checkpoint <file>", "an older checkpoint of yours; may be given several times", gather)
    .option(
      "--tolerance <duration>",
      "how far an event's time may lie before an earlier one's; default: 2h",
      duration,
    );
}

export function addVerify(program: Command, group: Command, desk: Desk): void {
  const command = withKeys(
    group
      .command("verify")
      .argument("<bundle>", "the folder that `pilotage audit export` wrote")
      .description(
        "Verifies a bundle, without database and network, and names the first bad record. Ends with 3 when there is one.",
      ),
  ).action(async (bundle: string, given: VerifyOptions) => {
    // Nothing is asked over the network, so a key that was given is the one that checks the signatures.
    const { key } = program.opts<{ key?: string }>();
    const options = key === undefined ? given : { verifier: key, ...given };
    const local = await desk.local();
    const progress = desk.out.progress();
    const verdict = await local
      .verifyBundle(
        bundle,
        wishOf(options, (text) => progress.show(text)),
      )
      .finally(() => progress.end());
    tell(desk, verdict, verdict.ok);
  });
  withExamples(
    command,
    "pilotage audit verify audit-2026-01 --verifier verifier.key",
    "pilotage audit verify news --verifier verifier.key --checkpoint 2026-01-05.checkpoint",
  );
}

export function addCheck(group: Command, desk: Desk): void {
  const command = withKeys(
    group
      .command("check")
      .description(
        "Verifies the log of the running program, and looks for events that never came into it. Ends with 3 when something is wrong.",
      ),
  ).action(async (options: VerifyOptions) => {
    const client = await desk.client("read");
    const local = await desk.local();
    const progress = desk.out.progress();
    const verdict = await local
      .verifyLines(
        client.auditLines({}),
        wishOf(options, (text) => progress.show(text)),
      )
      .finally(() => progress.end());
    const status = await client.getAudit({ query: { thorough: "true" } });
    const problems = problemsOf(status);
    tell(desk, verdict, verdict.ok && problems.length === 0, { problems, status });
  });
  withExamples(command, "pilotage audit check --verifier verifier.key");
}

function wishOf(options: VerifyOptions, show: (text: string) => void): VerifyWish {
  return {
    key: options.verifier === undefined ? undefined : keyIn(options.verifier),
    older: (options.checkpoint ?? []).map(textIn),
    tolerance: options.tolerance,
    progress: (checked, of) => show(`${count(checked, "event")} of ${of.toLocaleString("en")} checked`),
  };
}

function tell(
  desk: Desk,
  verdict: Verdict,
  ok: boolean,
  more: { problems?: string[]; status?: AuditStatus } = {},
) {
  if (!ok) desk.exit = EXIT.found;
  desk.out.result({ ...verdict, ...more, ok }, () =>
    [
      ...(verdict.fault ? [`BAD  ${faultLine(verdict.fault)}`] : []),
      ...(more.problems ?? []).map((problem) => `BAD  ${problem}`),
      summary(verdict),
      ...remarks(verdict),
    ].join("\n"),
  );
}

/** Never "the log is fine": which events were looked at, of how many. */
function summary({
  ok,
  checked,
  first,
  last,
  of,
  leftOut,
  checkpoints,
  origin,
  keyId,
  older,
}: Verdict): string {
  const n = (number: number | null) => (number ?? 0).toLocaleString("en");
  const range =
    checked === 0
      ? `no event of ${n(of)}`
      : leftOut > 0 && checked < (last ?? 0) - (first ?? 0) + 1
        ? `${n(checked)} of ${n(of)} events, between ${n(first)} and ${n(last)},`
        : `events ${n(first)} to ${n(last)} of ${n(of)}`;
  const proved =
    older.length > 0 ? `; continues the older checkpoint of ${older.map(n).join(", ")} events` : "";
  return ok
    ? `${range} checked: they stand as they were signed. Log ${origin}, key ${keyId}, ${count(checkpoints, "checkpoint")}${proved}.`
    : `${range} checked before that. Log ${origin}, key ${keyId}.`;
}

function remarks({ keyFrom, leftOut, fault }: Verdict): string[] {
  return [
    ...(leftOut > 0 && fault === undefined
      ? [
          `${count(leftOut, "event")} left out and not looked at; whether others belong here, this export cannot show.`,
        ]
      : []),
    ...(keyFrom === "export"
      ? [
          "The key came from the export itself: this shows that it is whole, not who signed it. Give --verifier.",
        ]
      : []),
  ];
}

/** What is wrong with the log, in sentences. */
export function problemsOf(status: AuditStatus): string[] {
  const { unlogged, putAside, problem, gaps } = status;
  return [
    ...(unlogged && unlogged.count > 0
      ? [
          `${count(unlogged.count, "event")} stored that never came into the log: ${unlogged.first.join(", ")}`,
        ]
      : []),
    ...(putAside > 0 ? [`${count(putAside, "row")} put aside, with numbers that were used before`] : []),
    ...(gaps > 0
      ? [
          `events were found removed before they came into the log, ${count(gaps, "time")}; the events audit.gap say which`,
        ]
      : []),
    ...(problem === null ? [] : [`the log does not grow: ${problem}`]),
  ];
}

function keyIn(given: string): string {
  return /^[^+\s]+\+[0-9a-f]{8}\+\S+$/.test(given) ? given : textIn(given).trim();
}

/** The text of a file that was named; else the command was used wrongly. */
export function textIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw misuse(`${path} cannot be read`);
  }
}
