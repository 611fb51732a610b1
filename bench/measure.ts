/** Rounds, medians, aims and a steady number of things in flight: what every bench shares. */

export type Spread = { median: number; least: number; most: number };

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median: tidy(median), least: tidy(sorted[0]!), most: tidy(sorted.at(-1)!) };
}

/** One line of the table of aims: what was measured, and whether that is enough. */
export type Aim = {
  figure: string;
  aim: string;
  /** The median of the rounds; null when it could not be measured, which is not enough. */
  measured: number | null;
  met: boolean;
  why?: string;
};

export function atLeast(figure: string, least: number, unit: string, seen: Spread): Aim {
  return { figure, aim: `at least ${least}${unit}`, measured: seen.median, met: seen.median >= least };
}

export function under(figure: string, most: number, unit: string, seen: Spread): Aim {
  return { figure, aim: `under ${most}${unit}`, measured: seen.median, met: seen.median < most };
}

export function unmeasured(figure: string, aim: string, why: string): Aim {
  return { figure, aim, measured: null, met: false, why };
}

/** Says on stderr how far a bench is; stdout is for its one document. */
export function progress(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

/** Three significant digits; a bench has no more. */
export function tidy(value: number): number {
  return Number(value.toPrecision(3));
}

/** Does `count` things, `inFlight` at a time; seconds taken. */
export async function timed(
  count: number,
  inFlight: number,
  work: (i: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (performance.now() - started) / 1000;
}

/** CPU seconds of this process since `since`. */
export function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** About two kilobytes of text, other for every number, as a ticket may hold. */
export function ticketText(i: number): string {
  const line = `Ticket ${i}: the invoice of last month shows an amount that I did not order, please look at it. `;
  return line.repeat(Math.ceil(1_900 / line.length)).slice(0, 1_900);
}
