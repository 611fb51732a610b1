/**
 * What a proof is: one numbered point of an issue's "Shown by", as a module that runs the real program and measures.
 *
 * A point lives in `test/show/<area>/<area>-<n>.ts` and exports `title` and `run`. `show.ts` beside this file finds it,
 * runs it and prints its one line of JSON.
 */
import type { JsonObject } from "../../src/contract/json.ts";

/** What `show.ts` hands to a point. */
export interface Context {
  /** Says on stderr what is going on. */
  progress(line: string): void;
  /** Makes an empty folder, which other accounts may enter; it is removed when the point has ended. */
  folder(name: string): string;
  /** Does this when the point has ended, however it ended; the latest registered first. */
  after(work: () => Promise<void> | void): void;
  /** `--name value` or `--name` (then "true") from the command line, without the dashes. */
  options: Readonly<Record<string, string>>;
}

export interface Outcome {
  met: boolean;
  /** Why the point could not be run here; a skipped point is not met. */
  skipped?: string;
  figures: JsonObject;
}

export interface Point {
  /** One sentence that says what is shown. */
  title: string;
  run(context: Context): Promise<Outcome>;
}

/** The outcome of a point that cannot be run here. */
export function skipped(reason: string): Outcome {
  return { met: false, skipped: reason, figures: {} };
}
