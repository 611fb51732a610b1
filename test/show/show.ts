/**
 * `npm run show -- <area>.<n>`: runs one proof and prints its figure as one line of JSON; `npm run show -- <area>` runs
 * the area's proofs that have no good result for this commit yet.
 *
 * Exits non-zero when a point is not met, was skipped or failed. Results are kept in `.show/<commit>.json`; a tree with
 * changes belongs to no commit, so its results are not kept and nothing kept is believed. Options after the name go to
 * the point, and a run with options is not kept either.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context, Outcome, Point } from "./point.ts";

interface Result extends Outcome {
  point: string;
  title: string;
  commit: string | null;
  seconds: number;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

const USAGE = `npm run show -- <area>.<n> [--option value ...]   runs one point
npm run show -- <area>                             runs the points of an area that have no good result for this commit

Areas: ${areas().join(", ")}
`;

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const [wanted, ...rest] = process.argv.slice(2);
  const [area = "", number] = (wanted ?? "").split(".");
  const points = areas().includes(area) ? pointsOf(area) : [];
  if (points.length === 0 || (number !== undefined && !points.includes(`${area}.${number}`))) {
    process.stderr.write(USAGE);
    return 64;
  }
  return number === undefined
    ? await showArea(points)
    : await showPoint(`${area}.${number}`, optionsOf(rest));
}

/** Runs what is missing, each point in a process of its own; the kept results are printed as they are. */
async function showArea(points: string[]): Promise<number> {
  const commit = commitOf();
  if (commit === null) say("The tree has changes: every point is run, and no result is kept.");
  let unmet = 0;
  for (const point of points) {
    const kept = commit === null ? undefined : readKept(commit)[point];
    if (kept?.met) {
      say(`${point}: shown before for this commit`);
      process.stdout.write(`${JSON.stringify(kept)}\n`);
      continue;
    }
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), point], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) unmet++;
  }
  say(
    unmet === 0 ? `All ${points.length} points are met.` : `${unmet} of ${points.length} points are not met.`,
  );
  return unmet === 0 ? 0 : 1;
}

async function showPoint(point: string, options: Record<string, string>): Promise<number> {
  const module = (await import(fileOf(point))) as Point;
  say(`${point}: ${module.title}`);
  const { context, end } = openContext(point, options);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort(signal));
  const started = performance.now();
  let outcome: Outcome;
  try {
    outcome = await Promise.race([module.run(context), untilAborted(interrupted.signal)]);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    outcome = { met: false, figures: { failure: error instanceof Error ? error.message : String(error) } };
  } finally {
    await end();
  }
  const commit = commitOf();
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const result: Result = {
    point,
    title: module.title,
    commit,
    seconds,
    ...outcome,
    met: outcome.met && outcome.skipped === undefined,
  };
  if (result.skipped !== undefined) say(`${point} was skipped: ${result.skipped}`);
  say(`${point}: ${result.met ? "met" : "not met"} after ${seconds} s`);
  if (commit !== null && Object.keys(options).length === 0) keep(commit, result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.met ? 0 : 1;
}

function openContext(
  point: string,
  options: Record<string, string>,
): { context: Context; end(): Promise<void> } {
  const duties: (() => Promise<void> | void)[] = [];
  const context: Context = {
    options,
    progress: (line) => say(`  ${point}: ${line}`),
    after: (work) => void duties.push(work),
    folder(name) {
      const folder = mkdtempSync(join(tmpdir(), `pilotage-show-${name}-`));
      // Started as root, the database runs as another account, which must be able to come in.
      chmodSync(folder, 0o755);
      duties.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
      return folder;
    },
  };
  return {
    context,
    async end() {
      for (const duty of duties.reverse())
        await Promise.resolve(duty()).catch((error: unknown) =>
          say(`  ${point}: cleaning up failed: ${String(error)}`),
        );
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new Error(`Stopped by ${String(signal.reason)}.`)), {
      once: true,
    }),
  );
}

function optionsOf(words: string[]): Record<string, string> {
  const options: Record<string, string> = {};
  for (let i = 0; i < words.length; i++) {
    const name = /^--([\w-]+)$/.exec(words[i]!)?.[1];
    if (name === undefined) throw new Error(`"${words[i]}" is no option; options look like --name value.`);
    const value = words[i + 1];
    if (value === undefined || value.startsWith("--")) options[name] = "true";
    else {
      options[name] = value;
      i++;
    }
  }
  return options;
}

function areas(): string[] {
  return readdirSync(HERE, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}

function pointsOf(area: string): string[] {
  const numbers = readdirSync(join(HERE, area)).flatMap((name) => {
    const number = new RegExp(`^${area}-(\\d+)\\.ts$`).exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.sort((a, b) => a - b).map((number) => `${area}.${number}`);
}

function fileOf(point: string): string {
  const [area, number] = point.split(".");
  return new URL(`${area}/${area}-${number}.ts`, import.meta.url).href;
}

/** The commit that the tree is, or null when it has changes. */
function commitOf(): string | null {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("status", "--porcelain") === "" ? git("rev-parse", "HEAD") : null;
  } catch {
    return null;
  }
}

const keptFile = (commit: string) => join(ROOT, ".show", `${commit}.json`);

function readKept(commit: string): Record<string, Result> {
  const path = keptFile(commit);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, Result>) : {};
}

function keep(commit: string, result: Result): void {
  mkdirSync(join(ROOT, ".show"), { recursive: true });
  const draft = `${keptFile(commit)}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify({ ...readKept(commit), [result.point]: result }, null, 2)}\n`);
  renameSync(draft, keptFile(commit));
}

process.exitCode = await main();
