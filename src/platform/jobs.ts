/**
 * The job queue: graphile-worker on the same PostgreSQL, and what it needs to be trusted.
 *
 * A job only wakes; the row it concerns decides. Jobs of a killed process would stay locked for hours, so every process
 * keeps a heartbeat row that only counts, and a sweeper that sees a count stand still frees what the dead one held.
 * No clock is compared for that: a clock that jumps frees nothing and keeps nothing.
 */
import { makeWorkerUtils, run, Logger, type Runner } from "graphile-worker";
import { EventEmitter } from "node:events";
import type pg from "pg";
import type { JsonObject } from "../contract/json.ts";
import { attentive, type Database, type Queryable } from "./database.ts";
import { endsWithin } from "./deadline.ts";
import { openQueuePool } from "./queue-pool.ts";
import type { Log } from "./log.ts";
import { sql, time } from "./sql.ts";
import type { Clock } from "./clock.ts";

/** What a job does; it runs again later when this throws. */
export type Task = (payload: JsonObject) => Promise<void>;

export interface Jobs {
  /** Begins to take jobs; `tasks` by name. */
  start(tasks: Record<string, Task>): Promise<void>;
  /** This process, as the owner of leases. */
  readonly worker: string;
  /** Takes no more jobs, waits for those under way at most so long, and hands back what this process holds. */
  stop(milliseconds?: number): Promise<void>;
}

const BEAT_EVERY = 1_000;
const STILL_BEATS_UNTIL_DEAD = 6;
const CONCURRENCY = 8;
const STOP_WITHIN = 3_000;
/** A queue that stops in the middle of a failing look writes to standard error by itself. */
const LOOKS_END_WITHIN = 300;

/** Puts a job into the queue within the caller's transaction. The same key replaces a job that has not begun. */
export async function addJob(tx: Queryable, task: string, payload: JsonObject, key: string): Promise<void> {
  await tx.run(sql`select queue_add(${task}, ${JSON.stringify(payload)}::json, ${key})`);
}

/** Jobs that would wait only because the clock was set back run now. */
export async function wakeJobs(tx: Queryable, now: number): Promise<void> {
  await tx.run(sql`select queue_wake(${time(now)}::timestamptz)`);
}

/** Makes or updates the queue's own tables. */
export async function migrateJobs(url: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: url, logger: quietLogger() });
  await utils.migrate();
  await utils.release();
}

