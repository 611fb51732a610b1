/**
 * Until when a case may be put off, as choices: in an hour, this afternoon, tomorrow morning, on Monday. Pure.
 *
 * Mornings, afternoons and Mondays are those of the workflow, wherever the device of the reader says it is.
 */
import { clockIn, momentAt } from "../../locales/zone-clock.ts";

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
