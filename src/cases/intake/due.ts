/**
 * When a case is due: so many working hours after it came, by the opening hours of the workflow.
 *
 * Pure. Hours are read in the workflow's time zone, so that a change to summer time moves nothing. Public holidays are
 * not known here: a case that comes before one is due earlier than it need be.
 */
import { DateTime } from "luxon";
import { PilotageError } from "../../contract/errors.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONGEST_LOOK = 400;

interface Opening {
  /** 1 is Monday. */
  days: Set<number>;
  from: number;
  to: number;
}

/** `receivedAt` in milliseconds; `workingHours` may be broken, e.g. 0.5. */
export function dueAt(
  receivedAt: number,
  workingHours: number,
  calendar: { hours: string; zone: string },
): number {
  const openings = readHours(calendar.hours);
  let left = workingHours * 60;
  let day = DateTime.fromMillis(receivedAt, { zone: calendar.zone }).startOf("day");
  for (let look = 0; look < LONGEST_LOOK; look++, day = day.plus({ days: 1 })) {
    let counted = receivedAt;
    for (const opening of openings) {
      if (!opening.days.has(day.weekday)) continue;
      // Where openings overlap, an hour counts once.
      const start = Math.max(at(day, opening.from).toMillis(), counted);
      const end = at(day, opening.to).toMillis();
      const open = (end - start) / 60_000;
      if (open <= 0) continue;
      if (open >= left) return start + left * 60_000;
      left -= open;
      counted = end;
    }
  }
  return receivedAt + workingHours * 3_600_000;
}

/** "Mon-Fri 08:00-17:00, Sat 09:00-12:00" as openings in minutes of the day, earliest first. */
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
      return {
        days,
        from: Number(match[3]) * 60 + Number(match[4]),
        to: Number(match[5]) * 60 + Number(match[6]),
      };
    })
    .sort((a, b) => a.from - b.from);
}

function at(day: DateTime, minutes: number): DateTime {
  return minutes >= 1440
    ? day.plus({ days: 1 })
    : day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
}