export function openJobs(options: {
  /** Where the database is now; asked again after every loss of connection. */
  url: () => string;
  database: Database;
  worker: string;
  clock: Clock;
  log: Log;
  /** Frees what a dead worker held, in the same transaction that removes its row. */
  release: (tx: Queryable, worker: string) => Promise<void>;
  /** Milliseconds between two heartbeats; a second unless told. */
  beatEvery?: number;
  /** Seconds that a silent database is waited for. */
  patience?: number;
}): Jobs {
  const { database, worker, log, clock } = options;
  let runner: Runner | undefined;
  let pool: pg.Pool | undefined;
  let stopping = false;
  let running: Promise<void> | undefined;
  let lastBeat: Promise<void> | undefined;
  /** The queue's name for this process: it stands in the locks of its jobs. */
  let queueId: string | null = null;
  let beating: NodeJS.Timeout | undefined;
  let restarting: NodeJS.Timeout | undefined;
  const seen = new Map<string, { beat: number; still: number }>();
  /** Holders of jobs that no process owns up to, and for how many beats. */
  let strangers = new Map<string, number>();

  async function keepRunning(tasks: Record<string, Task>): Promise<void> {
    while (!stopping) {
      try {
        await runOnce(tasks);
      } catch (error) {
        log.warn({ err: message(error) }, "the job queue stopped; it starts again");
      }
      if (!stopping) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async function runOnce(tasks: Record<string, Task>): Promise<void> {
    const events = new EventEmitter();
    pool = openQueuePool(
      { connectionString: options.url(), max: CONCURRENCY + 2, ...attentive(options.patience) },
      { unsure: restartSoon, over: () => stopping },
    );
    // Asked anew for every connection, so that the queue follows a database that moved.
    Object.defineProperty(pool.options, "connectionString", { get: options.url, enumerable: true });
    const lost = (error: Error) => log.warn({ err: error.message }, "a connection of the job queue was lost");
    pool.on("error", lost);
    pool.on("connect", (client) => client.on("error", lost));
    events.once("worker:getJob:error", restartSoon);
    events.on("pool:create", ({ workerPool }: { workerPool: { id: string } }) => {
      queueId = workerPool.id;
      storeQueueId().catch((error: unknown) =>
        log.warn({ err: message(error) }, "the queue's id could not be stored; the next heartbeat does"),
      );
    });
    try {
      runner = await run({
        pgPool: pool,
        concurrency: CONCURRENCY,
        noHandleSignals: true,
        pollInterval: 1_000,
        logger: quietLogger(log),
        events: events,
        taskList: Object.fromEntries(
          Object.entries(tasks).map(([name, task]) => [
            name,
            (payload) => task((payload ?? {}) as JsonObject),
          ]),
        ),
      });
      // Asked to stop while it was starting.
      if (stopping) await runner.stop();
      await runner.promise;
    } finally {
      runner = undefined;
      clearTimeout(restarting);
      restarting = undefined;
      await pool.end().catch(() => undefined);
    }
  }

  /**
   * A look for jobs whose answer was lost may have locked one for this run of the queue, and nobody works on it; a job
   * whose end was lost may be locked still; and the queue keeps the failure of its very first question for ever. So it
   * runs anew, under another name: what the old name still holds is a stranger's.
   */
  function restartSoon(): void {
    restarting ??= setTimeout(() => {
      restarting = undefined;
      // While it is starting there is nothing to stop yet.
      if (runner) runner.stop().catch(() => undefined);
      else if (!stopping) restartSoon();
    }, LOOKS_END_WITHIN).unref();
  }

  async function storeQueueId(): Promise<void> {
    await database.run(sql`update worker set queue_id = ${queueId} where id = ${worker}`);
  }

  async function beat(): Promise<void> {
    const registered = await database.run(
      sql`update worker set beat = beat + 1, queue_id = ${queueId} where id = ${worker}`,
    );
    // Declared dead by another process while it stood still: it comes back as the same owner, with nothing held.
    if (registered === 0) await register();
    const others = await database.all<{ id: string; beat: number; queue_id: string | null }>(
      sql`select id, beat, queue_id from worker where id <> ${worker}`,
    );
    for (const other of others) {
      const last = seen.get(other.id);
      const still = last?.beat === other.beat ? last.still + 1 : 0;
      seen.set(other.id, { beat: other.beat, still });
      if (still < STILL_BEATS_UNTIL_DEAD) continue;
      seen.delete(other.id);
      await bury(other);
    }
    await unlockStrangersJobs();
  }

  /** Frees jobs whose holder died before its name was stored, or was an earlier run of the queue in a living process. */
  async function unlockStrangersJobs(): Promise<void> {
    const found = await database.all<{ holder: string }>(sql`select holder from queue_strangers() as holder`);
    strangers = new Map(found.map(({ holder }) => [holder, (strangers.get(holder) ?? 0) + 1]));
    const dead = [...strangers].flatMap(([holder, beats]) =>
      beats > STILL_BEATS_UNTIL_DEAD ? [holder] : [],
    );
    if (dead.length > 0) await unlockJobs(database, dead);
  }

  async function unlockJobs(tx: Queryable, holders: string[]): Promise<void> {
    await tx.run(sql`select queue_unlock(${holders}::text[])`);
  }

  async function bury(dead: { id: string; beat: number; queue_id: string | null }): Promise<void> {
    const buried = await database.transaction(async (tx) => {
      if ((await tx.run(sql`delete from worker where id = ${dead.id} and beat = ${dead.beat}`)) === 0)
        return false;
      await options.release(tx, dead.id);
      // With the row goes the last trace of which jobs it held: they are unlocked together or not at all.
      if (dead.queue_id) await unlockJobs(tx, [dead.queue_id]);
      return true;
    });
    if (!buried) return;
    log.warn({ worker: dead.id }, "a process died; what it held is free again");
  }

  async function register(): Promise<void> {
    await database.run(
      sql`insert into worker (id, queue_id, started_at) values (${worker}, ${queueId}, ${time(clock.now())}) on conflict do nothing`,
    );
  }

  return {
    worker,
    async start(tasks) {
      await register();
      const loop = () => {
        beating = setTimeout(() => {
          lastBeat = beat()
            .catch((error: unknown) => log.warn({ err: message(error) }, "no heartbeat"))
            .finally(() => {
              if (!stopping) loop();
            });
        }, options.beatEvery ?? BEAT_EVERY);
      };
      loop();
      running = keepRunning(tasks);
    },
    async stop(milliseconds = STOP_WITHIN) {
      stopping = true;
      clearTimeout(beating);
      const stopped = leave().catch((error: unknown) =>
        log.warn({ err: message(error) }, "leases could not be handed back; the sweeper frees them"),
      );
      if (await endsWithin(milliseconds, stopped)) return;
      log.warn({}, "the job queue did not stop in time; what it holds is freed by the sweeper");
    },
  };

  async function leave(): Promise<void> {
    await runner?.stop().catch(() => undefined);
    await running;
    // One on its way would register this process again.
    await lastBeat;
    await database.transaction(async (tx) => {
      await options.release(tx, worker);
      await tx.run(sql`delete from worker where id = ${worker}`);
    });
  }
}

function quietLogger(log?: Log): Logger {
  return new Logger(() => (level, text) => {
    if (log && (level === "error" || level === "warning")) log.debug({ queue: text }, "job queue");
  });
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
