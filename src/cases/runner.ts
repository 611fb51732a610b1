/**
 * Brings due cases through the pipeline: claims as many as there is room for, keeps them in flight, goes on when poked.
 *
 * Two lanes, model work and delivery work, each with places of its own that its workflows share (places.ts), and in each
 * one loop per workflow. A poke is never lost and never queued twice; what nobody pokes is found by the clock (see duties
 * in app.ts). A case whose stage throws is given back for a later try, or ended (fault.ts). When an answer of the database
 * was lost, what it holds in this process's name is compared with what this process knows.
 */
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { sql, time } from "../platform/sql.ts";
import { claimDue, LANES, releaseUnknown, type CaseRow, type Lane } from "./case-row.ts";
import { afterFault, pauseAfterFault } from "./fault.ts";
import {
  advance,
  advanceNew,
  giveUpDelivery,
  leaveToPerson,
  type Hands,
  type Loaded,
  type PipelineParts,
  type Started,
} from "./pipeline.ts";
import { roomFor } from "./places.ts";
import type { WorkflowView } from "./workflow/registry.ts";

export interface Runner {
  /** Says that a workflow has cases to work on. */
  poke(workflow: string): void;
  /** Cases in this process's hands. */
  readonly inFlight: number;
  /**
   * Takes up to `wanted` places for new cases that are being admitted as held by this process; none while older cases
   * of the workflow wait. Whoever takes places adopts cases in them or leaves them.
   */
  placesForNew(workflow: string, wanted: number): number;
  /** Goes on with admitted cases in places that were taken. */
  adopt(view: WorkflowView, cases: Loaded[]): void;
  /** The admission failed, or nobody knows whether it did. */
  leavePlaces(workflow: string, places: number): void;
  /** Frees cases that this process holds by the database's account and not by its own: when an answer was lost, or `always`. */
  freeLost(always?: boolean): Promise<void>;
  /** Takes no more and waits for those in flight, at most so long. */
  stop(milliseconds: number): Promise<void>;
}

const LARGEST_CLAIM = 256;

/** What a lane has in hand and who waits for a place. */
interface LaneState {
  lane: Lane;
  /** Workflows whose loop runs: they have, or may have, cases to claim. */
  loops: Map<string, { again: boolean }>;
  taken: Map<string, number>;
  known: Set<string>;
  waiting: (() => void)[];
}

