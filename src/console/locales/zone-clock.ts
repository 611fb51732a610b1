/**
 * What clocks in a time zone show, and when a day begins there. Pure.
 *
 * Days and hours of work are those of the workflow, wherever the device of the reader says it is.
 */

export type Clock = (moment: number) => number;

const HOUR = 3_600_000;

/** What clocks in a zone show at a moment, as the moment at which clocks in UTC show it. */
export function clockIn(zone: string): Clock {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  };
}

/** The moment at which those clocks show this. */
export function momentAt(clock: Clock, shown: number): number {
  const nearly = shown - (clock(shown) - shown);
  // A second time: between the two, the clocks may have been put forward or back.
  return nearly - (clock(nearly) - shown);
}

/** The moment at which a day such as 2026-01-05 begins in a zone, or one so many days later. */
export function startOfDayIn(zone: string, day: string, later = 0): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const shown = Date.UTC(year, month - 1, date + later);
  const clock = clockIn(zone);
  const found = momentAt(clock, shown);
  // Where midnight is left out, the day begins when the clocks go on; where it comes twice, with the first one.
  const leftOut = shown - clock(found);
  if (leftOut > 0) return found + leftOut;
  return clock(found - HOUR) === shown ? found - HOUR : found;
}
