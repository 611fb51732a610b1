/**
 * Brings due cases through the pipeline: claims as many as there is room for, keeps them in flight, goes on when poked.
 *
 * One loop per workflow, one limit for the process. A poke is never lost and never queued twice; what nobody pokes is
 * found by the clock (see duties in app.ts). A case whose stage throws is given back and tried again a little later.
 */
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { sql, time } from "../platform/sql.ts";
import { claimDue, type CaseRow } from "./case-row.ts";
import { advance, type PipelineParts } from "./pipeline.ts";

export interface Runner {
  /** Says that a workflow has cases to work on. */
  poke(workflow: string): void;
  /** Cases in this process's hands. */
  readonly inFlight: number;
  /** Takes no more and waits for those in flight, at most so long. */
  stop(milliseconds: number): Promise<void>;
}

const LARGEST_CLAIM = 256;
const RETRY_AFTER_FAULT = 5_000;

export function openRunner(options: { parts: PipelineParts; database: Database; clock: Clock; worker: string; most: number; log: Log }): Runner {
  const { parts, database, clock, worker, most, log } = options;
  const loops = new Map<string, { again: boolean }>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let stopping = false;

  async function loop(workflow: string, state: { again: boolean }): Promise<void> {
    while (state.again && !stopping) {
      state.again = false;
      for (;;) {
        const room = most - inFlight;
        if (room <= 0) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          continue;
        }
        if (stopping) return;
        const claimed = await claimDue(database, workflow, worker, clock.now(), Math.min(room, LARGEST_CLAIM));
        if (claimed.length === 0) break;
        inFlight += claimed.length;
        void carry(claimed);
      }
    }
  }

  async function carry(claimed: CaseRow[]): Promise<void> {
    try {
      const started = await advance(parts, claimed, worker);
      // A case without a stage (its key was destroyed, for example) takes no place.
      done(claimed.length - started.length);
      for (const { case_, done: stage } of started) void stage.catch((error: unknown) => giveBack(case_, error)).finally(() => done(1));
    } catch (error) {
      await Promise.all(claimed.map((case_) => giveBack(case_, error)));
      done(claimed.length);
    }
  }

  function done(count: number) {
    inFlight -= count;
    for (const resume of waiting.splice(0)) resume();
  }

  /** The case is freed for a later try; a database that is away is met again by whoever finds the lease. */
  async function giveBack(case_: CaseRow, error: unknown): Promise<void> {
    log.warn({ err: error instanceof Error ? error.message : String(error), case: case_.id, state: case_.state }, "a step of a case failed; it is tried again");
    await database
      .run(sql`update case_ set worker = null, next_at = ${time(clock.now() + RETRY_AFTER_FAULT)} where worker = ${worker} and id = ${case_.id} and lease_no = ${case_.lease_no}`)
      .catch(() => orphans.add(case_.id));
  }

  // Leases that could not be given back because the database was away: freed at the next poke.
  const orphans = new Set<string>();

  function poke(workflow: string): void {
    if (stopping) return;
    const running = loops.get(workflow);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: true };
    loops.set(workflow, state);
    freeOrphans()
      .then(() => loop(workflow, state))
      .catch((error: unknown) => {
        state.again = false;
        log.warn({ err: error instanceof Error ? error.message : String(error), workflow }, "claiming cases failed; the next tick tries again");
      })
      .finally(() => {
        loops.delete(workflow);
        // A poke between the loop's last look and this line.
        if (state.again) poke(workflow);
      });
  }

  async function freeOrphans(): Promise<void> {
    if (orphans.size === 0) return;
    const ids = [...orphans];
    await database.run(sql`update case_ set worker = null where worker = ${worker} and id = any(${ids})`);
    for (const id of ids) orphans.delete(id);
  }

  return {
    poke,
    get inFlight() {
      return inFlight;
    },
    async stop(milliseconds) {
      stopping = true;
      for (const resume of waiting.splice(0)) resume();
      const deadline = AbortSignal.timeout(milliseconds);
      while (inFlight > 0 && !deadline.aborted)
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          deadline.addEventListener("abort", () => resolve(), { once: true });
        });
    },
  };
}
