/** How the command starts under a Node that is too old: the bin itself, in an installation made for the test. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../bin", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Stands for the program: says what it got, then ends as told. */
const PROGRAM = `
  process.on("SIGHUP", () => { console.log("hung up"); process.exit(5); });
  console.log(JSON.stringify(process.argv.slice(2)));
  if (process.argv.includes("flags")) console.log(JSON.stringify(process.execArgv));
  if (process.argv.includes("wait")) setInterval(() => {}, 1_000);
  else for await (const part of process.stdin) process.stdout.write("read " + part);
  process.exitCode = 3;
`;

interface Installation {
  /** The oldest Node that the bin accepts; a number that no Node has makes every Node too old. */
  needs: number;
  /** What stands where the bundled Node is. */
  bundled: "this node" | "no node" | "a file that does not run";
}

/** Starts the command with the Node of this test. */
function start({ needs, bundled }: Installation, ...words: string[]): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), "pilotage-bin-"));
  folders.push(folder);
  cpSync(BIN, join(folder, "bin"), { recursive: true });
  const bin = join(folder, "bin", "pilotage.js");
  const source = readFileSync(bin, "utf8");
  expect(source).toContain("const NEEDED = 24;");
  writeFileSync(bin, source.replace("const NEEDED = 24;", `const NEEDED = ${needs};`));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "main.js"), PROGRAM);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  if (bundled !== "no node") {
    const home = join(folder, "node_modules", `node-${process.platform}-${process.arch}`);
    mkdirSync(join(home, "bin"), { recursive: true });
    writeFileSync(join(home, "package.json"), "{}");
    if (bundled === "this node") symlinkSync(process.execPath, join(home, "bin", "node"));
    else {
      writeFileSync(join(home, "bin", "node"), "#!/no/such/loader\n");
      chmodSync(join(home, "bin", "node"), 0o755);
    }
  }
  return spawn(process.execPath, [bin, ...words], { stdio: "pipe" });
}

async function run(installation: Installation, input: string, ...words: string[]) {
  const child = start(installation, ...words);
  child.stdin!.end(input);
  const [out, said, [code, signal]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { out, said, code, signal };
}

test("a Node that is new enough runs the program itself", async () => {
  const ended = await run({ needs: 24, bundled: "no node" }, "input", "status", "--json");
  expect(ended).toEqual({ out: '["status","--json"]\nread input', said: "", code: 3, signal: null });
});

test.each([
  ["a Node that is new enough", 24],
  ["the bundled one", 99],
])(
  "%s serves under the flags of engine-flags.json, reading and ending as ever; other commands are left as they are",
  async (_, needs) => {
    const installation = { needs, bundled: "this node" } as const;
    const ended = await run(installation, "input", "serve", "flags");
    expect(ended).toEqual({
      out: '["serve","flags"]\n["--max-semi-space-size=32","--no-allocation-site-pretenuring"]\nread input',
      said: "",
      code: 3,
      signal: null,
    });
    const other = await run(installation, "input", "status", "flags");
    expect(other.out).toBe('["status","flags"]\n[]\nread input');
  },
);

test.each([
  ["a Node that is new enough", 24],
  ["the bundled one", 99],
])("what %s compiled is kept beside the code for the next start", async (_, needs) => {
  await run({ needs, bundled: "this node" }, "");
  const kept = join(folders.at(-1)!, "node_modules", ".cache", "pilotage");
  expect(readdirSync(kept)).toHaveLength(1);
});

describe("under a Node that is too old", () => {
  test("the bundled one gets the arguments and the input, and its exit code counts", async () => {
    const ended = await run({ needs: 99, bundled: "this node" }, "input", "a b", "--c=*");
    expect(ended).toEqual({ out: '["a b","--c=*"]\nread input', said: "", code: 3, signal: null });
  });

  test.each([
    ["SIGTERM", { code: null, signal: "SIGTERM" }],
    ["SIGINT", { code: null, signal: "SIGINT" }],
    ["SIGHUP", { code: 5, signal: null }],
  ] as const)("%s reaches the program, and how it ends is told", async (name, expected) => {
    const child = start({ needs: 99, bundled: "this node" }, "wait");
    const gone = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    await once(createInterface(child.stdout!), "line");
    child.kill(name);
    const [code, signal] = await gone;
    expect({ code, signal }).toEqual(expected);
  });

  test("without the bundled one the message says what to install", async () => {
    const { out, said, code } = await run({ needs: 99, bundled: "no node" }, "", "serve");
    expect({ out, code }).toEqual({ out: "", code: 70 });
    expect(said).toMatch(
      /^Pilotage needs Node 99 or newer\. This is Node \d+\.\d+\.\d+, and .* did not come with/,
    );
    expect(said).toContain("Install Node 99 LTS");
  });

  test("a bundled one that does not run here is told from a missing one", async () => {
    const { said, code } = await run({ needs: 99, bundled: "a file that does not run" }, "", "serve");
    expect(code).toBe(70);
    expect(said).toContain("cannot be started here");
  });
});

describe("Node 12 can read the bin", () => {
  /** Words and signs that came after Node 12. */
  const NEWER = [
    /\?\./,
    /\?\?/,
    /"node:/,
    /^\s*(import|export)\s/m,
    /\bawait\b/,
    /\|\|=|&&=/,
    /\d_\d/,
    /\.at\(/,
    /\breplaceAll\b/,
    /#\w+\b\s*[(=;]/,
  ];
  const newerIn = (source: string) => {
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return NEWER.filter((sign) => sign.test(code)).map(String);
  };
  const source = readFileSync(join(BIN, "pilotage.js"), "utf8");

  test("it uses nothing that is newer, and is CommonJS, which every Node reads", () => {
    expect(newerIn(source)).toEqual([]);
    expect(JSON.parse(readFileSync(join(BIN, "package.json"), "utf8"))).toEqual({ type: "commonjs" });
  });

  test.each([
    "const a = b?.c;",
    "const a = b ?? c;",
    'require("node:fs");',
    'import fs from "fs";',
    "await a;",
  ])("%s would be noticed", (planted) => expect(newerIn(`${source}\n${planted}`)).toHaveLength(1));
});
