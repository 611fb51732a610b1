/** What calls are sought by, as it stands in the address, and as the program is asked. Pure. */
import type { Input } from "../../data/api.ts";
import { startOfDayIn } from "../../locales/zone-clock.ts";

/** `by` is who answers: `workflow:triage`, `connection:mistral-eu`. */
export const FILTERS = ["by", "outcome", "key", "model", "from", "to"] as const;
export type Filter = (typeof FILTERS)[number];
export type Wanted = Partial<Record<Filter, string>>;
export type CallQuery = NonNullable<Input<"listModelCalls">["query"]>;

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
const BY = /^(workflow|connection):(.+)$/;

/** As the program is asked: days as they are in this zone, the last one whole. What cannot be read is left out. */
export function queryOf(wanted: Wanted, zone: string): CallQuery {
  const { from, to, by, ...rest } = wanted;
  const [, kind, name] = BY.exec(by ?? "") ?? [];
  return {
    ...rest,
    ...(kind === undefined || name === undefined ? {} : { [kind]: name }),
    ...(from !== undefined && DAY.test(from) ? { from: dayFrom(zone, from, 0) } : {}),
    ...(to !== undefined && DAY.test(to) ? { to: dayFrom(zone, to, 1) } : {}),
  } as CallQuery;
}

function dayFrom(zone: string, day: string, later: number): string {
  return new Date(startOfDayIn(zone, day, later)).toISOString();
}
