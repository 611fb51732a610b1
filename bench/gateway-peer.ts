/**
 * The gateway beside which ours is measured: Portkey, which keeps no record. Its package is no dependency of Pilotage; it
 * is installed into a temporary folder for the run. It listens on every address of the machine and has no setting for
 * that; it serves for the minutes of the bench.
 *
 * It runs twice: as its publisher ships it, on the Node of the published image (20), which is installed with it; and on the Node
 * that ours runs on, which makes it nearly twice as fast. Each figure is told against both (decision 0034).
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { environment, lastWords } from "../test/show/program.ts";
import { removeFolder, temporaryFolder } from "../test/support/folders.ts";
import { freePort } from "../test/support/ports.ts";
import { progress } from "./measure.ts";
import { installPeers } from "./peer-install.ts";

const STARTS_WITHIN = 30_000;

export interface GatewayPeer {
  origin: string;
  pid: number;
}

export interface GatewayPeers {
  /** On the Node of its published image. */
  shipped: GatewayPeer;
  /** On the Node that runs the bench. */
  onOurNode: GatewayPeer;
  stop(): Promise<void>;
}

/** Installs it and starts both; says why where that cannot be done. */
export async function openGatewayPeers(): Promise<GatewayPeers | { missing: string }> {
  const folder = temporaryFolder("gateway-peer");
  process.once("exit", () => removeFolder(folder));
  progress("installing Portkey into a temporary folder");
  const missing = await installPeers("gateway-peer", folder);
  if (missing !== undefined) return { missing };
  const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const shipped = await start(join(folder, "node_modules/.bin/node"), program);
  if ("missing" in shipped) return shipped;
  const onOurNode = await start(process.execPath, program);
  if ("missing" in onOurNode) {
    await shipped.stop();
    return onOurNode;
  }
  return {
    shipped,
    onOurNode,
    async stop() {
      await Promise.all([shipped.stop(), onOurNode.stop()]);
    },
  };
}

type Started = GatewayPeer & { stop(): Promise<void> };

async function start(node: string, program: string): Promise<Started | { missing: string }> {
  const port = await freePort();
  const child = spawn(node, [program, `--port=${port}`, "--headless"], {
    env: environment({ NODE_ENV: "production" }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A Node that this machine cannot run.
  let failed: Error | undefined;
  child.once("error", (error) => (failed = error));
  const words = lastWords(child);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, pause(5_000)]);
    child.kill("SIGKILL");
  };
  process.once("exit", () => child.kill("SIGKILL"));
  const origin = `http://127.0.0.1:${port}`;
  const until = performance.now() + STARTS_WITHIN;
  while (performance.now() < until && child.exitCode === null && failed === undefined) {
    const answered = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (answered) return { origin, pid: child.pid!, stop };
    await pause(100);
  }
  if (failed === undefined) await stop();
  return { missing: `It did not start: ${failed?.message ?? words().trim().slice(-300)}` };
}
