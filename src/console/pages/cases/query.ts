/** What is searched for, as it stands in the address, and as the program is asked. Pure. */
import type { Input } from "../../data/api.ts";
import { startOfDayIn } from "../../locales/zone-clock.ts";

export const FILTERS = [
  "q",
  "state",
  "verdict",
  "arm",
  "release",
  "team",
  "facet",
  "subject",
  "from",
  "to",
] as const;
export type Filter = (typeof FILTERS)[number];
export type Wanted = Partial<Record<Filter, string>>;
export type CaseQuery = NonNullable<Input<"listCases">["query"]>;

/** From the search part of the address; the router reads 4711 as a number. */
export function wantedOf(search: Record<string, unknown>): Wanted {
  return Object.fromEntries(
    FILTERS.flatMap((filter) => {
      const value = search[filter];
      const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
      return text === "" ? [] : [[filter, text]];
    }),
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a facet is written as it is asked for: its name, an equals sign, its value. */
export function isFacet(text: string): boolean {
  return /^\s*[^=\s][^=]*=/.test(text);
}

/** As the program is asked: days as they are in this zone, the workflow's, the last one whole. */
export function queryOf(wanted: Wanted, zone: string): CaseQuery {
  const { from, to, facet, ...rest } = wanted;
  return {
    ...rest,
    ...(facet !== undefined && isFacet(facet) ? { facet: facet.replace(/\s*=\s*/, "=").trim() } : {}),
    ...(from !== undefined && DAY.test(from) ? { from: dayFrom(zone, from, 0) } : {}),
    ...(to !== undefined && DAY.test(to) ? { to: dayFrom(zone, to, 1) } : {}),
  } as CaseQuery;
}

function dayFrom(zone: string, day: string, later: number): string {
  return new Date(startOfDayIn(zone, day, later)).toISOString();
}
