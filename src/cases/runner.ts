/**
 * Brings due cases through the pipeline: claims as many as there is room for, keeps them in flight, goes on when poked.
 *
 * One loop per workflow, one limit for the process. A poke is never lost and never queued twice; what nobody pokes is
 * found by the clock (see duties in app.ts). A case whose stage throws is given back and tried again a little later. When
 * an answer of the database was lost, what it holds in this process's name is compared with what this process knows.
 */
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { sql, time } from "../platform/sql.ts";
import { claimDue, releaseUnknown, type CaseRow } from "./case-row.ts";
import { advance, type PipelineParts } from "./pipeline.ts";

export interface Runner {
  /** Says that a workflow has cases to work on. */
  poke(workflow: string): void;
  /** Cases in this process's hands. */
  readonly inFlight: number;
  /** Frees cases that this process holds by the database's account and not by its own; costs nothing while all is well. */
  freeLost(): Promise<void>;
  /** Takes no more and waits for those in flight, at most so long. */
  stop(milliseconds: number): Promise<void>;
}

const LARGEST_CLAIM = 256;
const RETRY_AFTER_FAULT = 5_000;

export function openRunner(options: { parts: PipelineParts; database: Database; clock: Clock; worker: string; most: number; log: Log }): Runner {
  const { parts, database, clock, worker, most, log } = options;
  const loops = new Map<string, { again: boolean }>();
  const waiting: (() => void)[] = [];
  /** The cases in hand, by id, with their lease. */
  const held = new Map<string, number>();
  const claims = new Set<Promise<CaseRow[]>>();
  let inFlight = 0;
  let stopping = false;
  /** The answer to a claim or a giving back was lost: the case may be held without anybody working on it. */
  let unsure = false;
  let freeing: Promise<void> | undefined;

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
        const claimed = await claim(workflow, Math.min(room, LARGEST_CLAIM));
        if (claimed.length === 0) break;
        inFlight += claimed.length;
        void carry(claimed);
      }
    }
  }

  async function claim(workflow: string, room: number): Promise<CaseRow[]> {
    while (freeing) await Promise.allSettled([freeing]);
    const claiming = claimDue(database, workflow, worker, clock.now(), room);
    claims.add(claiming);
    try {
      const claimed = await claiming;
      for (const { id, lease_no } of claimed) held.set(id, lease_no);
      return claimed;
    } catch (error) {
      unsure = true;
      throw error;
    } finally {
      claims.delete(claiming);
    }
  }

  async function freeLost(): Promise<void> {
    if (!unsure || freeing) return freeing;
    unsure = false;
    freeing = (async () => {
      // What is being claimed now would look lost: no claim begins meanwhile, and those begun are waited for.
      await Promise.allSettled(claims);
      await releaseUnknown(database, worker, held);
    })();
    try {
      await freeing;
    } catch (error) {
      unsure = true;
      throw error;
    } finally {
      freeing = undefined;
    }
  }

  async function carry(claimed: CaseRow[]): Promise<void> {
    try {
      const started = await advance(parts, claimed, worker);
      // A case without a stage (its key was destroyed, for example) takes no place.
      done(claimed.filter((case_) => !started.some((one) => one.case_ === case_)));
      for (const { case_, done: stage } of started)
        void stage.then((result) => (result.status === "rejected" ? giveBack(case_, result.reason) : undefined)).finally(() => done([case_]));
    } catch (error) {
      await Promise.all(claimed.map((case_) => giveBack(case_, error)));
      done(claimed);
    }
  }

  function done(cases: CaseRow[]) {
    inFlight -= cases.length;
    for (const { id, lease_no } of cases) if (held.get(id) === lease_no) held.delete(id);
    for (const resume of waiting.splice(0)) resume();
  }

  /** The case is freed for a later try; when the database is away, as soon as it is back. */
  async function giveBack(case_: CaseRow, error: unknown): Promise<void> {
    log.warn({ err: error instanceof Error ? error.message : String(error), case: case_.id, state: case_.state }, "a step of a case failed; it is tried again");
    await database
      .run(sql`update case_ set worker = null, next_at = ${time(clock.now() + RETRY_AFTER_FAULT)} where worker = ${worker} and id = ${case_.id} and lease_no = ${case_.lease_no}`)
      .catch(() => {
        held.delete(case_.id);
        unsure = true;
      });
  }

  function poke(workflow: string): void {
    if (stopping) return;
    const running = loops.get(workflow);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: true };
    loops.set(workflow, state);
    freeLost()
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

  return {
    poke,
    freeLost,
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
