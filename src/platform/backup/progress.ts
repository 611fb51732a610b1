/** How far long work over rows has come, in words: rows, rows a second, time left. Pure but for the watch handed in. */

export type Show = (line: string) => void;

export interface RowProgress {
  /** Says what is worked on now. */
  begin(what: string): void;
  add(rows: number): void;
}

/** `expected` rows in all, or 0 when nobody knows; `elapsed` in milliseconds. */
export function rowProgress(options: {
  doing: string;
  expected: number;
  elapsed: () => number;
  show: Show;
}): RowProgress {
  const { doing, expected, elapsed, show } = options;
  let rows = 0;
  let what = "";
  return {
    begin(name) {
      what = name;
    },
    add(more) {
      rows += more;
      show(`${doing} ${what}: ${shownProgress(rows, expected, elapsed())}`);
    },
  };
}

/** "1,200,000 of about 3,000,000 rows, 240,000 rows/s, about 8 s left". */
export function shownProgress(rows: number, expected: number, milliseconds: number): string {
  const rate = rows / Math.max(milliseconds / 1_000, 0.001);
  const parts = [
    expected > rows
      ? `${rows.toLocaleString("en")} of about ${Math.round(expected).toLocaleString("en")} rows`
      : `${rows.toLocaleString("en")} rows`,
    `${Math.round(rate).toLocaleString("en")} rows/s`,
  ];
  if (expected > rows && rate > 0) parts.push(`about ${Math.ceil((expected - rows) / rate)} s left`);
  return parts.join(", ");
}
