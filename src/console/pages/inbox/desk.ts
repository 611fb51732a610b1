/**
 * The desk: the cases that somebody has taken, the one in front of them, and the next one loaded ahead.
 *
 * Taking, ending and undoing are here; how a case looks is in at-work.tsx. The next case is held softly for a minute while
 * the current one is worked on, so that it shows at once; the real lease is asked for while it is being read. The hold is made longer while somebody works, and given up with them.
 * A page that was loaded anew finds everything again that is held: batches as batches (bulk.ts on the server), the rest one by one.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { now } from "../../clock.ts";
import { call, isRefusal, queries, useRead, type Reply } from "../../data/api.ts";

export type Task = Reply<"claimReview">;
export type Inbox = Reply<"getInbox">;
export type Alike = Reply<"claimAlike">;

export interface Desk {
  tasks: readonly Task[];
  at: number;
  current: Task | undefined;
  /** Identical suggestions to be approved together; in front of everything else. */
  batch: Alike | undefined;
  busy: boolean;
  /** Asked for the next case, and there was none. */
  dry: boolean;
  error: Error | undefined;
  start(): Promise<void>;
  next(): Promise<void>;
  previous(): void;
  open(caseId: string): Promise<void>;
  /** Takes the cases with the same suggestion as this one; refused where there are too few. */
  takeAlike(like: string): Promise<void>;
  /** The batch was approved or given back. */
  batchEnded(): Promise<void>;
  /** The case is off the desk: the next one comes, unless something is still to be shown. */
  ended(caseId: string, more?: { stay?: boolean }): Promise<void>;
  goOn(): Promise<void>;
  leave(): Promise<void>;
  renewed(caseId: string, leaseUntil: string): void;
  clearError(): void;
}

export function useInbox(workflow: string | undefined) {
  return useRead(
    "getInbox",
    { params: { workflow: workflow ?? "" } },
    { enabled: workflow !== undefined, every: 30_000, keep: true },
  );
}

/** A soft hold with so much left outlasts the question for the real lease. */
const SURELY_HELD = 10_000;
/** How long the next case is held without being looked at, and when that is asked for anew; seconds and milliseconds. */
const SOFT_SECONDS = 60;
const HOLD_AGAIN = 40_000;
/** What a lease is taken to be until the program has said it: too long to warn of its end. */
const NOT_SAID_YET = 120_000;

const NEVER = new Date(0).toISOString();
const isGone = (failure: unknown) => isRefusal(failure, "lease_lost", "wrong_state", "not_found");

const refresh = () => void queries.invalidateQueries({ queryKey: ["getInbox"] });

