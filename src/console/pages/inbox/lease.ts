/**
 * The lease of the case at work: renewed by activity, warned of a minute before it ends, and its loss noticed.
 *
 * Only work keeps a case: who goes away gives it back by and by, and is told a minute before.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { now, useNow } from "../../clock.ts";
import { call, isRefusal } from "../../data/api.ts";
import type { Task } from "./desk.ts";

const RENEW_EVERY = 90_000;
const WARN_BEFORE = 60_000;

export interface Lease {
  /** Seconds left, once it is time to say so. */
  endsIn: number | undefined;
  lost: boolean;
  /** Somebody works: makes the lease longer now and then. */
  active(): void;
  keep(): void;
  lose(): void;
}

export function useLease(task: Task, renewed: (leaseUntil: string) => void): Lease {
  const [lost, setLost] = useState(false);
  const last = useRef(now());
  const renewing = useRef(false);
  useNow(1_000);
  const left = Date.parse(task.leaseUntil) - now();

  useEffect(() => {
    setLost(false);
    last.current = now();
  }, [task.caseId, task.lease]);

  const keep = useCallback(async () => {
    if (renewing.current) return;
    renewing.current = true;
    last.current = now();
    try {
      const { leaseUntil } = await call("renewReview", {
        params: { case: task.caseId },
        body: { lease: task.lease },
      });
      renewed(leaseUntil);
    } catch (error) {
      if (isRefusal(error, "lease_lost", "wrong_state", "not_found")) setLost(true);
    } finally {
      renewing.current = false;
    }
  }, [task.caseId, task.lease, renewed]);

  const ended = left <= 0;
  useEffect(() => {
    if (ended) setLost(true);
  }, [ended]);

  return {
    lost,
    endsIn: !lost && left <= WARN_BEFORE ? Math.max(0, Math.ceil(left / 1_000)) : undefined,
    active() {
      // In the last minute a person answers the question; a mouse that trembles does not.
      if (!lost && left > WARN_BEFORE && now() - last.current > RENEW_EVERY) void keep();
    },
    keep: () => void keep(),
    lose: () => setLost(true),
  };
}
