/** What is searched for, as it stands in the address, and as the program is asked. Pure. */
import type { Input } from "../../data/api.ts";

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

/** As the program is asked: days in the reader's own zone, the last one whole. */
export function queryOf(wanted: Wanted): CaseQuery {
  const { from, to, facet, ...rest } = wanted;
  return {
    ...rest,
    ...(facet !== undefined && facet.includes("=") ? { facet } : {}),
    ...(from !== undefined && DAY.test(from) ? { from: startOf(from, 0) } : {}),
    ...(to !== undefined && DAY.test(to) ? { to: startOf(to, 1) } : {}),
  } as CaseQuery;
}

function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
