/**
 * Public holidays by region, as `calendar.region` of a workflow names it: "DE", "DE-BY", "AT-9", "CH-ZH".
 *
 * Pure, known for Germany, Austria and Switzerland; elsewhere no day is a holiday. Rules hold as they stand since 2024,
 * for whole days only. The tables are in germany.ts, austria.ts and switzerland.ts. Due times use it (cases/intake/due.ts).
 */
import { AUSTRIA, AUSTRIAN_STATES } from "./austria.ts";
import { GERMAN_STATES, GERMANY } from "./germany.ts";
import type { HolidayName, HolidayRule } from "./rule.ts";
import { dayOf, isoDay } from "./rule.ts";
import { SWISS_CANTONS, SWITZERLAND } from "./switzerland.ts";

export type { HolidayName } from "./rule.ts";

export interface Holiday {
  /** e.g. "2026-10-03". */
  date: string;
  name: HolidayName;
}

const COUNTRIES: ReadonlyMap<string, { parts: readonly string[]; rules: readonly HolidayRule[] }> = new Map([
  ["DE", { parts: GERMAN_STATES.split(" "), rules: GERMANY }],
  ["AT", { parts: AUSTRIAN_STATES.split(" "), rules: AUSTRIA }],
  ["CH", { parts: SWISS_CANTONS.split(" "), rules: SWITZERLAND }],
]);

/** Every region whose holidays are known: the three countries and their parts. */
export const REGIONS: readonly string[] = [...COUNTRIES].flatMap(([country, { parts }]) => [
  country,
  ...parts.map((part) => `${country}-${part}`),
]);

/** Whether holidays of the region's country are known, so that its part must be one of REGIONS. */
export function knowsCountryOf(region: string): boolean {
  return COUNTRIES.has(region.split("-")[0]!);
}

// A year of a region is asked for with every case; there are few of them.
const years = new Map<string, readonly Holiday[]>();
const dates = new Map<string, ReadonlySet<string>>();

/** The public holidays of a region in a year, by date; none where the region is not known. */
export function holidaysOf(region: string, year: number): readonly Holiday[] {
  if (!REGIONS.includes(region)) return [];
  const key = `${region} ${year}`;
  let found = years.get(key);
  if (!found) years.set(key, (found = computed(region, year)));
  return found;
}

/** Whether a day such as "2026-10-03" is a public holiday of a region. */
export function isHoliday(region: string, isoDate: string): boolean {
  const year = isoDate.slice(0, 4);
  const key = `${region} ${year}`;
  let days = dates.get(key);
  if (!days) {
    days = new Set(holidaysOf(region, Number(year)).map((one) => one.date));
    if (days.size === 0) return false;
    dates.set(key, days);
  }
  return days.has(isoDate);
}

function computed(region: string, year: number): readonly Holiday[] {
  const [country = "", part = country] = region.split("-");
  return COUNTRIES.get(country)!
    .rules.filter((rule) => keeps(rule, part))
    .flatMap(({ name, on }) => {
      const day = dayOf(on, year);
      return day === undefined ? [] : [{ date: isoDay(day), name }];
    })
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function keeps({ where, except }: HolidayRule, part: string): boolean {
  if (where !== undefined) return where.split(" ").includes(part);
  return except === undefined || !except.split(" ").includes(part);
}
