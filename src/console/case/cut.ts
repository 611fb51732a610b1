/** Which texts are cut on screen, and where: at a line, at a word, else at the letter. Pure. */

/** About seven pages: more is not read at a glance, and two megabytes make a page slow. */
const MOST_SHOWN = 20_000;
/** A text that is a little longer is shown whole: a cut would hide less than it says. */
const CUT_FROM = 24_000;
/** As far back from there a good place for the cut is looked for. */
const BACK = 400;

export function isCut(text: string): boolean {
  return text.length > CUT_FROM;
}

/** What is shown at first; the whole text where it is not cut. */
export function shownPart(text: string): string {
  if (!isCut(text)) return text;
  const end = text.slice(MOST_SHOWN - BACK, MOST_SHOWN);
  const at = Math.max(end.lastIndexOf("\n"), end.lastIndexOf(" "));
  if (at !== -1) return text.slice(0, MOST_SHOWN - BACK + at + 1);
  // Never between the two halves of one letter.
  const high = text.charCodeAt(MOST_SHOWN - 1);
  return text.slice(0, high >= 0xd800 && high <= 0xdbff ? MOST_SHOWN - 1 : MOST_SHOWN);
}
