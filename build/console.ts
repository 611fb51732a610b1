/**
 * The console: built by Vite from src/console/ into dist/console/, compressed, and measured.
 *
 * A stamp beside the files names the digest of everything they were made from, so a build is made once and only when
 * something changed; several processes may ask at the same time. The program serves what lies there (http/console.ts);
 * the npm package carries it (build.ts). A first load that grew beyond its budget fails the build.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build as bundle, type Rolldown } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "src", "console");
const PLACE = join(ROOT, "dist", "console");
/** Drafts and the lock: apart from dist/, which `npm run build` replaces as a whole. */
const WORKSHOP = join(ROOT, "node_modules", ".cache", "pilotage-console");
const LOCK = join(WORKSHOP, "lock");

/** Bytes of compressed script that a browser loads before the first page shows. */
const FIRST_LOAD_BUDGET = 300 * 1024;
/** Milliseconds. A builder that takes longer has ended without taking its lock away. */
const LONGEST_BUILD = 240_000;
const LOOK_EVERY = 200;

export interface Stamp {
  /** Of the sources, the versions of the packages, and this file. */
  digest: string;
  /** Compressed bytes of script before the first page shows. */
  firstLoad: number;
}

/** Builds the console when it is missing or older than its sources, once for all processes; says where it lies. */
export async function consoleBuilt(say: (line: string) => void = () => {}): Promise<string> {
  while (!isFresh()) {
    if (!takeLock()) {
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
      continue;
    }
    try {
      if (!isFresh()) await buildInto(PLACE, say);
    } finally {
      rmSync(LOCK, { recursive: true, force: true });
    }
  }
  return PLACE;
}

function isFresh(): boolean {
  return readStamp()?.digest === digestOfSources();
}

export function readStamp(): Stamp | undefined {
  const path = join(PLACE, "stamp.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Stamp) : undefined;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  const names = globSync(
    ["src/{console,contract,definition}/**/*", "package-lock.json", "build/console.ts"],
    { cwd: ROOT },
  );
  for (const name of names.sort()) {
    if (!statSync(join(ROOT, name)).isFile()) continue;
    hash.update(`${name}\0`).update(readFileSync(join(ROOT, name)));
  }
  return hash.digest("hex");
}

/** The folder is the lock: making it succeeds for one process only. One that was left behind is taken away. */
function takeLock(): boolean {
  mkdirSync(WORKSHOP, { recursive: true });
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > LONGEST_BUILD)
      rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

async function buildInto(place: string, say: (line: string) => void): Promise<void> {
  const digest = digestOfSources();
  const draft = join(WORKSHOP, `draft-${process.pid}`);
  try {
    const made = await bundleInto(draft);
    await compressAll(draft);
    const firstLoad = firstLoadOf(made, draft);
    say(
      `dist/console/ is built: the first load is ${(firstLoad / 1024).toFixed(0)} KB of compressed script.`,
    );
    if (firstLoad > FIRST_LOAD_BUDGET)
      throw new Error(
        `The first load of the console is ${firstLoad} bytes of compressed script; ${FIRST_LOAD_BUDGET} are the budget. Load something later.`,
      );
    writeFileSync(join(draft, "stamp.json"), JSON.stringify({ digest, firstLoad } satisfies Stamp));
    mkdirSync(join(ROOT, "dist"), { recursive: true });
    const away = `${draft}-old`;
    if (existsSync(place)) renameSync(place, away);
    renameSync(draft, place);
    rmSync(away, { recursive: true, force: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function bundleInto(folder: string): Promise<Rolldown.RolldownOutput> {
  // A test run says "test" here, which would bundle what developers get: larger and slower.
  const environment = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  const made = await bundle({
    root: SOURCES,
    base: "/",
    configFile: false,
    logLevel: "warn",
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      // Everything becomes a file of its own address: the policy of the page forbids what is written inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The size is judged below, compressed and by what is really loaded first.
      chunkSizeWarningLimit: 4_000,
    },
  }).finally(() => {
    if (environment === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = environment;
  });
  return made as Rolldown.RolldownOutput;
}

const COMPRESSES = /\.(js|mjs|css|html|svg|json)$/;

async function compressAll(folder: string): Promise<void> {
  await Promise.all(
    globSync("**/*", { cwd: folder })
      .filter((name) => COMPRESSES.test(name))
      .map(async (name) => {
        const bytes = readFileSync(join(folder, name));
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };
        writeFileSync(join(folder, `${name}.br`), await promisify(brotliCompress)(bytes, quality));
        writeFileSync(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
      }),
  );
}

/** The entry and what it imports at once, as gzip: every browser takes that. */
function firstLoadOf({ output }: Rolldown.RolldownOutput, folder: string): number {
  const chunks = new Map(
    output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one] as const] : [])),
  );
  const seen = new Set([...chunks.values()].filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
  for (const name of seen) for (const next of chunks.get(name)?.imports ?? []) seen.add(next);
  return [...seen].reduce((sum, name) => sum + statSync(join(folder, `${name}.gz`)).size, 0);
}

/** Puts a copy of the console, built if need be, into a folder that is being made. */
export async function copyConsole(to: string, say: (line: string) => void = () => {}): Promise<void> {
  cpSync(await consoleBuilt(say), to, { recursive: true });
}

if (import.meta.main) {
  const started = performance.now();
  try {
    await consoleBuilt(console.log);
    const size = ((readStamp()?.firstLoad ?? 0) / 1024).toFixed(0);
    console.log(
      `dist/console/ is up to date, first load ${size} KB (${((performance.now() - started) / 1_000).toFixed(1)} s).`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
