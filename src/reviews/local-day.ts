/** Calendar days where the people of a workflow are. Pure. */
import { DateTime } from "luxon";

const at = (milliseconds: number, zone: string) => DateTime.fromMillis(milliseconds, { zone });

/** The day of a moment, such as 2026-01-05. */
export function dayIn(milliseconds: number, zone: string): string {
  return at(milliseconds, zone).toISODate()!;
}

/** The moment at which the day of this moment began. */
export function startOfDay(milliseconds: number, zone: string): number {
  return at(milliseconds, zone).startOf("day").toMillis();
}

/** The moment at which the day after this moment's begins: 23 or 25 hours after its start where clocks change. */
export function endOfDay(milliseconds: number, zone: string): number {
  return at(milliseconds, zone).startOf("day").plus({ days: 1 }).toMillis();
}

/** The moment at which the day began that lies so many whole days before that of this moment. */
export function startOfDayBefore(milliseconds: number, days: number, zone: string): number {
  return at(milliseconds, zone).startOf("day").minus({ days }).toMillis();
}

/** The Monday, at its beginning, of the week that lies so many whole weeks before that of this moment. */
export function mondayOf(milliseconds: number, weeksBefore: number, zone: string): number {
  return at(milliseconds, zone).startOf("week").minus({ weeks: weeksBefore }).toMillis();
}
