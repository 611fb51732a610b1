/**
 * Until when a case may be put off, as choices: in an hour, this afternoon, tomorrow morning, on Monday. Pure.
 *
 * Mornings, afternoons and Mondays are those of the workflow, wherever the device of the reader says it is.
 */

export interface SnoozeTime {
  name: "hour" | "afternoon" | "tomorrow" | "monday";
  at: Date;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MORNING = 8;
const AFTERNOON = 14;

/** The choices at a moment, in this time zone. What would be over, or the same as another, is left out. */
export function snoozeTimes(now: number, zone: string): SnoozeTime[] {
  const clock = clockIn(zone);
  const here = clock(now);
  const today = here - (here % DAY);
  const at = (days: number, hour: number) => new Date(momentAt(clock, today + days * DAY + hour * HOUR));
  const toMonday = (8 - new Date(today).getUTCDay()) % 7 || 7;
  const afternoon = at(0, AFTERNOON);
  return [
    { name: "hour", at: new Date(now + HOUR) },
    ...(afternoon.getTime() - now > HOUR ? [{ name: "afternoon" as const, at: afternoon }] : []),
    ...(toMonday === 1 ? [] : [{ name: "tomorrow" as const, at: at(1, MORNING) }]),
    { name: "monday", at: at(toMonday, MORNING) },
  ];
}

type Clock = (moment: number) => number;

/** What clocks in a zone show at a moment, as the moment at which clocks in UTC show it. */
function clockIn(zone: string): Clock {
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
function momentAt(clock: Clock, shown: number): number {
  const nearly = shown - (clock(shown) - shown);
  // A second time: between the two, the clocks may have been put forward or back.
  return nearly - (clock(nearly) - shown);
}
