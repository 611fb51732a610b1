/**
 * Working time: when a case is due, how much of it lies between two moments, when the next begins.
 *
 * Pure. Opening hours are read in the workflow's time zone, so that a change to summer time moves nothing. An opening
 * belongs to the day on which it begins: one over midnight ends the day after, and on a public holiday of the region
 * (definition/calendar/holidays.ts) none begins.
 */
import { DateTime } from "luxon";
import { PilotageError } from "../../contract/errors.ts";
import { isHoliday } from "../../definition/calendar/holidays.ts";

/** A workflow's `calendar`. */
export interface WorkingCalendar {
  /** Whose public holidays count, e.g. "DE-BY". */
  region: string;
  hours: string;
  zone: string;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONGEST_LOOK = 400;
const MINUTE = 60_000;
const DAY = 1440;

interface Opening {
  /** 1 is Monday. */
  days: Set<number>;
  from: number;
  /** Over 1,440 when it ends on the day after. */
  to: number;
}

/** `receivedAt` in milliseconds; `workingHours` may be broken, e.g. 0.5. Hours that never open fall back to the clock. */
export function dueAt(receivedAt: number, workingHours: number, calendar: WorkingCalendar): number {
  let left = workingHours * 60 * MINUTE;
  for (const { start, end } of openTimes(receivedAt, calendar)) {
    if (end - start >= left) return start + left;
    left -= end - start;
  }
  return receivedAt + workingHours * 60 * MINUTE;
}

/** The working time between two moments, in milliseconds; 0 when the second is not the later one. */
export function workingTimeBetween(from: number, to: number, calendar: WorkingCalendar): number {
  let sum = 0;
  for (const { start, end } of openTimes(from, calendar, to)) {
    if (start >= to) break;
    sum += Math.min(end, to) - start;
  }
  return sum;
}

/** The moment itself when it is working time, else when that next begins; undefined where it never does. */
export function nextOpening(at: number, calendar: WorkingCalendar): number | undefined {
  for (const { start } of openTimes(at, calendar)) return start;
  return undefined;
}

/**
 * The working times from a moment on, in order and apart. They end at `until`, or after more than a year: hours that
 * a calendar opens at all it opens within one.
 */
function* openTimes(
  from: number,
  { region, hours, zone }: WorkingCalendar,
  until?: number,
): Generator<{ start: number; end: number }> {
  const openings = readHours(hours);
  // What began the evening before may still be open.
  let day = DateTime.fromMillis(from, { zone }).startOf("day").minus({ days: 1 });
  let counted = from;
  for (let look = 0; until === undefined ? look < LONGEST_LOOK : day.toMillis() < until; look++) {
    if (!isHoliday(region, day.toISODate() ?? "")) {
      for (const opening of openings) {
        if (!opening.days.has(day.weekday)) continue;
        // Where openings overlap, an hour counts once.
        const start = Math.max(at(day, opening.from), counted);
        const end = at(day, opening.to);
        if (end <= start) continue;
        yield { start, end };
        counted = end;
      }
    }
    day = day.plus({ days: 1 });
  }
}

/** "Mon-Fri 08:00-17:00, Sat 22:00-06:00" as openings in minutes of the day, earliest first. */
export function readHours(text: string): Opening[] {
  return text
    .split(",")
    .map((part) => {
      const match = /^\s*(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)\s*$/.exec(part);
      const first = DAYS.indexOf(match?.[1] ?? "");
      const last = match?.[2] === undefined ? first : DAYS.indexOf(match[2]);
      if (!match || first < 0 || last < 0)
        throw new PilotageError("definition_invalid", `The opening hours "${part.trim()}" cannot be read.`, {
          hint: "Write them like Mon-Fri 08:00-17:00.",
        });
      const count = ((last - first + 7) % 7) + 1;
      const days = new Set(Array.from({ length: count }, (_, i) => ((first + i) % 7) + 1));
      const from = Number(match[3]) * 60 + Number(match[4]);
      const to = Number(match[5]) * 60 + Number(match[6]);
      return { days, from, to: to < from ? to + DAY : to };
    })
    .sort((a, b) => a.from - b.from);
}

function at(day: DateTime, minutes: number): number {
  const date = day.plus({ days: Math.floor(minutes / DAY) });
  const left = minutes % DAY;
  return date.set({ hour: Math.floor(left / 60), minute: left % 60 }).toMillis();
}
