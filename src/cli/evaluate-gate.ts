/**
 * The gate of `pilotage evaluate` and `pilotage gate judge`: which evaluations it takes, and how the command ends by what came out.
 *
 * Reports are written before the command ends, whatever the verdict, so that a pipeline always has them.
 */
import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { GROUPS, isMeasured, type CriterionGroup, type Verdict } from "../contract/gate.ts";
import type { Desk } from "./desk.ts";
import { EXIT, misuse, type ExitCode } from "./exit.ts";
import { gateJunit, gateMarkdown, gateText, type Gate } from "./gate-report.ts";

export interface GateOptions {
  gate?: true;
  groups?: CriterionGroup[];
  /** Ends with 0, too. */
  allow?: Verdict;
  junit?: string;
  markdown?: string;
}

const ENDS: Record<Verdict, ExitCode> = {
  go: EXIT.ok,
  conditional: EXIT.conditional,
  "no-go": EXIT.noGo,
  inconclusive: EXIT.inconclusive,
  "could-not-run": EXIT.couldNotRun,
};

/** The options of the gate, behind those of the command. */
export function gateOptions(command: Command): Command {
  return command
    .option("--gate", "then judge the release by the frozen criteria; the exit code says what came out")
    .option("--groups <groups>", `with --gate: only these groups of criteria (${GROUPS.join(",")})`, groups)
    .addOption(
      new Option("--allow <verdict>", "with --gate: a verdict besides go that ends with 0").choices([
        "conditional",
      ]),
    )
    .option("--junit <file>", "with --gate: writes a report that pipelines read")
    .option("--markdown <file>", "with --gate: writes a table for a comment on a change");
}

/** The same for a command that does nothing but judge. */
export function judgeOptions(command: Command): Command {
  return command
    .option("--groups <groups>", `only these groups of criteria (${GROUPS.join(",")})`, groups)
    .addOption(
      new Option("--allow <verdict>", "a verdict besides go that ends with 0").choices(["conditional"]),
    )
    .option("--junit <file>", "writes a report that pipelines read")
    .option("--markdown <file>", "writes a table for a comment on a change");
}

function groups(text: string): CriterionGroup[] {
  const named = text.split(",").map((one) => one.trim());
  const wrong = named.find((one) => !(GROUPS as readonly string[]).includes(one));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `There is no group ${JSON.stringify(wrong)}; the groups are ${GROUPS.join(", ")}.`,
    );
  return named as CriterionGroup[];
}

export interface AskedGate {
  workflow: string;
  release: string;
  /** Lets the release answer a set, each item so often at least, with these metrics besides, and waits until that is done. */
  evaluated(set: string, repeats: number, metrics: string[]): Promise<{ id: string }>;
}

/** Evaluates over every set that the criteria ask for, judges, writes the reports, and sets how the command ends. */
export async function judge(
  client: Client,
  desk: Desk,
  { workflow, release, evaluated }: AskedGate,
  options: GateOptions & { set: string },
): Promise<void> {
  const { groups, set } = options;
  const { inForce, repeats } = await client.getCriteria({ params: { workflow } });
  const chosen = (inForce?.criteria ?? []).filter(({ group }) => groups?.includes(group) ?? true);
  // By their ids: a name and name@version may be one set, over which it is evaluated once.
  const sets = new Map<string, string>();
  for (const one of [set, ...chosen.flatMap((criterion) => criterion.set ?? [])]) {
    const { id } = await client.getEvaluationSet({ params: { workflow, set: one } });
    if (!sets.has(id)) sets.set(id, one);
  }
  // All else is measured from the answers; a judge has to be asked.
  const judges = chosen.flatMap(({ about }) => (/^judge\s/.test(about) ? [about] : []));
  const runs: string[] = [];
  for (const one of sets.values()) runs.push((await evaluated(one, repeats, judges)).id);
  await judgeOver(client, desk, { workflow, release, runs }, options);
}

/**
 * Throws `bad_request` where a criterion is measured by a run and none over its set is named: that gate could not be judged, and
 * would still take the place of the one before, with its signatures.
 */
export async function demandRuns(
  client: Client,
  { workflow, release, runs }: { workflow: string; release: string; runs: readonly string[] },
  { groups }: Pick<GateOptions, "groups">,
): Promise<void> {
  const { inForce } = await client.getCriteria({ params: { workflow } });
  const measured = (inForce?.criteria ?? []).filter(
    (one) => isMeasured(one) && (groups?.includes(one.group) ?? true),
  );
  if (measured.length === 0) return;
  const over = await Promise.all(runs.map((run) => client.getEvaluation({ params: { run } })));
  const covered = ({ set }: { set: string | null }) =>
    over.some(
      ({ setName, setVersion }) => set === null || set === setName || set === `${setName}@${setVersion}`,
    );
  const bare = measured.filter((one) => !covered(one));
  if (bare.length === 0) return;
  const told = bare.map(({ name, set }) => (set === null ? name : `${name} (over ${set})`)).join(", ");
  throw new PilotageError(
    "bad_request",
    `Measured by an evaluation that is not named: ${told}. Such a gate could not be judged, and would take the place of the one before with its signatures. No gate was judged.`,
    {
      hint: `Name the newest evaluation of ${release} over each set with --run (pilotage evaluation show ${workflow} <set> lists them), or judge only the other groups with --groups.`,
    },
  );
}

/** Judges over these evaluations and what is known besides, writes the reports, and sets how the command ends. */
export async function judgeOver(
  client: Client,
  desk: Desk,
  { workflow, release, runs }: { workflow: string; release: string; runs: string[] },
  options: Omit<GateOptions, "gate">,
): Promise<void> {
  const { groups } = options;
  const allow = options.allow === undefined ? [] : [options.allow];
  const gate = await client.judgeGate({
    params: { workflow },
    body: { release, runs, ...(groups === undefined ? {} : { groups }) },
  });
  if (options.junit !== undefined) await write(options.junit, gateJunit(gate, allow));
  if (options.markdown !== undefined) await write(options.markdown, gateMarkdown(gate));
  desk.exit = endOf(gate, allow);
  desk.out.result(gate, () => gateText(gate));
}

export function endOf({ verdict }: Pick<Gate, "verdict">, allow: readonly Verdict[]): ExitCode {
  return allow.includes(verdict) ? EXIT.ok : ENDS[verdict];
}

/** Options that say nothing without the gate are mistakes. */
export function demandGate(options: GateOptions, wait: boolean): void {
  if (options.gate && !wait) throw misuse("--gate needs the evaluation to be done: leave out --no-wait");
  if (options.gate) return;
  for (const name of ["groups", "allow", "junit", "markdown"] as const)
    if (options[name] !== undefined) throw misuse(`--${name} says nothing without --gate`);
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new PilotageError(
      "bad_request",
      `The report could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}. The gate is stored.`,
      { hint: "`pilotage gate list <workflow>` has it." },
    );
  }
}