/** `most` is the number of places of each lane. */
export function openRunner(options: {
  parts: PipelineParts;
  database: Database;
  clock: Clock;
  worker: string;
  most: number;
  log: Log;
}): Runner {
  const { parts, database, clock, worker, most, log } = options;
  const lanes = LANES.map((lane): LaneState => ({
    lane,
    loops: new Map(),
    taken: new Map(),
    known: new Set(),
    waiting: [],
  }));
  /** Whoever waits for the last case to be out of hand. */
  const stopped: (() => void)[] = [];
  /** The cases in hand, by id, with their lease. */
  const held = new Map<string, number>();
  /** Those of them that went on from the model lane to the delivery lane without a claim, with their lease. */
  const handedOn = new Map<string, number>();
  /** Admissions under way that were given places, and who waits until there are none. */
  let admitting = 0;
  const admitted: (() => void)[] = [];
  const [modelLane, deliveryLane] = lanes as [LaneState, LaneState];
  const claims = new Set<Promise<CaseRow[]>>();
  let inFlight = 0;
  let stopping = false;
  /** The answer to a claim or a giving back was lost: the case may be held without anybody working on it. */
  let unsure = false;
  let freeing: Promise<void> | undefined;

  async function loop(lane: LaneState, workflow: string, state: { again: boolean }): Promise<void> {
    while (state.again && !stopping) {
      state.again = false;
      for (;;) {
        if (stopping) return;
        const room = Math.min(LARGEST_CLAIM, roomIn(lane, workflow));
        if (room === 0) {
          await new Promise<void>((resolve) => lane.waiting.push(resolve));
          continue;
        }
        // Taken before the claim: two loops never count on the same place.
        take(lane, workflow, room);
        let claimed: CaseRow[] = [];
        try {
          claimed = await claim(lane.lane, workflow, room);
        } finally {
          leave(lane, workflow, room - claimed.length);
        }
        if (claimed.length === 0) break;
        inFlight += claimed.length;
        void carry(lane, claimed);
      }
    }
  }

  function roomIn(lane: LaneState, workflow: string): number {
    return roomFor(workflow, {
      most,
      taken: lane.taken,
      wanting: new Set(lane.loops.keys()),
      known: lane.known,
    });
  }

  /** Places without a claim: not while the workflow's loop is looking for cases that may have waited longer. */
  function takeFree(lane: LaneState, workflow: string, wanted: number): number {
    if (stopping || unsure || freeing || lane.loops.has(workflow)) return 0;
    lane.known.add(workflow);
    const places = Math.min(wanted, roomIn(lane, workflow));
    if (places > 0) take(lane, workflow, places);
    return places;
  }

  const hands: Hands = {
    deliveryPlace: (workflow) => takeFree(deliveryLane, workflow, 1) === 1,
    leaveDeliveryPlace: (workflow) => leave(deliveryLane, workflow, 1),
    deliver(case_, work) {
      inFlight++;
      handedOn.set(case_.id, case_.lease_no);
      void work
        .catch((error: unknown) => endFault(case_, error))
        .finally(() => {
          if (handedOn.get(case_.id) === case_.lease_no) handedOn.delete(case_.id);
          done(deliveryLane, [case_]);
        });
    },
  };

  function take(lane: LaneState, workflow: string, places: number): void {
    lane.taken.set(workflow, (lane.taken.get(workflow) ?? 0) + places);
  }

  function leave(lane: LaneState, workflow: string, places: number): void {
    if (places === 0) return;
    take(lane, workflow, -places);
    resumeAll(lane);
  }

  function resumeAll(lane: LaneState): void {
    for (const resume of lane.waiting.splice(0)) resume();
  }

  async function claim(lane: Lane, workflow: string, room: number): Promise<CaseRow[]> {
    while (freeing) await Promise.allSettled([freeing]);
    const claiming = claimDue(database, lane, workflow, worker, clock.now(), room);
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

  function admissionEnded(): void {
    if (--admitting === 0) for (const resume of admitted.splice(0)) resume();
  }

  async function freeLost(always = false): Promise<void> {
    if (!(unsure || always) || freeing) return freeing;
    unsure = false;
    freeing = (async () => {
      // What is being claimed now would look lost: no claim begins meanwhile, and those begun are waited for.
      await Promise.allSettled(claims);
      while (admitting > 0) await new Promise<void>((resolve) => admitted.push(resolve));
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

  async function carry(lane: LaneState, claimed: CaseRow[]): Promise<void> {
    try {
      follow(lane, await advance(parts, claimed, worker, hands));
    } catch (error) {
      await Promise.all(claimed.map((case_) => endFault(case_, error)));
      done(lane, claimed);
    }
  }

  function follow(lane: LaneState, started: Started[]): void {
    for (const { case_, done: stage } of started)
      void stage
        .then((result) => (result.status === "rejected" ? endFault(case_, result.reason) : undefined))
        .finally(() => done(lane, [case_]));
  }

  function done(lane: LaneState, cases: CaseRow[]) {
    inFlight -= cases.length;
    for (const { id, lease_no } of cases)
      if (held.get(id) === lease_no && handedOn.get(id) !== lease_no) held.delete(id);
    for (const { workflow } of cases) take(lane, workflow, -1);
    resumeAll(lane);
    if (inFlight === 0) for (const resume of stopped.splice(0)) resume();
  }

  /** A case whose stage failed: given back for a later try, or brought to an end that a person sees. Never rejects. */
  async function endFault(case_: CaseRow, error: unknown): Promise<void> {
    const next = afterFault(case_.state, case_.faults + 1, error);
    const about = { err: messageOf(error), case: case_.id, state: case_.state };
    if (next.kind === "again") {
      log.warn(about, "a step of a case failed; it is tried again");
      return giveBack(case_, next);
    }
    log.error(
      about,
      next.kind === "to_person"
        ? "a step of a case failed too often; a person gets the case"
        : "a step of a case failed too often; its deliveries are dead letters now",
    );
    try {
      await (next.kind === "to_person" ? leaveToPerson : giveUpDelivery)(parts, case_, worker);
    } catch (again) {
      log.error(
        { ...about, err: messageOf(again) },
        "the case could not be ended either; it is tried again later",
      );
      await giveBack(case_, { pauseMs: pauseAfterFault(case_.faults + 1), counts: true });
    }
  }

  /** The case is freed for a later try; when the database is away, as soon as it is back. */
  async function giveBack(
    case_: CaseRow,
    { pauseMs, counts }: { pauseMs: number; counts: boolean },
  ): Promise<void> {
    await database
      .run(
        sql`
        update case_ set worker = null, next_at = ${time(clock.now() + pauseMs)}, faults = least(faults + ${counts ? 1 : 0}, 30000)
        where worker = ${worker} and id = ${case_.id} and lease_no = ${case_.lease_no}`,
      )
      .catch(() => {
        held.delete(case_.id);
        unsure = true;
      });
  }

  function poke(workflow: string): void {
    for (const lane of lanes) pokeLane(lane, workflow);
  }

  function pokeLane(lane: LaneState, workflow: string): void {
    if (stopping) return;
    const { loops } = lane;
    const running = loops.get(workflow);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: true };
    loops.set(workflow, state);
    lane.known.add(workflow);
    freeLost()
      .then(() => loop(lane, workflow, state))
      .catch((error: unknown) => {
        state.again = false;
        log.warn({ err: messageOf(error), workflow }, "claiming cases failed; the next tick tries again");
      })
      .finally(() => {
        loops.delete(workflow);
        // What this workflow does not want is for the others.
        resumeAll(lane);
        // A poke between the loop's last look and this line.
        if (state.again) pokeLane(lane, workflow);
      });
  }

  return {
    poke,
    freeLost,
    get inFlight() {
      return inFlight;
    },
    placesForNew(workflow, wanted) {
      const places = takeFree(modelLane, workflow, wanted);
      if (places > 0) admitting++;
      return places;
    },
    adopt(view, cases) {
      admissionEnded();
      inFlight += cases.length;
      for (const { case_ } of cases) held.set(case_.id, case_.lease_no);
      void advanceNew(parts, cases, view, hands).then((started) => follow(modelLane, started));
    },
    leavePlaces(workflow, places) {
      admissionEnded();
      // The database may hold cases in our name.
      unsure = true;
      leave(modelLane, workflow, places);
    },
    async stop(milliseconds) {
      stopping = true;
      for (const lane of lanes) resumeAll(lane);
      const deadline = AbortSignal.timeout(milliseconds);
      while (inFlight > 0 && !deadline.aborted)
        await new Promise<void>((resolve) => {
          stopped.push(resolve);
          deadline.addEventListener("abort", () => resolve(), { once: true });
        });
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
