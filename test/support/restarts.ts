/**
 * The database restarted under load, in order and at once, and away for as long as told, with web and workers attached:
 * what requests get meanwhile, and how everything goes on without a hand. For the test and the proof.
 */
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { until } from "./installation.ts";
import { startOwnServer } from "./own-server.ts";
import { unorderedDeaths } from "./processes.ts";
import { settled, takeStock } from "./stocktaking.ts";
import { openClerk, openWriter } from "./traffic.ts";
import { launchWreck } from "./wreck.ts";

export interface Restart {
  how: "fast" | "immediate";
  awayMs: number;
  /** Answers while it was away: their states, how many had `Retry-After`, and the slowest in milliseconds. */
  answers: Record<string, number>;
  retryAfter: number;
  slowestMs: number;
  /** From the server's start to a case that is taken in. */
  backAfterMs: number;
}

export interface Restarts {
  restarts: Restart[];
  /** Last words of processes that ended under it; none should. */
  deaths: string[];
  acknowledged: number;
  findings: string[];
}

export async function restartsUnderLoad(options: {
  folder: string;
  /** How often, and for how long each time. */
  away: { how: "fast" | "immediate"; milliseconds: number }[];
}): Promise<Restarts> {
  const { folder } = options;
  const server = await startOwnServer(join(folder, "server"));
  const wreck = await launchWreck({ folder, databaseUrl: server.url, workers: 2 });
  const writer = openWriter(wreck, { pauseMs: 40, only: "cases" });
  const clerk = openClerk(wreck);
  const restarts: Restart[] = [];
  try {
    writer.start();
    for (const { how, milliseconds } of options.away) {
      const before = writer.acknowledged.size;
      await until(
        async () => writer.acknowledged.size,
        (count) => count >= before + 20,
      );
      await server.stop(how);
      const seen = await askWhileAway(wreck.address, milliseconds);
      const acknowledged = writer.acknowledged.size;
      await server.start();
      const start = performance.now();
      await until(
        async () => writer.acknowledged.size,
        (count) => count > acknowledged,
      );
      restarts.push({
        how,
        awayMs: milliseconds,
        ...seen,
        backAfterMs: Math.round(performance.now() - start),
      });
    }
    await writer.pause();
    await settled(wreck, writer, 90_000);
    const { findings } = await takeStock(wreck, writer);
    return {
      restarts,
      deaths: unorderedDeaths([wreck.web, ...wreck.workers]),
      acknowledged: writer.acknowledged.size,
      findings,
    };
  } finally {
    await Promise.all([writer.stop(), clerk.stop()]);
    await wreck.stop();
    await server.end();
  }
}

async function askWhileAway(
  address: string,
  milliseconds: number,
): Promise<Pick<Restart, "answers" | "retryAfter" | "slowestMs">> {
  const answers: Record<string, number> = {};
  let retryAfter = 0;
  let slowestMs = 0;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    const response = await fetch(`${address}/readyz`);
    await response.arrayBuffer();
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - start));
    answers[response.status] = (answers[response.status] ?? 0) + 1;
    if (response.headers.has("retry-after")) retryAfter++;
    await pause(100);
  } while (performance.now() < end);
  return { answers, retryAfter, slowestMs };
}
