/** What Linux says of its processes: who started whom, the CPU time they took, the memory they hold. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Linux counts CPU time in hundredths of a second towards programs. */
const TICKS_PER_SECOND = 100;

export interface ProcessMemory {
  pid: number;
  name: string;
  megabytes: number;
}

/** Whether this system tells how much memory a process holds. */
export const tellsMemory = () => existsSync(`/proc/${process.pid}/smaps_rollup`);

/**
 * What these processes and everything that they started hold.
 *
 * Proportional set size: a page that several processes share counts once among them.
 */
export function memoryOf(pids: readonly number[]): ProcessMemory[] {
  return familyOf(pids).flatMap((pid) => {
    try {
      const name = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      return [{ pid, name, megabytes: proportionalSize(pid) }];
    } catch (error) {
      // Ended since the family was listed; what nobody may read is another matter.
      if (existsSync(`/proc/${pid}`)) throw error;
      return [];
    }
  });
}

/** CPU seconds that these processes and everything that they started took so far; those that have ended count with their parent. */
export function cpuSecondsOf(pids: readonly number[]): number {
  const stats = new Map(readStats().map((one) => [one.pid, one]));
  return familyOf(pids, [...stats.values()]).reduce(
    (sum, pid) => sum + (stats.get(pid)?.ticks ?? 0) / TICKS_PER_SECOND,
    0,
  );
}

/** CPU seconds of the processes that this one started and that have ended. */
export function endedCpuSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** The most that a process ever held, in megabytes; 0 when it has ended. */
export function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

/** The postmaster of an embedded server, from its data home. */
export function postmasterOf(dataHome: string): number {
  const line = readFileSync(join(dataHome, "database", "postmaster.pid"), "utf8").split("\n")[0];
  return Number(line);
}

function familyOf(pids: readonly number[], stats = readStats()): number[] {
  const family = new Set(pids);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const { pid, parent } of stats) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

interface Stat {
  pid: number;
  parent: number;
  /** Its own, and those of its children that have ended. */
  ticks: number;
}

function readStats(): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of a program, in brackets, may hold blanks and brackets.
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
      } catch {
        // Ended since the folder was listed.
        return [];
      }
    });
}

function proportionalSize(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup says no Pss.`);
  return Number(kilobytes) / 1_024;
}
