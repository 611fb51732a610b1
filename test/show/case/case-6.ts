/**
 * case.6: how long `pilotage serve` takes until it is ready, on an empty and on an existing folder, and what all its
 * processes hold in memory at rest.
 *
 * Memory is the proportional set size: a page that several processes share counts once. Linux only.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { skipped, type Context, type Outcome } from "../point.ts";
import { startProgram, type Program } from "../program.ts";

export const title =
  "Time to serve on an empty and on an existing folder, and memory of all processes at rest";

const AIMS = { emptySeconds: 6, existingSeconds: 2, megabytes: 350 };
const ROUNDS = 5;
const REST = 20_000;

export async function run(context: Context): Promise<Outcome> {
  if (!existsSync(`/proc/${process.pid}/smaps_rollup`))
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
  const memory = memoryOf(program);
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

interface ProcessMemory {
  pid: number;
  name: string;
  megabytes: number;
}

/** The program, its database, and everything that either started. */
function memoryOf({ pid, dataHome }: Program): ProcessMemory[] {
  const postmaster = Number(
    readFileSync(join(dataHome, "database", "postmaster.pid"), "utf8").split("\n")[0],
  );
  const parents = parentsOfAll();
  const ours = new Set([pid, postmaster]);
  for (let before = 0; before < ours.size;) {
    before = ours.size;
    for (const [child, parent] of parents) if (ours.has(parent)) ours.add(child);
  }
  return [...ours].map((one) => ({
    pid: one,
    name: readFileSync(`/proc/${one}/comm`, "utf8").trim(),
    megabytes: proportionalSize(one),
  }));
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name of a program, in brackets, may hold blanks and brackets.
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // Ended since the folder was listed.
    }
  }
  return parents;
}

function proportionalSize(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup says no Pss.`);
  return Number(kilobytes) / 1_024;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const shown = (seconds: number) => Number(seconds.toFixed(2));
