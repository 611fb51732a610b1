/**
 * How a public holiday is written down: its name, its day as a rule over the years, and where it is kept.
 *
 * Pure. Days are counted in UTC from 1 January 1970, so that neither a clock nor a time zone matters. The tables of the
 * countries are beside this file, the look-up is in holidays.ts.
 */

export interface HolidayName {
  de: string;
  en: string;
}

/**
 * "MM-DD" each year, "YYYY-MM-DD" once, a number as days from Easter Sunday, or a rule that gives the day's number,
 * undefined in a year without it.
 */
export type HolidayDay = string | number | ((year: number) => number | undefined);

export interface HolidayRule {
  name: HolidayName;
  on: HolidayDay;
  /** The parts of the country that keep it, with the country's own code where the country as a whole counts it; all when left out. */
  where?: string;
  /** The parts that do not, when nearly all do. */
  except?: string;
}

export const SUNDAY = 0;
export const MONDAY = 1;
export const WEDNESDAY = 3;
export const THURSDAY = 4;

const DAY = 86_400_000;

/** The number of a day; months from 1. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY;
}

export function isoDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** 0 is Sunday; 1 January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7;
}

/** The first such weekday on or after a day. */
export function onOrAfter(weekday: number, day: number): number {
  return day + ((weekday - weekdayOf(day) + 7) % 7);
}

/**
 * Easter Sunday in the Gregorian calendar: the Sunday after the ecclesiastical full moon on or after 21 March.
 *
 * Golden number, epact with its solar and lunar corrections, then the next Sunday (Knuth, The Art of Computer
 * Programming 1, 1.3.2, exercise 14, after Clavius).
 */
export function easterSunday(year: number): number {
  const golden = (year % 19) + 1;
  const century = Math.floor(year / 100) + 1;
  const leftOut = Math.floor((3 * century) / 4) - 12;
  const moon = Math.floor((8 * century + 5) / 25) - 5;
  const sunday = Math.floor((5 * year) / 4) - leftOut - 10;
  let epact = (((11 * golden + 20 + moon - leftOut) % 30) + 30) % 30;
  if ((epact === 25 && golden > 11) || epact === 24) epact++;
  let full = 44 - epact;
  if (full < 21) full += 30;
  return dayNumber(year, 3, full + 7 - ((sunday + full) % 7));
}

/** The day of a holiday in a year, if it has one. */
export function dayOf(on: HolidayDay, year: number): number | undefined {
  if (typeof on === "number") return easterSunday(year) + on;
  if (typeof on === "function") return on(year);
  const [day = 0, month = 0, only = year] = on.split("-").map(Number).reverse();
  return only === year ? dayNumber(year, month, day) : undefined;
}
