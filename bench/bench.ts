/**
 * `npm run bench -- <name>`: runs one bench and prints its figures as one JSON document.
 *
 * `--rounds n` (three unless told), `--quick` for a short run that proves nothing but that the bench works, `--peers` to
 * measure beside other programs then, too.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cpus, loadavg, totalmem } from "node:os";
import type { JsonObject } from "../src/contract/json.ts";
import { stopGrounds } from "./installation.ts";

interface Bench {
  /** The figures, and `aims`: those of them that something is asked of. */
  run(options: { rounds: number; quick: boolean; peers: boolean }): Promise<JsonObject>;
}

// The program runs in this process, under the flags under which `serve` runs it.
const engine = JSON.parse(
  readFileSync(new URL("../bin/engine-flags.json", import.meta.url), "utf8"),
) as string[];
if (!engine.every((flag) => process.execArgv.includes(flag)))
  process.execve!(
    process.execPath,
    [process.execPath, ...engine, ...process.execArgv, ...process.argv.slice(1)],
    process.env,
  );

const BENCHES: Record<string, () => Promise<Bench>> = {
  intake: () => import("./intake.ts"),
  cases: () => import("./cases.ts"),
  idle: () => import("./idle.ts"),
  inbox: () => import("./inbox.ts"),
  gateway: () => import("./gateway.ts"),
  rollback: () => import("./rollback.ts"),
  evaluate: () => import("./evaluate.ts"),
};

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const name = positionals[0] ?? "";
const rounds = Number(values.rounds);
const load = BENCHES[name];
if (!load || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`npm run bench -- ${Object.keys(BENCHES).join("|")} [--rounds n] [--quick]\n`);
  process.exit(64);
}
const machine = {
  cpus: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  loadBefore: Number(loadavg()[0]!.toFixed(1)),
};
// The embedded server outlives a process that just ends.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stopGrounds().finally(() => process.exit(1)));
const bench = await load();
const figures = await bench.run({ rounds, quick: values.quick, peers: values.peers || !values.quick });
process.stdout.write(
  `${JSON.stringify({ bench: name, rounds, quick: values.quick, machine, ...figures }, null, 2)}\n`,
);
process.exit(0);
