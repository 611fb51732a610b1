/**
 * `pilotage serve` in one role, which kills itself or the database with SIGKILL at transaction boundaries when told to.
 *
 *     node test/support/serve-with-kills.ts worker                                     serves as usual
 *     node test/support/serve-with-kills.ts worker itself settle:before:2              dies before the 2nd commit that settles
 *     node test/support/serve-with-kills.ts worker database settle:before:5,try:after:5  kills the database so many times at each
 *
 * Each kill is said on standard output first: `itself at settle:before`. Settings come from the environment, as always;
 * so does CLOCK_FILE: a file with the milliseconds by which this process's clock is wrong, read all the time.
 */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../src/app.ts";
import { readPidFile, processesIn } from "../../src/platform/embedded/postmaster.ts";
import { serve } from "../../src/serve.ts";

/** Commits that must succeed between two kills of the database: without them nothing would ever go on. */
const COMMITS_BETWEEN = 6;

const [role, victim, points = ""] = process.argv.slice(2);
const counts = new Map(
  points
    .split(",")
    .map((point) => [
      point.slice(0, point.lastIndexOf(":")),
      Number(point.slice(point.lastIndexOf(":") + 1)),
    ]),
);
let commits = 0;
let kills = 0;

function say(point: string): void {
  writeSync(1, `${victim} at ${point}\n`);
}

function killItself(point: string): void {
  const left = counts.get(point)! - 1;
  counts.set(point, left);
  if (left !== 0) return;
  say(point);
  process.kill(process.pid, "SIGKILL");
}

/** Now the server with all its processes, now only the first of them, whose children then end by themselves. */
function killDatabase(point: string): void {
  const folder = join(process.env["PILOTAGE_DATA"]!, "database");
  const first = readPidFile(folder)?.pid ?? 0;
  if (commits < COMMITS_BETWEEN || counts.get(point) === 0 || first === 0) return;
  commits = 0;
  counts.set(point, counts.get(point)! - 1);
  say(point);
  for (const pid of kills++ % 2 === 0 ? [first, ...processesIn(folder)] : [first]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

const clockFile = process.env["CLOCK_FILE"];
if (clockFile !== undefined) {
  const rightTime = Date.now;
  let wrongBy = 0;
  const read = () => (wrongBy = Number(readFileSync(clockFile, "utf8")) || 0);
  read();
  setInterval(read, 50).unref();
  Date.now = () => rightTime() + wrongBy;
}

await serve(
  { role: role as Role },
  {
    boundary(moment, names) {
      if (moment === "after") commits++;
      for (const name of names) {
        const point = `${name}:${moment}`;
        if (!counts.has(point)) continue;
        if (victim === "itself") killItself(point);
        if (victim === "database") killDatabase(point);
      }
    },
  },
);
