/**
 * An answer that may be a little old: asked for at once by many, worked out once.
 *
 * For pages that everybody may call and whose figures count whole tables, so that callers cannot multiply the work.
 */
import { stopwatch } from "./clock.ts";

/** `work`, at most once in so many milliseconds and never twice at the same time. A failure is not kept. */
export function recent<T>(
  milliseconds: number,
  work: () => Promise<T>,
  startWatch = stopwatch,
): () => Promise<T> {
  let kept: Promise<T> | undefined;
  // Undefined while the work runs: who asks meanwhile waits for it, however long it takes.
  let age: (() => number) | undefined;
  return () => {
    if (kept && (age === undefined || age() < milliseconds)) return kept;
    age = undefined;
    const asked = (kept = work());
    asked.then(
      () => (age = startWatch()),
      () => (kept = undefined),
    );
    return asked;
  };
}
