#!/usr/bin/env node
/**
 * Starts Pilotage under a Node that is new enough.
 *
 * Plain JavaScript on purpose: it must run under any Node. When that Node is older than 22.18 it starts the program
 * again under the Node that came with the package; when there is none, it says so.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiled = join(root, "dist", "main.js");
const entry = existsSync(join(root, "src", "main.ts")) ? join(root, "src", "main.ts") : compiled;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  await import(entry);
} else {
  const node = bundledNode();
  if (!node) {
    console.error(
      `Pilotage needs Node 22.18 or newer; this is ${process.versions.node}, and no Node for ${process.platform}-${process.arch} came with the package. Install Node 24 and try again.`,
    );
    process.exit(70);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: "inherit" });
  // Whoever stops this process means the program, so this one waits for its end. Ctrl-C reaches both already, and a
  // second signal would break off what the first one brings to an end.
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGINT", () => {});
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 70)));
  child.on("error", (error) => {
    console.error(`The Node that came with the package cannot be started: ${error.message}`);
    process.exit(70);
  });
}

function bundledNode() {
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`));
    const binary = join(folder, "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
