/**
 * The gateway beside which ours is measured: Portkey, which keeps no record. Its package is no dependency of Pilotage; it
 * is installed into a temporary folder for the run. It listens on every address of the machine and has no setting for
 * that; it serves for the minutes of the bench.
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
  stop(): Promise<void>;
}

/** Installs and starts it; says why where that cannot be done. */
export async function openGatewayPeer(): Promise<GatewayPeer | { missing: string }> {
  const folder = temporaryFolder("gateway-peer");
  process.once("exit", () => removeFolder(folder));
  progress("installing Portkey into a temporary folder");
  const missing = await installPeers("gateway-peer", folder);
  if (missing !== undefined) return { missing };
  const port = await freePort();
  const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const child = spawn(process.execPath, [program, `--port=${port}`, "--headless"], {
    env: environment({ NODE_ENV: "production" }),
    stdio: ["ignore", "pipe", "pipe"],
  });
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
  while (performance.now() < until && child.exitCode === null) {
    const answered = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (answered) return { origin, pid: child.pid!, stop };
    await pause(100);
  }
  await stop();
  return { missing: `It did not start: ${words().trim().slice(-300)}` };
}
