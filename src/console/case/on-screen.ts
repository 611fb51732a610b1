/** Whether something has been on screen: painted, on a visible page, within the window, and not under something else. */
import { useEffect, useRef, type RefObject } from "react";

/** Milliseconds between two looks at what is within the window but lies under something: verdicts, a dialog. */
const LOOK_EVERY = 120;

/** Says once that it has been; `of` names what is there now, undefined while nothing is. */
export function useOnScreen(
  place: RefObject<HTMLElement | null>,
  of: string | undefined,
  seen: () => void,
): void {
  const say = useRef(seen);
  say.current = seen;
  useEffect(() => {
    const shown = place.current;
    if (shown === null || of === undefined) return;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver((entries) => {
      const entry = entries.at(-1);
      if (entry === undefined || !entry.isIntersecting) return;
      if (!isUncovered(shown, entry.intersectionRect)) {
        clearTimeout(timer);
        // Observed anew it answers anew, with where it is by then.
        timer = setTimeout(() => {
          observer.unobserve(shown);
          observer.observe(shown);
        }, LOOK_EVERY);
        return;
      }
      observer.disconnect();
      // The frame after the next one: by then this one has been painted.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => say.current());
      });
    });
    observer.observe(shown);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [place, of]);
}

const AT = [0.1, 0.5, 0.9] as const;

/** Some of nine points of the part within the window belong to it, and to nothing that lies over it. */
function isUncovered(shown: HTMLElement, { left, top, width, height }: DOMRectReadOnly): boolean {
  return AT.some((x) =>
    AT.some((y) => {
      const there = document.elementFromPoint(left + width * x, top + height * y);
      return there !== null && shown.contains(there);
    }),
  );
}
