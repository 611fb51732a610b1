/**
 * Whether the evidence of a case has been on screen: painted, on a visible page, within the window.
 *
 * Before that no verdict counts, so that a key held down cannot approve what nobody saw.
 */
import { useEffect, useState, type RefObject } from "react";

export function useReady(caseId: string, source: RefObject<HTMLElement | null>): boolean {
  const [ready, setReady] = useState<string>();
  useEffect(() => {
    const shown = source.current;
    if (shown === null) return;
    let frame = 0;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      // The frame after the next one: by then this one has been painted.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => setReady(caseId));
      });
    });
    observer.observe(shown);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [caseId, source]);
  return ready === caseId;
}
