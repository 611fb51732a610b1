/**
 * How long somebody really worked on a case: idle time left out.
 *
 * Between two signs of activity at most two minutes count; a hidden page does not count at all. The figure goes along
 * with the verdict; whether it is kept is the works council's rule, on the program's side.
 */
import { useEffect, useRef } from "react";

const IDLE_AFTER = 120_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll"] as const;

/** Adds up the time of one case; starts anew when the case changes. `read` says it in milliseconds. */
export function useActiveTime(caseId: string, onActivity?: () => void): { read: () => number } {
  const state = useRef({ caseId, total: 0, last: 0 });
  const activity = useRef(onActivity);
  activity.current = onActivity;
  if (state.current.caseId !== caseId) state.current = { caseId, total: 0, last: 0 };
  useEffect(() => {
    const count = () => {
      const time = performance.now();
      const { last } = state.current;
      if (last > 0) state.current.total += Math.min(time - last, IDLE_AFTER);
      state.current.last = time;
    };
    const sign = () => {
      count();
      activity.current?.();
    };
    const visibility = () => {
      if (document.hidden) {
        count();
        state.current.last = 0;
      } else state.current.last = performance.now();
    };
    state.current.last = document.hidden ? 0 : performance.now();
    for (const name of SIGNS) window.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener("visibilitychange", visibility);
    return () => {
      for (const name of SIGNS) window.removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", visibility);
    };
  }, [caseId]);
  return {
    read() {
      const { total, last } = state.current;
      return Math.round(total + (last === 0 ? 0 : Math.min(performance.now() - last, IDLE_AFTER)));
    },
  };
}
