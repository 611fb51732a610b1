/**
 * `npm run build`: what the npm package runs, made from the sources.
 *
 * Node strips no types below `node_modules`, so the package holds compiled JavaScript with its declarations. What is no
 * TypeScript (migrations, pictures) is copied beside it, so that a file finds its neighbours as in the sources. The
 * console is for browsers and is built apart (console.ts); its files lie in console/. No source maps: the compiler only takes types away, and a trace names a file and function that reads like its source.
 * The result takes its place in one step. What must hold for the package is in package-check.ts.
 */
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { copyConsole } from "./console.ts";
import { isTestMaterial } from "./package-check.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Compiles the sources and puts them in the place of the folder `to`. Throws with the compiler's words. */
export async function build(to: string): Promise<void> {
  const draft = mkdtempSync(`${to}.new-`);
  try {
    await Promise.all([compile(draft), copyConsole(join(draft, "console"))]);
    chmodSync(draft, 0o755);
    for (const name of globSync("**/*.{js,d.ts}", { cwd: draft, exclude: ["console"] }))
      pointToJavaScript(join(draft, name));
    for (const name of assetsIn(join(ROOT, "src"))) {
      mkdirSync(dirname(join(draft, name)), { recursive: true });
      copyFileSync(join(ROOT, "src", name), join(draft, name));
    }
    replace(to, draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function compile(into: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const words = [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", into];
  try {
    await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  } catch (error) {
    throw new Error(`The sources do not compile:\n${(error as { stdout?: string }).stdout ?? ""}`, {
      cause: error,
    });
  }
}

/**
 * The compiler rewrites the endings of imports in JavaScript; those in declarations, and of files named by address
 * (`new URL("./worker.ts", import.meta.url)`), are left to us.
 */
function pointToJavaScript(file: string): void {
  const text = readFileSync(file, "utf8");
  const named = file.endsWith(".js")
    ? /(\bnew URL\(\s*"\.[^"]*)\.ts"(?=,\s*import\.meta\.url)/g
    : /((?:\bfrom|\bimport|\bimport\()\s*"\.[^"]*)\.ts"/g;
  const pointed = text.replaceAll(named, '$1.js"');
  if (pointed !== text) writeFileSync(file, pointed);
}

/** Files that are no TypeScript and that the program may read while it runs. */
function assetsIn(folder: string): string[] {
  return globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith("console/") && !/\.tsx?$/.test(name) && !isTestMaterial(name));
}

function replace(old: string, made: string): void {
  const away = `${made}.old`;
  if (existsSync(old)) renameSync(old, away);
  renameSync(made, old);
  rmSync(away, { recursive: true, force: true });
}

if (import.meta.main) {
  const started = performance.now();
  try {
    await build(join(ROOT, "dist"));
    console.log(`dist/ is built (${((performance.now() - started) / 1_000).toFixed(1)} s).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
