/** How far two texts are apart: for the change of an answer, and for the word that may have been meant. Pure. */

// Beyond this the exact distance would take seconds; the upper bound then counts the text as more changed than it is.
const MAX_COMPARED = 20_000;

/** Levenshtein distance in UTF-16 units, one row at a time, after taking off what both share at their ends. */
export function editDistance(a: string, b: string): number {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  const [long, short] =
    aEnd >= bEnd
      ? [a.slice(start, aEnd), b.slice(start, bEnd)]
      : [b.slice(start, bEnd), a.slice(start, aEnd)];
  if (short.length === 0 || long.length > MAX_COMPARED) return long.length;
  const row = Uint32Array.from({ length: short.length + 1 }, (_, column) => column);
  for (let i = 1; i <= long.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    const unit = long.charCodeAt(i - 1);
    for (let j = 1; j <= short.length; j++) {
      const above = row[j]!;
      const replaced = diagonal + (short.charCodeAt(j - 1) === unit ? 0 : 1);
      row[j] = Math.min(replaced, above + 1, row[j - 1]! + 1);
      diagonal = above;
    }
  }
  return row[short.length]!;
}
