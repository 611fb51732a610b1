/**
 * A stranger's account on this machine: a new user with an empty home, whose PATH holds node and npm and nothing else.
 *
 * Needs root. How npm reaches its registry (its user configuration, certificates, proxies) is the machine's and is
 * passed through; the shell that npm needs for scripts is named by its full path.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  chmodSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Context } from "../point.ts";
import { lastWords } from "../program.ts";

export interface Stranger {
  name: string;
  home: string;
  /** The folder that belongs to the stranger: a checkout, or an empty one. */
  folder: string;
  nodeVersion: string;
  /** Starts npm in the folder, in a process group of its own. */
  npm(words: string[], more?: Record<string, string>): Started;
  /** Starts a program by its full path, or `node` or `npx`, likewise. */
  start(program: string, words: string[], more?: Record<string, string>): Started;
  /** Processes of this account that run now. */
  processes(): { pid: number; command: string }[];
}

export interface Started {
  child: ChildProcess;
  said: () => string;
}

const PASSED_ON =
  /^(npm_config_(registry|cafile|strict_ssl|.*proxy)|https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

let met = 0;

/**
 * Makes the account, with a clone of the commit that is checked out in `from`, or an empty folder without it; all is
 * gone when the point has ended. Says what is missing when this machine cannot.
 */
export function meetStranger(context: Context, from?: string): Stranger | { missing: string } {
  if (process.getuid?.() !== 0) return { missing: "A new account is made, which takes root." };
  const [node, npm] = [onPath("node"), onPath("npm")];
  if (node === undefined || npm === undefined)
    return { missing: "There is no node and npm of this machine's own on PATH." };
  for (const tool of ["useradd", "userdel", "setpriv", "git"])
    if (onPath(tool) === undefined) return { missing: `There is no ${tool} on PATH.` };

  const place = context.folder("stranger");
  const [home, folder, bin, config] = ["home", "pilotage", "bin", "npmrc"].map((name) =>
    join(place, name),
  ) as [string, string, string, string];
  const name = `pilotage-${process.pid}-${++met}`;
  if (from === undefined) mkdirSync(folder);
  else run("git", ["clone", "--quiet", "--no-hardlinks", from, folder]);
  run("useradd", ["--no-create-home", "--home-dir", home, "--shell", "/bin/sh", name]);
  context.after(() => void run("userdel", [name]));
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(run("id", [flag, name]))) as [number, number];
  context.after(() => endAll(uid));

  mkdirSync(home, { mode: 0o700 });
  mkdirSync(bin);
  symlinkSync(node, join(bin, "node"));
  symlinkSync(realpathSync(npm), join(bin, "npm"));
  symlinkSync(join(dirname(realpathSync(npm)), "npx-cli.js"), join(bin, "npx"));
  const own = process.env["npm_config_userconfig"] ?? join(process.env["HOME"] ?? "/root", ".npmrc");
  if (existsSync(own)) {
    copyFileSync(own, config);
    chmodSync(config, 0o600);
    chownSync(config, uid, gid);
  }
  chownSync(home, uid, gid);
  chownAll(folder, uid, gid);

  const passed = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => PASSED_ON.test(key)),
  ) as Record<string, string>;
  const environment = {
    ...passed,
    HOME: home,
    PATH: bin,
    npm_config_userconfig: config,
    npm_config_script_shell: "/bin/sh",
  };
  const start: Stranger["start"] = (program, words, more = {}) => {
    const assignments = Object.entries({ ...environment, ...more }).map(([key, value]) => `${key}=${value}`);
    const as = [
      "--reuid",
      String(uid),
      "--regid",
      String(gid),
      "--clear-groups",
      "env",
      "-i",
      ...assignments,
      program.includes("/") ? program : join(bin, program),
      ...words,
    ];
    const child = spawn("setpriv", as, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true });
    return { child, said: lastWords(child, 500_000) };
  };
  return {
    name,
    home,
    folder,
    nodeVersion: run(node, ["--version"]),
    npm: (words, more) => start("npm", words, more),
    start,
    processes: () => processesOf(uid),
  };
}

/** A program on PATH that is not one of the packages of a checkout: `npm run` puts those first. */
function onPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter(
      (folder) => folder !== "" && !folder.includes("node_modules") && !folder.includes("node-gyp-bin"),
    );
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function run(file: string, words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} ${words.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout.trim();
}

function chownAll(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (lstatSync(path).isDirectory())
    for (const name of readdirSync(path)) chownAll(join(path, name), uid, gid);
}

function processesOf(uid: number): { pid: number; command: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (lstatSync(`/proc/${name}`).uid !== uid) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      // Without a command line it has ended and waits to be collected.
      return command === "" ? [] : [{ pid: Number(name), command }];
    } catch {
      return [];
    }
  });
}

/** Ends what the account, which was made for this proof, still runs. */
function endAll(uid: number): void {
  for (let tries = 0; tries < 20; tries++) {
    const left = processesOf(uid);
    if (left.length === 0) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Ended by itself.
      }
    }
  }
}
