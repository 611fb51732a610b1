/**
 * `models.3`: as many rows as calls. After a load of plain, collected and live answers, with readers that are slow and callers
 * that leave in the middle, every answer has its row and every call that reached the provider has exactly one; across kill -9
 * of the program in the middle, the calls that were answered have their rows, and those that were not have rows that say so.
 *
 * Options: `--seconds n` of load (10), `--connections n` (40), `--kills n` (3).
 */
import { sql } from "../../../src/platform/sql.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { startFaultProvider, type FaultProvider } from "../../support/fault-provider/fault-provider.ts";
import type { Context, Outcome } from "../point.ts";
import { openStore, startProgram, until, type Program } from "../program.ts";
import type { Asker } from "./asking.ts";
import { gather, type Told } from "./crowd.ts";

export const title =
  "Calls answered are calls recorded, under load and across kill -9; calls that a kill broke off are on record as broken off";

const MODEL = "first/primary";

interface Row {
  id: string;
  outcome: string;
  error: string | null;
}

export async function run(context: Context): Promise<Outcome> {
  const option = (name: string, usual: number) => Number(context.options[name] ?? usual);
  const connections = option("connections", 40);
  const loadSeconds = option("seconds", 10);
  const provider = await startFaultProvider({ tokens: 30, tokenMs: 10 });
  context.after(() => provider.stop());
  provider.play("healthy");

  const dataHome = context.folder("records");
  const first = await startProgram(context, { dataHome });
  const { secret } = await first.client.makeKey({
    body: { name: "a program", scopes: ["gateway"], days: 1 },
  });
  await first.client.saveConnection({
    params: { name: "first" },
    body: { settings: { kind: "openai", baseUrl: provider.url, passThrough: [{ name: "primary" }] } },
  });

  const crowd = gather({ url: first.url, secret }, MODEL, connections);
  await sleep(loadSeconds * 1_000);
  const load = compare(await crowd.end(), await settledRows(first, provider), provider.seen.length);
  context.progress(`load: ${JSON.stringify(load.figures)}`);

  const kills = [];
  let program = first;
  for (let i = 0; i < option("kills", 3); i++) {
    const killed = await killInTheMiddle(context, program, provider, { secret, connections });
    program = killed.next;
    kills.push(killed);
    context.progress(`kill ${i + 1}: ${JSON.stringify(killed.figures)}`);
  }
  const problems = [load, ...kills].flatMap((one) => one.problems);
  for (const problem of problems) context.progress(problem);
  return {
    met: context.options["kills"] === undefined && problems.length === 0,
    figures: { connections, load: load.figures, kills: kills.map((one) => one.figures), problems },
  };
}

/** Kills the program while callers wait, starts it again, and compares. */
async function killInTheMiddle(
  context: Context,
  program: Program,
  provider: FaultProvider,
  { secret, connections }: Omit<Asker, "url"> & { connections: number },
) {
  const before = new Set((await rowsOf(program)).map((row) => row.id));
  provider.play("healthy");
  const crowd = gather({ url: program.url, secret }, MODEL, connections);
  // In the middle: enough were answered, and others wait.
  await until(
    "as many whole answers as there are callers",
    async () => crowd.told.filter((one) => one.whole).length,
    (whole) => whole >= connections && provider.answering > 0,
    60,
  );
  process.kill(program.pid, "SIGKILL");
  const told = await crowd.end();
  const reached = provider.seen.length;
  const next = await startProgram(context, { dataHome: program.dataHome });
  const newRows = async () => (await rowsOf(next)).filter((row) => !before.has(row.id));
  // The records of what was broken off are written by a duty of the program that comes next.
  await until(
    "the records of what was broken off",
    newRows,
    (found) => found.some((row) => row.error === "interrupted"),
    60,
  ).catch(() => [] as Row[]);
  const compared = compare(told, await newRows(), reached);
  const { interrupted } = compared.figures;
  const problems = interrupted > 0 ? [] : ["no call is on record as broken off"];
  return { next, figures: compared.figures, problems: [...compared.problems, ...problems] };
}

/** Both sides: what callers were told, and how many calls the provider was asked; each of them asks it once. */
function compare(told: readonly Told[], rows: readonly Row[], reached: number) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const whole = told.filter((one) => one.whole);
  const answered = rows.filter((row) => row.outcome === "answered");
  const withoutRow = whole.filter((one) => byId.get(one.id ?? "")?.outcome !== "answered").length;
  const unknown = told.filter((one) => one.id !== undefined && !byId.has(one.id)).length;
  const count = (holds: (row: Row) => boolean) => rows.filter(holds).length;
  const figures = {
    calls: told.length,
    wholeAnswers: whole.length,
    wholeAnswersWithoutRow: withoutRow,
    rows: rows.length,
    reachedTheProvider: reached,
    answered: answered.length,
    aborted: count((row) => row.outcome === "aborted"),
    interrupted: count((row) => row.error === "interrupted"),
    otherwise: count((row) => !["answered", "aborted"].includes(row.outcome) && row.error !== "interrupted"),
    idsWithoutRow: unknown,
  };
  const problems = [
    ...(withoutRow > 0 ? [`${withoutRow} whole answers have no row that says so`] : []),
    ...(unknown > 0 ? [`${unknown} calls that began to be answered have no row`] : []),
    ...(rows.length < reached
      ? [`the provider was asked ${reached} times; there are ${rows.length} rows`]
      : []),
    ...(rows.length > told.length ? [`${rows.length} rows for ${told.length} calls`] : []),
    ...(figures.otherwise > 0 ? [`${figures.otherwise} calls ended in another way`] : []),
    ...(whole.length === 0 ? ["nothing was answered"] : []),
  ];
  return { figures, problems };
}

/** The rows when callers who left have theirs, too. */
async function settledRows(program: Program, provider: FaultProvider): Promise<Row[]> {
  return until(
    "a row for every call",
    () => rowsOf(program),
    (rows) => rows.length >= provider.seen.length,
    20,
  ).catch(() => rowsOf(program));
}

async function rowsOf(program: Program): Promise<Row[]> {
  const { database } = await openStore(program);
  try {
    return await database.all<Row>(sql`select id, outcome, error from model_call`);
  } finally {
    await database.close();
  }
}
