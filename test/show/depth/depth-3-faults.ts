/**
 * The faults of depth.3 beside kill -9, each with an installation of its own under load, in real processes: what must be
 * seen while it lasts, and that afterwards everything comes to rest without a hand and the books agree.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../../../src/contract/json.ts";
import { fullUnderDatabase } from "../../support/full-disk.ts";
import { openLossyLink } from "../../support/lossy-link.ts";
import { startOwnServer } from "../../support/own-server.ts";
import { unorderedDeaths } from "../../support/processes.ts";
import { restartsUnderLoad } from "../../support/restarts.ts";
import { settled, takeStock } from "../../support/stocktaking.ts";
import { openClerk, openWriter, type Writer } from "../../support/traffic.ts";
import { launchWreck, type Wreck, type WreckOptions } from "../../support/wreck.ts";
import type { Context } from "../point.ts";
import { until } from "../program.ts";

export interface Verdict {
  met: boolean;
  figures: JsonObject;
}
export type Fault = (context: Context) => Promise<Verdict>;

const HOUR = 3_600_000;
const SETTLE_WITHIN = 90_000;

export const FAULTS: Record<string, Fault> = {
  diskFull,
  databaseRestarts,
  connections,
  stoppedWorker,
  clockJumps,
  roles,
};

/** An installation under load; `damage` does the fault, and says what it saw. */
async function underLoad(
  context: Context,
  options: WreckOptions,
  damage: (parts: { wreck: Wreck; writer: Writer }) => Promise<{ met: boolean; figures: JsonObject }>,
): Promise<Verdict> {
  const wreck = await launchWreck({ workers: 2, ...options });
  const writer = openWriter(wreck, { pauseMs: 60 });
  const clerk = openClerk(wreck);
  try {
    writer.start();
    await taken(writer, 20);
    const { met, figures } = await damage({ wreck, writer });
    await writer.pause();
    const recoveryMs = await settled(wreck, writer, SETTLE_WITHIN);
    const { findings, cases, effects, failed } = await takeStock(wreck, writer);
    const deaths = unorderedDeaths([wreck.web, ...wreck.workers]);
    return {
      met: met && findings.length === 0 && deaths.length === 0,
      figures: {
        ...figures,
        acknowledged: writer.acknowledged.size,
        postsSentAgain: writer.retries,
        recoveryMs,
        cases,
        effects,
        failed,
        findings: findings.slice(0, 10),
        unorderedDeaths: deaths.slice(0, 3),
      },
    };
  } finally {
    await Promise.all([writer.stop(), clerk.stop()]);
    await wreck.stop();
    context.progress("cleaned up");
  }
}

/** So many cases more are acknowledged. */
async function taken(writer: Writer, more: number): Promise<void> {
  const before = writer.acknowledged.size;
  await until(
    `${more} more cases to be taken in`,
    async () => writer.acknowledged.size,
    (size) => size >= before + more,
    90,
  );
}

async function readiness(wreck: Wreck): Promise<{ status: number; workers: number | null; tookMs: number }> {
  const start = performance.now();
  const response = await fetch(`${wreck.address}/readyz`);
  const body = (await response.json()) as { workers?: number | null };
  const tookMs = Math.round(performance.now() - start);
  return { status: response.status, workers: body.workers ?? null, tookMs };
}

async function diskFull(context: Context): Promise<Verdict> {
  const seen = await fullUnderDatabase({ folder: context.folder("full"), log: [] });
  if (seen === undefined)
    return { met: false, figures: { skipped: "needs the right to mount a small file system" } };
  const { refused, ready, processStarts, serverStarts, backAfterMs, acknowledged, findings } = seen;
  return {
    met:
      findings.length === 0 &&
      refused.status === 503 &&
      refused.code === "database_unavailable" &&
      ready.status === 503 &&
      /disk .*full/i.test(ready.said) &&
      processStarts === 2 &&
      serverStarts <= 2,
    figures: {
      refused: refused.code,
      readySays: ready.said.slice(0, 400),
      processStarts,
      serverStarts,
      backAfterMs,
      acknowledged,
      findings: findings.slice(0, 10),
    },
  };
}

async function databaseRestarts(context: Context): Promise<Verdict> {
  const long = context.options["quick"] === undefined ? 60_000 : 8_000;
  const seen = await restartsUnderLoad({
    folder: context.folder("restarts"),
    away: [
      { how: "fast", milliseconds: 300 },
      { how: "immediate", milliseconds: 300 },
      { how: "fast", milliseconds: long },
    ],
  });
  const refusedOnly = seen.restarts.every(
    ({ answers, retryAfter }) =>
      Object.keys(answers).join() === "503" && retryAfter === answers["503"] && retryAfter > 0,
  );
  return {
    met: refusedOnly && seen.findings.length === 0 && seen.deaths.length === 0,
    figures: {
      restarts: seen.restarts.map((restart) => ({ ...restart })),
      deaths: seen.deaths.slice(0, 3),
      acknowledged: seen.acknowledged,
      findings: seen.findings.slice(0, 10),
    },
  };
}