/** `givenBack` is told of batches that could not be gone on with. */
export function useDesk(workflow: string, givenBack: (cases: number) => void): Desk {
  const [batch, setBatch] = useState<Alike>();
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [dry, setDry] = useState(false);
  const [error, setError] = useState<Error>();
  const ahead = useRef<Task | undefined>(undefined);
  const aheadFor = useRef<string | undefined>(undefined);
  const current = tasks[at];

  /** Everything that takes or gives waits for the one before it. */
  const working = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  }, []);

  const renewed = useCallback(
    (caseId: string, leaseUntil: string) =>
      setTasks((before) => before.map((one) => (one.caseId === caseId ? { ...one, leaseUntil } : one))),
    [],
  );

  const take = useCallback(async (): Promise<Task | undefined> => {
    const held = ahead.current;
    ahead.current = undefined;
    if (held !== undefined) {
      const renewal = call("renewReview", { params: { case: held.caseId }, body: { lease: held.lease } });
      if (Date.parse(held.leaseUntil) - now() > SURELY_HELD) {
        renewal.then(
          ({ leaseUntil }) => renewed(held.caseId, leaseUntil),
          // Refused: it is lost, and what was typed is kept. Not answered: the hold that was given still counts.
          (failure: unknown) => renewed(held.caseId, isGone(failure) ? NEVER : held.leaseUntil),
        );
        return { ...held, leaseUntil: new Date(now() + NOT_SAID_YET).toISOString() };
      }
      try {
        return { ...held, leaseUntil: (await renewal).leaseUntil };
      } catch (failure) {
        if (!isGone(failure)) throw failure;
      }
    }
    const { reviews } = await call("claimReviews", { params: { workflow }, body: { count: 1 } });
    return reviews[0];
  }, [workflow, renewed]);

  const takeNext = useCallback(async () => {
    const task = await take();
    setDry(task === undefined);
    if (task !== undefined)
      setTasks((before) => {
        const rest = before.filter((one) => one.caseId !== task.caseId);
        setAt(rest.length);
        return [...rest, task];
      });
    refresh();
  }, [take]);

  useEffect(() => {
    if (current === undefined || aheadFor.current === current.caseId) return;
    aheadFor.current = current.caseId;
    if (ahead.current !== undefined) return;
    call("claimReviews", { params: { workflow }, body: { count: 1, soft: true } }).then(
      ({ reviews }) => {
        ahead.current = reviews[0];
      },
      () => undefined,
    );
  }, [current, workflow]);

  useEffect(() => {
    if (current === undefined) return;
    const timer = setInterval(() => {
      const held = ahead.current;
      if (held === undefined || document.visibilityState !== "visible") return;
      if (Date.parse(current.leaseUntil) <= now()) return;
      call("renewReview", {
        params: { case: held.caseId },
        body: { lease: held.lease, leaseSeconds: SOFT_SECONDS },
      }).then(
        ({ leaseUntil }) => {
          if (ahead.current === held) ahead.current = { ...held, leaseUntil };
        },
        (failure: unknown) => {
          if (ahead.current === held && isGone(failure)) ahead.current = undefined;
        },
      );
    }, HOLD_AGAIN);
    return () => clearInterval(timer);
  }, [current]);

  const open = useCallback(
    (caseId: string) =>
      working(async () => {
        const task = await call("claimReview", { params: { case: caseId }, body: {} });
        setTasks((before) => {
          const rest = before.filter((one) => one.caseId !== caseId);
          setAt(rest.length);
          return [...rest, task];
        });
        refresh();
      }),
    [working],
  );

  /** What is held already, else the next case. */
  const resume = useCallback(async () => {
    // Held softly, it is found among the rest.
    ahead.current = undefined;
    const { batches, approving, givenBack: gone } = await call("resumeAlike", { params: { workflow } });
    if (gone > 0) givenBack(gone);
    const inBatch = new Set([
      ...approving,
      ...batches.flatMap(({ cases }) => cases.map(({ caseId }) => caseId)),
    ]);
    setBatch(batches[0]);
    refresh();
    if (batches.length > 0) return;
    // Asked anew: what was given back with a batch is nobody's, and must not be taken again.
    const { mine } = await call("getInbox", { params: { workflow } });
    const found: Task[] = [];
    for (const { caseId } of mine) {
      if (inBatch.has(caseId)) continue;
      const task = await call("claimReview", { params: { case: caseId }, body: {} }).catch(() => undefined);
      if (task !== undefined) found.push(task);
    }
    if (found.length === 0) return takeNext();
    setTasks(found);
    setAt(0);
    refresh();
  }, [workflow, givenBack, takeNext]);

  const start = useCallback(() => working(resume), [working, resume]);

  const goOn = useCallback(
    () => working(() => (tasks.length > 0 ? Promise.resolve() : takeNext())),
    [working, tasks, takeNext],
  );

  return {
    tasks,
    at,
    current,
    batch,
    busy,
    dry,
    error,
    start,
    open,
    takeAlike: async (like) => setBatch(await call("claimAlike", { params: { workflow }, body: { like } })),
    batchEnded: () => {
      const gone = new Set(batch?.cases.map(({ caseId }) => caseId));
      const rest = tasks.filter((one) => !gone.has(one.caseId));
      setBatch(undefined);
      setTasks(rest);
      setAt(0);
      refresh();
      return rest.length > 0 ? Promise.resolve() : working(resume);
    },
    goOn,
    next: () => (at + 1 < tasks.length ? Promise.resolve(setAt(at + 1)) : working(takeNext)),
    previous: () => setAt(Math.max(0, at - 1)),
    ended: (caseId, { stay = false } = {}) => {
      const rest = tasks.filter((one) => one.caseId !== caseId);
      setTasks(rest);
      setAt(Math.max(0, Math.min(at, rest.length - 1)));
      refresh();
      return stay || rest.length > 0 ? Promise.resolve() : working(takeNext);
    },
    leave: () =>
      working(async () => {
        const held = [...tasks, ...(ahead.current === undefined ? [] : [ahead.current])];
        ahead.current = undefined;
        aheadFor.current = undefined;
        await Promise.all(
          held.map((task) =>
            call("releaseReview", { params: { case: task.caseId }, body: { lease: task.lease } }).catch(
              () => undefined,
            ),
          ),
        );
        setTasks([]);
        setAt(0);
        refresh();
      }),
    renewed,
    clearError: () => setError(undefined),
  };
}
