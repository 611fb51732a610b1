#!/usr/bin/env node
/**
 * Starts Pilotage under a Node that is new enough.
 *
 * Written so that Node 12 can read it, and CommonJS by the package.json beside it: an old Node must come far enough to
 * help. Under a Node older than 24 it starts the program again with the Node that came with the package, and passes on
 * arguments, standard streams, signals and the way it ended; when there is none, it says what to install.
 */
"use strict";
const { spawn } = require("child_process");
const { existsSync } = require("fs");
const { constants } = require("os");
const { dirname, join } = require("path");
const { pathToFileURL } = require("url");

const NEEDED = 24;
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
/** "The program cannot be started", apart from every exit code that a command has. */
const UNAVAILABLE = 70;

const platform = `${process.platform}-${process.arch}`;
// A checkout runs its sources; the package from npm has only what was compiled from them.
const source = join(__dirname, "..", "src", "main.ts");
const entry = existsSync(source) ? source : join(__dirname, "..", "dist", "main.js");

/**
 * What was compiled is kept for the next start, which takes half a second less. It lies beside the code that it was made
 * from, where only those can write who could change the code as well. Where nothing can be written, nothing is kept.
 */
const compiled = join(__dirname, "..", "node_modules", ".cache", "pilotage");

/**
 * Under load V8 lets the space of what is new grow without need, and lets what ages there lie. It also guesses by where an object
 * is made how long it will live: in some runs it guessed wrong, and full collections came five times as often. Only the
 * start of a process sets both, so that `serve` is started once more in its own place. The benches read the same file.
 */
const ENGINE = require("./engine-flags.json");
const serves = process.argv.indexOf("serve") >= 2;

if (parseInt(process.versions.node, 10) >= NEEDED) {
  if (serves && mayBeginAnew())
    process.execve(
      process.execPath,
      [process.execPath].concat(ENGINE, process.execArgv, __filename, process.argv.slice(2)),
      process.env,
    );
  require("module").enableCompileCache(compiled);
  import(pathToFileURL(entry).href).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  const node = bundledNode();
  if (node === undefined) refuse("did not come with this installation");
  else startUnder(node);
}

/** Not where whoever starts it has said what it wants, nor where a parent speaks with this very process. */
function mayBeginAnew() {
  const said = process.execArgv.join(" ") + (process.env["NODE_OPTIONS"] || "");
  return (
    typeof process.execve === "function" && !process.connected && !/--max[-_]semi[-_]space[-_]size/.test(said)
  );
}

function startUnder(node) {
  const child = spawn(node, (serves ? ENGINE : []).concat(entry, process.argv.slice(2)), {
    stdio: "inherit",
    env: Object.assign({ NODE_COMPILE_CACHE: compiled }, process.env),
  });
  // A terminal sends its signal to both processes; the program takes what comes twice within a moment as one.
  PASSED_ON.forEach((name) => process.on(name, () => child.kill(name)));
  child.on("error", (error) => refuse(`cannot be started here (${error.message})`));
  child.on("exit", (code, signal) => {
    if (signal === null) return process.exit(code);
    // Whoever waits for this process learns that a signal ended it, and which.
    PASSED_ON.forEach((name) => process.removeAllListeners(name));
    process.kill(process.pid, signal);
    // Only for signals that end no process by themselves.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

function bundledNode() {
  try {
    const folder = dirname(require.resolve(`node-${platform}/package.json`));
    const binary = join(folder, "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

function refuse(why) {
  console.error(
    `Pilotage needs Node ${NEEDED} or newer. This is Node ${process.versions.node}, and the Node ${NEEDED} of the npm package node-${platform} ${why}.\n${advice()}`,
  );
  process.exit(UNAVAILABLE);
}

function advice() {
  if (platform !== "linux-x64" && platform !== "linux-arm64")
    return `None is bundled for ${platform}. Install Node ${NEEDED} LTS and run the same command with it.`;
  return `Install Node ${NEEDED} LTS and run the same command with it. When npm left optional packages out (--omit=optional), "npm install --include=optional" brings the bundled one, for systems with glibc.`;
}
