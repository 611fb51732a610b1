/**
 * Which field somebody means who says that something is wrong: of the output by its path, of what came in by `input.<path>`.
 *
 * What they last pointed at counts: the field of the form that had the focus, or the text of the source in which they
 * marked something. Nothing pointed at: the field that is in doubt, where it is one alone. Else the case as a whole; a
 * field that nobody meant would spoil the list that reports are gathered by. Pure.
 */

/** What of the source is named by. */
export const OF_SOURCE = "input.";

export interface Pointing {
  /** The fields of the form. */
  fields: readonly { path: string; label: string }[];
  /** Paths of what came in. */
  source: readonly string[];
  /** What was pointed at last, as `aboutField` names it. */
  last: string | undefined;
  /** Fields in doubt; an empty one is the whole. */
  doubts: readonly string[];
}

/** Undefined: the case as a whole. */
export function aboutField({ fields, source, last, doubts }: Pointing): string | undefined {
  const known = (path: string) => fields.some((field) => field.path === path);
  if (last !== undefined) {
    if (known(last)) return last;
    if (last.startsWith(OF_SOURCE) && source.includes(last.slice(OF_SOURCE.length))) return last;
  }
  const doubtful = new Set(doubts.filter(known));
  return doubtful.size === 1 ? [...doubtful][0] : undefined;
}