/** Every connection cut in the middle of everything, three times; then a link that passes nothing and tells nobody. */
async function connections(context: Context): Promise<Verdict> {
  const folder = context.folder("connections");
  const server = await startOwnServer(join(folder, "server"));
  const link = await openLossyLink(server.url);
  try {
    return await underLoad(
      context,
      { folder, databaseUrl: link.url, settings: { PILOTAGE_DATABASE_PATIENCE: "3" } },
      async ({ wreck, writer }) => {
        for (let cut = 0; cut < 3; cut++) {
          link.cut();
          await pause(300);
          link.mend();
          await taken(writer, 10);
        }
        link.silence();
        const silent = await readiness(wreck);
        const before = writer.retries;
        await until(
          "a request to be refused while the link is silent",
          async () => writer.retries,
          (retries) => retries > before,
          60,
        );
        link.mend();
        const start = performance.now();
        await taken(writer, 10);
        return {
          met: silent.status === 503 && silent.tookMs < 15_000,
          figures: {
            cuts: 3,
            readyWhileSilent: silent.status,
            readyTookMs: silent.tookMs,
            backAfterSilenceMs: Math.round(performance.now() - start),
          },
        };
      },
    );
  } finally {
    await link.close();
    await server.end();
  }
}

/** SIGSTOP until the others have buried it, SIGCONT: what it says then must change nothing. */
async function stoppedWorker(context: Context): Promise<Verdict> {
  return underLoad(context, { folder: context.folder("stopped") }, async ({ wreck, writer }) => {
    const workers = () => wreck.query<{ id: string }>("select id from worker");
    let late = 0;
    for (let time = 0; time < 3; time++) {
      const frozen = wreck.workers[time % 2]!;
      await until(
        "it to hold cases",
        () => wreck.query("select 1 from case_ where worker is not null"),
        (held) => held.length > 0,
        30,
      );
      frozen.signal("SIGSTOP");
      await until("the others to bury it", workers, (rows) => rows.length === 1, 90);
      await taken(writer, 10);
      frozen.signal("SIGCONT");
      await until("it to come back", workers, (rows) => rows.length === 2, 60);
      late++;
    }
    const [row] = await wreck.query<{ abandoned: number }>(
      "select count(*)::int as abandoned from attempt where state = 'abandoned'",
    );
    return {
      met: late === 3 && row!.abandoned > 0,
      figures: { stopped: late, abandonedAttempts: row!.abandoned },
    };
  });
}

/** All clocks an hour ahead under load, and back. Settled within the usual time means that nothing waits for the hour. */
async function clockJumps(context: Context): Promise<Verdict> {
  const folder = context.folder("clock");
  const clock = join(folder, "clock");
  writeFileSync(clock, "0");
  return underLoad(
    context,
    // A receiver that compares times would refuse what is signed with a wrong clock, and rightly.
    { folder, settings: { CLOCK_FILE: clock }, receiver: { fail: 0.08, anyTime: true } },
    async ({ wreck, writer }) => {
      writeFileSync(clock, String(HOUR));
      await taken(writer, 60);
      writeFileSync(clock, "0");
      const noticed = await until(
        "the workers to notice",
        () =>
          wreck.query<{ seconds: number }>(
            "select (body::json -> 'data' ->> 'seconds')::int as seconds from audit_event where kind = 'clock.set_back'",
          ),
        (events) => events.length >= 1,
        30,
      );
      await taken(writer, 20);
      return {
        met: noticed[0]!.seconds >= 3_590,
        figures: { noticedSeconds: noticed.map(({ seconds }) => seconds) },
      };
    },
  );
}

/** Web alone, then a worker again, then that worker alone while the web process stands still. */
async function roles(context: Context): Promise<Verdict> {
  return underLoad(context, { folder: context.folder("roles") }, async ({ wreck, writer }) => {
    const both = await until(
      "both workers to be seen",
      () => readiness(wreck),
      ({ workers }) => workers === 2,
      30,
    );
    const [first, second] = wreck.workers.splice(0);
    await Promise.all([first!.stop(), second!.stop()]);
    const none = await until(
      "no worker to be seen",
      () => readiness(wreck),
      ({ workers }) => workers === 0,
      30,
    );
    await taken(writer, 20);
    const waiting = async () =>
      (await wreck.query<{ n: number }>("select count(*)::int as n from case_ where state = 'received'"))[0]!
        .n;
    const waited = await waiting();
    const worker = wreck.addWorker();
    await worker.up();
    await until("the new worker to work off what waited", waiting, (n) => n === 0 || n < waited, 60);
    const one = await until(
      "it to be seen",
      () => readiness(wreck),
      ({ workers }) => workers === 1,
      30,
    );
    const left = await leftToTheWorker();
    return {
      met: both.status === 200 && none.status === 200 && one.status === 200 && waited >= 10 && left >= 10,
      figures: { waitedForAWorker: waited, workedOffWithoutWeb: left },
    };

    async function leftToTheWorker(): Promise<number> {
      worker.signal("SIGSTOP");
      await taken(writer, 20);
      await writer.pause();
      const backlog = await waiting();
      wreck.web.signal("SIGSTOP");
      worker.signal("SIGCONT");
      await until("the worker to work off what waits, alone", waiting, (n) => n === 0, 60);
      wreck.web.signal("SIGCONT");
      writer.start();
      await taken(writer, 5);
      return backlog;
    }
  });
}
