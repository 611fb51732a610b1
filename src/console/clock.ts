/**
 * The time in the browser, as the program has it.
 *
 * The program's clock may be simulated or a laptop's may be wrong, so what the program sends with its news moves ours.
 * The only place of the console that reads the machine's time.
 */
import { useEffect, useState } from "react";

let ahead = 0;

/** Milliseconds since 1970, by the program's clock. */
export function now(): number {
  return Date.now() + ahead;
}

/** The program said what time it is. */
export function heardTime(iso: string): void {
  const heard = Date.parse(iso);
  if (Number.isNaN(heard)) return;
  const off = heard - Date.now();
  // Less is the way over the wire.
  ahead = Math.abs(off) > 5_000 ? off : 0;
}

/** The time, renewed every so many milliseconds. */
export function useNow(every: number): number {
  const [shown, setShown] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setShown(now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return shown;
}
