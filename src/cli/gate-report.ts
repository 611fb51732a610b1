/**
 * A gate as text, as JUnit XML and as Markdown: for a terminal, for a pipeline, for a comment on a change. Pure.
 *
 * Nothing that did not pass looks as if it had: inconclusive is a failure, what could not be judged an error, and what only
 * informs is skipped when it does not pass. Words of people are escaped in each of the three.
 */
import type { Client } from "../contract/client.ts";
import { CRITERION_REASONS, GATE_REASONS, VERDICTS, type Verdict } from "../contract/gate.ts";
import { facts, moment, percent, table } from "./text.ts";

export type Gate = Awaited<ReturnType<Client["getGate"]>>;
type Judged = Gate["criteria"][number];

/** Over several lines, for a terminal. */
export function gateText(gate: Gate): string {
  const rows = gate.criteria.map((one) => [
    one.name,
    one.group,
    one.must ? "must" : "informs",
    one.verdict,
    one.n,
    result(one),
    bounds(one),
    levels(one),
    notes(one),
  ]);
  return [
    `${gate.id}: ${gate.verdict}. ${sentence(gate)}`,
    facts([
      ["workflow", gate.workflow],
      ["release", gate.release],
      ["about", gate.groups.join(", ")],
      ["runs", gate.runs.join(", ")],
      ["criteria", gate.version === null ? "none were agreed" : versionLine(gate.version)],
      ["because", gate.reasons.map(gateReason).join("; ")],
      ["judged", `${moment(gate.judgedAt)} by ${gate.judgedBy}`],
      ["digest", gate.digest],
      ["signed", gate.signatures.map(signatureLine).join("\n")],
      ["lacks", gate.lacks],
      ["replaced", gate.newest ? "" : "a later gate of the release takes its place"],
      [
        "rolled back",
        gate.rolledBackAt === null
          ? ""
          : `its release, ${moment(gate.rolledBackAt)}, after it was judged: it cannot be signed as go`,
      ],
    ]),
    table(
      ["criterion", "group", "", "verdict", "n", "result", "95 % bounds", "levels", "notes"],
      rows,
      "No criterion was judged.",
    ),
    ...unattested(gate),
  ].join("\n");
}

/** The commands that attest the proofs for which nobody has given their word. */
function unattested({ workflow, criteria }: Gate): string[] {
  const missing = criteria.filter(
    ({ unit, verdict, reasons }) =>
      unit === null && verdict === "could-not-run" && reasons.some(({ code }) => code === "no-evidence"),
  );
  return missing.map(
    ({ name }) =>
      `To attest it: pilotage criteria attest ${workflow} ${JSON.stringify(name)} --holds yes --text "..." --as <person>`,
  );
}

/** For a comment on a change. */
export function gateMarkdown(gate: Gate): string {
  const head = [
    "Criterion",
    "Group",
    "Verdict",
    "n",
    "Result",
    "95 % bounds",
    "Minimum / target / stretch",
    "Notes",
  ];
  const rows = gate.criteria.map((one) => [
    `${one.name}${one.must ? "" : " (informs)"}`,
    one.group,
    one.verdict,
    String(one.n),
    result(one),
    bounds(one),
    levels(one),
    notes(one),
  ]);
  const line = (cells: string[]) => `| ${cells.map((cell) => markdown(cell)).join(" | ")} |`;
  const reasons = gate.reasons.map((one) => `- ${markdown(gateReason(one))}`);
  const version = gate.version === null ? "no criteria were agreed" : versionLine(gate.version);
  return `${[
    `### Gate of ${markdown(gate.workflow)}: **${gate.verdict}**`,
    "",
    capital(sentence(gate)),
    ...(reasons.length > 0 ? ["", ...reasons] : []),
    "",
    line(head),
    `| ${head.map(() => "---").join(" | ")} |`,
    ...rows.map(line),
    "",
    `Release ${markdown(gate.release)}, ${markdown(version)}, gate ${markdown(gate.id)} of ${gate.judgedAt}, digest ${gate.digest.slice(0, 12)}.`,
  ].join("\n")}\n`;
}

/** One suite a group, one case a criterion, and the gate as a whole. */
export function gateJunit(gate: Gate, allow: readonly Verdict[]): string {
  const suites = [
    suite("gate", gate, [
      { name: "the gate as a whole", outcome: wholeOutcome(gate, allow), told: sentence(gate) },
    ]),
    ...gate.groups.map((group) =>
      suite(
        group,
        gate,
        gate.criteria
          .filter((one) => one.group === group)
          .map((one) => ({ name: one.name, outcome: outcomeOf(one, allow), told: told(one) })),
      ),
    ),
  ];
  const cases = suites.flatMap((one) => one.cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(`${gate.workflow} ${gate.release}`)}" ${counts(cases)}>\n${suites.map(({ text }) => text).join("\n")}\n</testsuites>\n`;
}

type Outcome = { kind: "passed" } | { kind: "failure" | "error" | "skipped"; type: string; message: string };

