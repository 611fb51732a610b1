/**
 * promptfoo, beside which an evaluation is measured: installed into a temporary folder for the run, no dependency of Pilotage.
 *
 * Its telemetry, its look for updates and its remote generation are off. It keeps its results in a database file in a folder of the run.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, lastWords } from "../test/show/program.ts";
import { removeFolder, temporaryFolder } from "../test/support/folders.ts";
import { endedCpuSeconds, peakOf } from "../test/support/process-table.ts";
import type { Took } from "./evaluate.ts";
import { progress } from "./measure.ts";
import { installPeers } from "./peer-install.ts";

export interface EvaluatePeer {
  version: string;
  round(): Promise<Took>;
  stop(): Promise<void>;
}

interface Wanted {
  provider: string;
  texts: string[];
  answer: object;
  atOnce: number;
}

const LOOK_EVERY = 50;

/** Installs it and writes its configuration; says why where that cannot be done. */
export async function openEvaluatePeer(wanted: Wanted): Promise<EvaluatePeer | { missing: string }> {
  const folder = temporaryFolder("evaluate-peer");
  process.once("exit", () => removeFolder(folder));
  progress("installing promptfoo into a temporary folder");
  const missing = await installPeers("evaluate-peer", folder);
  if (missing !== undefined) return { missing };
  const home = join(folder, "home");
  mkdirSync(home);
  const config = join(folder, "evaluation.json");
  writeFileSync(config, JSON.stringify(configuration(wanted)));
  const own = join(folder, "node_modules/promptfoo");
  const { version } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as { version: string };
  return {
    version,
    async round() {
      const output = join(home, "promptfoo.db");
      const sizeBefore = sizeOf(output);
      const took = await evaluate(join(own, "dist/src/entrypoint.js"), {
        config,
        home,
        atOnce: wanted.atOnce,
      });
      if (sizeOf(output) <= sizeBefore) throw new Error("promptfoo stored no results.");
      return took;
    },
    stop: async () => removeFolder(folder),
  };
}

function configuration({ provider, texts, answer }: Wanted) {
  return {
    providers: [
      { id: "openai:chat:bench", config: { apiBaseUrl: provider, apiKey: "bench", temperature: 0 } },
    ],
    prompts: ["Sort the ticket.\n{{text}}"],
    tests: texts.map((text) => ({
      vars: { text },
      assert: [{ type: "equals", value: JSON.stringify(answer) }],
    })),
  };
}

async function evaluate(
  program: string,
  { config, home, atOnce }: { config: string; home: string; atOnce: number },
): Promise<Took> {
  const words = ["eval", "-c", config, "--no-cache", "-j", String(atOnce), "--no-table", "--no-progress-bar"];
  const cpuBefore = endedCpuSeconds();
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...words], {
    cwd: home,
    env: environment({
      HOME: home,
      PROMPTFOO_CONFIG_DIR: home,
      PROMPTFOO_DISABLE_TELEMETRY: "1",
      PROMPTFOO_DISABLE_UPDATE: "1",
      PROMPTFOO_DISABLE_REMOTE_GENERATION: "1",
      PROMPTFOO_DISABLE_SHARING: "1",
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = lastWords(child);
  let megabytes = 0;
  const timer = setInterval(() => (megabytes = Math.max(megabytes, peakOf(child.pid!))), LOOK_EVERY);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1_000;
  if (code !== 0) throw new Error(`promptfoo ended with ${code}: ${said().trim().slice(-600)}`);
  return { seconds, cpu: endedCpuSeconds() - cpuBefore, megabytes };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
