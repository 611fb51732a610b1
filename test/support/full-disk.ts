/**
 * A whole installation on a disk that is filled while it serves: what is refused and how, what is left when there is room
 * again. For the test and the proof; the embedded database is the one that runs out of room.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { readConnection } from "../../src/platform/embedded/connection.ts";
import { until } from "./installation.ts";
import { mountSmallDisk } from "./small-disk.ts";
import { settled, takeStock } from "./stocktaking.ts";
import { openClerk, openWriter } from "./traffic.ts";
import { launchWreck } from "./wreck.ts";

export interface FullDisk {
  /** What a request got, once the server itself had stopped for lack of room. */
  refused: { status: number; code: string; said: string };
  ready: { status: number; said: string };
  /** Starts of web and worker: 2 when neither died. */
  processStarts: number;
  /** Starts of the database server from the moment at which the disk was full. */
  serverStarts: number;
  /** From the first free byte to a case that is taken in. */
  backAfterMs: number;
  acknowledged: number;
  findings: string[];
}

/** Undefined where this account may not mount. `log` gets a line for each step. */
export async function fullUnderDatabase(options: {
  folder: string;
  log: string[];
}): Promise<FullDisk | undefined> {
  const { folder, log } = options;
  const home = join(folder, "home");
  const disk = mountSmallDisk(home, 500);
  if (disk === undefined) return undefined;
  const wreck = await launchWreck({ folder }).catch((error: unknown) => {
    disk.unmount();
    throw error;
  });
  const writer = openWriter(wreck, { pauseMs: 60, only: "cases" });
  const clerk = openClerk(wreck);
  try {
    writer.start();
    await until(
      async () => writer.acknowledged.size,
      (count) => count >= 20,
    );
    const starts = serverStarts(home);
    disk.fill();
    log.push(`full with ${writer.acknowledged.size} acknowledged`);
    // Writers run into files that cannot grow; the server's own log ends with the segment that it has.
    await until(
      async () => writer.retries,
      (count) => count > 0,
      90_000,
    );
    await useUpTheLog(home);
    const refused = await until(
      () => post(wreck.address),
      (answer) => answer.status === 503,
      30_000,
    );
    const ready = await until(
      () => get(`${wreck.address}/readyz`),
      ({ status, said }) => status === 503 && /full/i.test(said),
      30_000,
    );
    // It is not started over and over on the full disk: a while later there are as many starts as before.
    const acknowledged = writer.acknowledged.size;
    await until(
      async () =>
        [wreck.web, ...wreck.workers].flatMap(({ log: lines }) =>
          lines.filter((line) => line.includes("cannot be brought up")),
        ).length,
      (count) => count >= 3,
      60_000,
    );
    const startsWhenFull = serverStarts(home) - starts;
    disk.empty();
    const start = performance.now();
    await until(
      async () => writer.acknowledged.size,
      (count) => count > acknowledged,
      60_000,
    );
    const backAfterMs = Math.round(performance.now() - start);
    await writer.pause();
    await settled(wreck, writer, 90_000);
    const { findings } = await takeStock(wreck, writer);
    return {
      refused,
      ready,
      processStarts: wreck.web.starts + wreck.workers[0]!.starts,
      serverStarts: startsWhenFull,
      backAfterMs,
      acknowledged: writer.acknowledged.size,
      findings,
    };
  } finally {
    disk.empty();
    await Promise.all([writer.stop(), clerk.stop()]);
    await wreck.stop();
    disk.unmount();
  }
}

/** Goes on to the next segment of the server's log until there is none any more: the server stops then. */
async function useUpTheLog(home: string): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const client = new pg.Client({
      connectionString: readConnection(join(home, "connection.json"))!.url,
      connectionTimeoutMillis: 2_000,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(
        "select pg_logical_emit_message(false, 'fill', repeat('x', 100000)), pg_switch_wal()",
      );
    } catch (error) {
      const code = (error as { code?: string }).code ?? "";
      if (code !== "53100") return;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error("the server's log did not end");
}

function serverStarts(home: string): number {
  return readFileSync(join(home, "database.log"), "utf8").split("starting PostgreSQL").length - 1;
}

async function get(url: string): Promise<{ status: number; said: string }> {
  const response = await fetch(url).catch(() => undefined);
  return { status: response?.status ?? 0, said: (await response?.text()) ?? "" };
}

/** Anything that must be stored; refused before it is looked at when the database is away. */
async function post(address: string): Promise<{ status: number; code: string; said: string }> {
  const response = await fetch(`${address}/api/v1/workflows/tickets/cases`, {
    method: "POST",
    headers: {
      authorization: `Bearer pil_key_${"0".repeat(26)}_${"x".repeat(43)}`,
      "content-type": "application/json",
    },
    body: "{}",
  }).catch(() => undefined);
  const said = (await response?.text()) ?? "";
  const code = (/"code":"(\w+)"/.exec(said) ?? [])[1] ?? "";
  return { status: response?.status ?? 0, code, said };
}