interface Case {
  name: string;
  outcome: Outcome;
  told: string;
}

function suite(name: string, { workflow, release, judgedAt }: Gate, cases: Case[]) {
  const lines = cases.map((one) => {
    const open = `    <testcase classname="${xml(`${workflow}.${name}`)}" name="${xml(one.name)}">`;
    const { outcome } = one;
    const inner =
      outcome.kind === "passed"
        ? ""
        : outcome.kind === "skipped"
          ? `\n      <skipped message="${xml(outcome.message)}"/>`
          : `\n      <${outcome.kind} type="${xml(outcome.type)}" message="${xml(outcome.message)}"/>`;
    return `${open}${inner}\n      <system-out>${xml(one.told)}</system-out>\n    </testcase>`;
  });
  const text = `  <testsuite name="${xml(name)}" ${counts(cases)} timestamp="${judgedAt}">\n    <properties><property name="release" value="${xml(release)}"/></properties>\n${lines.join("\n")}\n  </testsuite>`;
  return { cases, text };
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Outcome["kind"]) => cases.filter(({ outcome }) => outcome.kind === kind).length;
  return `tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}"`;
}

function outcomeOf(one: Judged, allow: readonly Verdict[]): Outcome {
  const { verdict, must } = one;
  if (verdict === "go" || allow.includes(verdict)) return { kind: "passed" };
  const message = [VERDICTS[verdict].en, notes(one)].filter(Boolean).join("; ");
  if (!must) return { kind: "skipped", type: verdict, message: `informs only: ${message}` };
  return { kind: verdict === "could-not-run" ? "error" : "failure", type: verdict, message };
}

function wholeOutcome(gate: Gate, allow: readonly Verdict[]): Outcome {
  const { verdict } = gate;
  if (verdict === "go" || allow.includes(verdict)) return { kind: "passed" };
  return { kind: verdict === "could-not-run" ? "error" : "failure", type: verdict, message: sentence(gate) };
}

function sentence({ verdict, reasons, criteria }: Gate): string {
  const missing = criteria.filter((one) => one.must && one.missing !== null && one.verdict === verdict);
  const more = missing.map((one) => `${one.name} takes about ${one.missing} more`).join(", ");
  return [
    VERDICTS[verdict].en,
    ...reasons.map(gateReason),
    ...(verdict === "inconclusive" && more !== "" ? [more] : []),
  ].join("; ");
}

function told(one: Judged): string {
  return facts(
    [
      ["about", one.about],
      ["verdict", one.verdict],
      ["n", one.n],
      ["result", result(one)],
      ["95 % bounds", bounds(one)],
      ["levels", levels(one)],
      ["notes", notes(one)],
    ],
    "",
  );
}

function result(one: Judged): string {
  return one.estimate === null ? "" : valued(one.estimate, one.unit);
}

function bounds({ lower, upper, unit }: Judged): string {
  return lower === null || upper === null ? "" : `${valued(lower, unit)} to ${valued(upper, unit)}`;
}

function levels({ minimum, target, stretch, unit }: Judged): string {
  const given = [minimum, target, stretch].flatMap((one) => (one === null ? [] : [valued(one, unit)]));
  return given.join(" / ");
}

/** "92.5 %", "1,250 ms", "0.012 EUR". */
export function valued(value: number, unit: string | null): string {
  if (unit === "share") return percent(Number(value.toFixed(4)));
  if (unit === "ms") return `${Math.round(value).toLocaleString("en")} ms`;
  return `${Number(value.toPrecision(4))} ${unit ?? ""}`.trim();
}

function notes({ reasons, missing, proven, verdict }: Judged): string {
  return [
    ...reasons.map(({ code, about }) => withAbout(CRITERION_REASONS[code].en, about)),
    ...(missing === null ? [] : [`about ${missing} more until the verdict moves on`]),
    ...(proven === "stretch" && verdict === "go" ? ["stretch proved"] : []),
  ].join("; ");
}

function gateReason({ code, about }: Gate["reasons"][number]): string {
  return withAbout(GATE_REASONS[code].en, about);
}

function withAbout(text: string, about: string | undefined): string {
  return about === undefined ? text : `${text} (${about})`;
}

function versionLine({ version, digest, frozenAt, frozenBy }: NonNullable<Gate["version"]>): string {
  return `criteria version ${version} (${digest.slice(0, 12)}), frozen ${moment(frozenAt)} by ${frozenBy}`;
}

function signatureLine({ as, decision, person, note, at }: Gate["signatures"][number]): string {
  return `${decision} by ${person} as ${as}, ${moment(at)}${note === null ? "" : `: ${note}`}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Text and attributes of XML 1.0: what it cannot hold at all is replaced, not dropped. */
export function xml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- characters that no XML document may hold
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
      "\ufffd",
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;")
    .replaceAll(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`);
}

/** A cell of a table that shows exactly this text. */
export function markdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|#~]/g, (sign) => `\\${sign}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replaceAll(/\s*[\r\n]+\s*/g, " ");
}
