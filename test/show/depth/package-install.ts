/** Packs the program as npm would, installs the tarball into a stranger's empty folder, and weighs what lies there. */
import { once } from "node:events";
import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../point.ts";
import { ROOT, runProcess } from "../program.ts";
import type { Started, Stranger } from "../case/stranger.ts";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Both streams. */
  said: string;
  seconds: number;
}

/** The tarball of the tree as it is, where every account may read it. */
export async function packProgram(
  context: Context,
): Promise<{ file: string; bytes: number; seconds: number }> {
  const folder = context.folder("tarball");
  const begun = performance.now();
  const { code, said } = await runProcess("npm", ["pack", "--pack-destination", folder]);
  if (code !== 0) throw new Error(`npm pack ended with ${code}:\n${said}`);
  const [name] = readdirSync(folder);
  const file = join(folder, name!);
  chmodSync(file, 0o644);
  return { file, bytes: lstatSync(file).size, seconds: secondsSince(begun) };
}

/** Waits for a stranger's command; says what it said. */
export async function ended({ child, said }: Started): Promise<Ended> {
  const begun = performance.now();
  let stdout = "";
  child.stdout!.on("data", (part: Buffer) => (stdout += part.toString("utf8")));
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  // What a process says last may come a little after its end; what it left running may hold the pipe for ever.
  if (!child.stdout!.closed) await Promise.race([once(child.stdout!, "close"), pause(1_000)]);
  return { code, signal, stdout, said: said(), seconds: secondsSince(begun) };
}

/** The same for what must succeed. */
export async function done(what: string, started: Started): Promise<Ended> {
  const end = await ended(started);
  if (end.code !== 0) throw new Error(`${what} ended with ${end.code ?? end.signal}:\n${end.said}`);
  return end;
}

export interface Weight {
  /** Bytes of all files below node_modules. */
  bytes: number;
  /** The same without the Node that comes along. */
  bytesWithoutNode: number;
  packages: number;
  /** The heaviest, with their bytes. */
  heaviest: Record<string, number>;
}

export function weigh({ folder }: Stranger): Weight {
  const modules = join(folder, "node_modules");
  const packages = readdirSync(modules)
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
    )
    .filter((name) => !name.startsWith("."))
    .map((name): [string, number] => [name, bytesIn(join(modules, name))])
    .sort(([, a], [, b]) => b - a);
  const sum = (list: [string, number][]) => list.reduce((total, [, bytes]) => total + bytes, 0);
  return {
    bytes: sum(packages),
    bytesWithoutNode: sum(packages.filter(([name]) => !/^node-(linux|darwin|win)/.test(name))),
    packages: packages.length,
    heaviest: Object.fromEntries(packages.slice(0, 8)),
  };
}

function bytesIn(path: string): number {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

export const secondsSince = (begun: number) => Math.round((performance.now() - begun) / 100) / 10;

/** The version of a package that the program is developed with. */
export async function versionOf(name: string): Promise<string> {
  const { default: manifest } = (await import(join(ROOT, "package.json"), { with: { type: "json" } })) as {
    default: { devDependencies: Record<string, string> };
  };
  return manifest.devDependencies[name]!;
}
