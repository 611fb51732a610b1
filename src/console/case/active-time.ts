/**
 * How long somebody really worked on a case: idle time left out.
 *
 * Between two signs of activity at most two minutes count; a hidden page does not count at all. The figure goes along
 * with the verdict; whether it is kept is the works council's rule, on the program's side.
 */
import { useEffect, useRef } from "react";

const IDLE_AFTER = 120_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll"] as const;

export interface ActiveClock {
  /** The person did something. */
  sign(): void;
  hide(): void;
  show(): void;
  read(): number;
}

/** Stands until the page is shown. `now` in milliseconds of a clock that is never set back. */
export function activeClock(now: () => number): ActiveClock {
  let total = 0;
  /** Undefined while the page is hidden. */
  let last: number | undefined;
  const since = () => (last === undefined ? 0 : Math.min(now() - last, IDLE_AFTER));
  const count = () => {
    total += since();
    if (last !== undefined) last = now();
  };
  return {
    sign: count,
    hide() {
      count();
      last = undefined;
    },
    show: () => void (last ??= now()),
    read: () => Math.round(total + since()),
  };
}

/** Adds up the time of one case; starts anew when the case changes. `read` says it in milliseconds. */
export function useActiveTime(caseId: string, onActivity?: () => void): { read: () => number } {
  const fresh = () => ({ caseId, clock: activeClock(() => performance.now()) });
  const state = useRef<ReturnType<typeof fresh>>(undefined);
  if (state.current?.caseId !== caseId) state.current = fresh();
  const activity = useRef(onActivity);
  activity.current = onActivity;
  useEffect(() => {
    const sign = () => {
      state.current?.clock.sign();
      activity.current?.();
    };
    const visibility = () => (document.hidden ? state.current?.clock.hide() : state.current?.clock.show());
    visibility();
    for (const name of SIGNS) window.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener("visibilitychange", visibility);
    return () => {
      for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", visibility);
    };
  }, [caseId]);
  return { read: () => state.current?.clock.read() ?? 0 };
}
