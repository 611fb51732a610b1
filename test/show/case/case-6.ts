/**
 * case.6: how long `pilotage serve` takes until it is ready, on an empty and on an existing folder, and what all its
 * processes hold in memory at rest.
 *
 * Memory is the proportional set size: a page that several processes share counts once. Linux only.
 */
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { memoryOf, postmasterOf, tellsMemory } from "../../support/process-table.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { startProgram } from "../program.ts";

export const title =
  "Time to serve on an empty and on an existing folder, and memory of all processes at rest";

const AIMS = { emptySeconds: 6, existingSeconds: 2, megabytes: 350 };
const ROUNDS = 5;
const REST = 20_000;

export async function run(context: Context): Promise<Outcome> {
  if (!tellsMemory())
    return skipped("Memory is read from /proc/<pid>/smaps_rollup, which this system does not have.");
  const empty: number[] = [];
  const existing: number[] = [];
  let dataHome = "";
  for (let round = 1; round <= ROUNDS; round++) {
    dataHome = context.folder("serve");
    empty.push(await timed(context, dataHome));
    existing.push(await timed(context, dataHome));
    context.progress(
      `round ${round}: empty folder ${shown(empty.at(-1)!)} s, existing folder ${shown(existing.at(-1)!)} s`,
    );
  }
  const program = await startProgram(context, { dataHome });
  context.progress(`at rest for ${REST / 1_000} s`);
  await pause(REST);
  const memory = memoryOf([program.pid, postmasterOf(program.dataHome)]);
  await program.stop();
  const megabytes = memory.reduce((sum, one) => sum + one.megabytes, 0);
  const [emptySeconds, existingSeconds] = [median(empty), median(existing)];
  return {
    met:
      emptySeconds < AIMS.emptySeconds &&
      existingSeconds < AIMS.existingSeconds &&
      megabytes < AIMS.megabytes,
    figures: {
      emptyFolderSeconds: shown(emptySeconds),
      emptyFolderRounds: empty.map(shown),
      existingFolderSeconds: shown(existingSeconds),
      existingFolderRounds: existing.map(shown),
      megabytesAtRest: Math.round(megabytes),
      processes: memory.length,
      megabytesOfProgram: Math.round(memory.find((one) => one.pid === program.pid)!.megabytes),
      megabytesOfDatabase: Math.round(
        memory.filter((one) => one.name === "postgres").reduce((sum, one) => sum + one.megabytes, 0),
      ),
      aims: AIMS,
      loadOfMachine: loadavg().map((one) => Number(one.toFixed(1))),
    },
  };
}

async function timed(context: Context, dataHome: string): Promise<number> {
  const program = await startProgram(context, { dataHome });
  const code = await program.stop();
  if (code !== 0) throw new Error(`The program ended with ${code}.`);
  return program.readyAfter / 1_000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const shown = (seconds: number) => Number(seconds.toFixed(2));
