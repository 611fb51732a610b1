/** For depth.2: the command line as a process that is watched, and events written by many at once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "../../../src/contract/audit.ts";
import type { Audit } from "../../../src/audit/record.ts";
import type { Database } from "../../../src/platform/database.ts";
import { environment, ROOT } from "../program.ts";

export interface Watched {
  verdict: Verdict;
  exit: number | null;
  seconds: number;
  /** The most memory that the process ever held, in MB. */
  peakMb: number;
}

/** Runs `pilotage audit verify` as a process of its own, without a database, and watches its memory. */
export async function verifyApart(folder: string, key: string): Promise<Watched> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(ROOT, "bin", "pilotage.js"), "audit", "verify", folder, "--verifier", key, "--json", "--quiet"],
    { cwd: ROOT, env: environment({}), stdio: ["ignore", "pipe", "inherit"] },
  );
  let out = "";
  child.stdout.on("data", (piece: Buffer) => (out += piece.toString("utf8")));
  let peakMb = 0;
  const look = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid!))), 20);
  const [exit] = (await once(child, "close")) as [number | null];
  clearInterval(look);
  return {
    verdict: JSON.parse(out) as Verdict,
    exit,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    peakMb,
  };
}

/** Linux keeps the highest mark by itself. */
function peakOf(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** `writers` at once, each so many transactions of two events; every fifth transaction fails. Answers how many events were stored. */
export async function writeAtOnce(
  database: Database,
  audit: Audit,
  writers: number,
  transactions: number,
): Promise<number> {
  const actor = { kind: "system", name: "a proof" } as const;
  let stored = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < transactions; n++) {
        const fails = (writer + n) % 5 === 0;
        await database
          .transaction(async (tx) => {
            audit.record(tx, [
              { kind: "case.running", actor, data: { writer, n } },
              { kind: "case.moved", actor, data: { writer, n } },
            ]);
            // After its events were written: the numbers that it used are given up with the writer.
            if (fails) tx.beforeCommit(() => Promise.reject(new Error("this one fails")));
          })
          .then(
            () => (stored += 2),
            (error: unknown) => {
              if (!fails) throw error;
            },
          );
      }
    }),
  );
  return stored;
}
