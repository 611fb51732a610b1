/** Whether something has been on screen: painted, on a visible page, within the window. */
import { useEffect, useRef, type RefObject } from "react";

/**
 * Says once that it has been; `of` names what is there now, undefined while nothing is. `margin` makes the window smaller,
 * for what other parts lie over.
 */
export function useOnScreen(
  place: RefObject<HTMLElement | null>,
  of: string | undefined,
  seen: () => void,
  margin = "0px",
): void {
  const say = useRef(seen);
  say.current = seen;
  useEffect(() => {
    const shown = place.current;
    if (shown === null || of === undefined) return;
    let frame = 0;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        // The frame after the next one: by then this one has been painted.
        frame = requestAnimationFrame(() => {
          frame = requestAnimationFrame(() => say.current());
        });
      },
      { rootMargin: margin },
    );
    observer.observe(shown);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [place, of, margin]);
}
