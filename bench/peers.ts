/**
 * The programs beside which whole cases are measured: DBOS and Restate, each in a process of its own.
 *
 * Their packages (bench/peers) are no dependencies of Pilotage: they are installed into a temporary folder for the run.
 * A peer that cannot be run here says why; its figure is then missing, never passed.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../src/platform/settings.ts";
import { removeFolder, temporaryFolder } from "../test/support/folders.ts";
import { cpuSecondsOf } from "../test/support/process-table.ts";
import { openGround } from "./installation.ts";
import { progress } from "./measure.ts";
import { installPeers } from "./peer-install.ts";
import { talkTo, type Talk } from "./talk.ts";

export interface Round {
  seconds: number;
  /** CPU seconds of the peer and of its database or server. */
  cpu: number;
}

export interface Peer {
  round(count: number): Promise<Round>;
  stop(): Promise<void>;
}

export interface Peers {
  dbos: Peer | { missing: string };
  restate: Peer | { missing: string };
  stop(): Promise<void>;
}

/** Installs and starts both; `inFlight` workflows are under way at once in a round. */
export async function openPeers(inFlight: number): Promise<Peers> {
  const folder = temporaryFolder("peers");
  // Also when the bench is told to end before it is done.
  process.once("exit", () => removeFolder(folder));
  progress("installing DBOS and Restate into a temporary folder");
  const missing = await installPeers("peers", folder);
  const start = async (name: string, open: () => Promise<Peer>) => {
    if (missing !== undefined) return { missing };
    try {
      return await open();
    } catch (error) {
      const why = `${name} could not be run here. ${error instanceof Error ? error.message : String(error)}`;
      progress(why);
      return { missing: why };
    }
  };
  const dbos = await start("DBOS", () => openDbos(folder, inFlight));
  const restate = await start("Restate", () => openRestate(folder, inFlight));
  return {
    dbos,
    restate,
    async stop() {
      for (const peer of [dbos, restate]) if (!("missing" in peer)) await peer.stop();
    },
  };
}

/** DBOS over an embedded server of its own, started and set as ours is. */
async function openDbos(folder: string, inFlight: number): Promise<Peer> {
  const ground = await openGround();
  try {
    const talk = await talkTo(process.execPath, [join(folder, "dbos.js")], {
      DATABASE_URL: ground.databaseUrl,
      CONNECTIONS: SETTINGS.PILOTAGE_DATABASE_CONNECTIONS.fallback,
    });
    return peerOf(talk, inFlight, { cpu: ground.serverCpu, stop: ground.stop });
  } catch (error) {
    await ground.stop();
    throw error;
  }
}

/** Restate with its server, both in a network of their own that has nothing but loopback (see peers/restate.js). */
async function openRestate(folder: string, inFlight: number): Promise<Peer> {
  const home = join(folder, "restate");
  mkdirSync(home);
  const alone = ["--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];
  const words = [...alone, process.execPath, join(folder, "restate.js")];
  const talk = await talkTo("unshare", words, { FOLDER: home, CONNECTIONS: String(inFlight) });
  return peerOf(talk, inFlight, { cpu: () => 0, stop: async () => undefined });
}

/** A peer whose processes all come from one, but for a database beside it. */
function peerOf(talk: Talk, inFlight: number, beside: { cpu(): number; stop(): Promise<void> }): Peer {
  const cpuSoFar = () => cpuSecondsOf([talk.pid]) + beside.cpu();
  return {
    async round(count) {
      const before = cpuSoFar();
      const seconds = await talk.round({ count, inFlight });
      return { seconds, cpu: cpuSoFar() - before };
    },
    async stop() {
      await talk.stop();
      await beside.stop();
    },
  };
}
