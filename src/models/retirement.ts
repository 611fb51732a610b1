/**
 * When a model retires: by what its provider says in `GET {baseUrl}/models`, and by what was noted by hand.
 *
 * The list is asked for beside the canary and the test of a connection. One that cannot be had, or says nothing, changes
 * nothing: it never fails what it is asked beside.
 */
import { isJsonObject } from "../contract/json.ts";
import { isoTime } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import { endpointOf, openUpstream } from "./upstream.ts";

/** A day as 2027-06-30. */
export type Day = string;

const PATIENCE_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
const DAY = 86_400_000;

/** The models of a list of them that have an end, by name. Whatever is no list, and no day, is passed over. */
export function shutdownDatesIn(body: unknown): Map<string, Day> {
  const found = new Map<string, Day>();
  const list = isJsonObject(body) ? body["data"] : undefined;
  if (!Array.isArray(list)) return found;
  for (const one of list) {
    if (!isJsonObject(one)) continue;
    const { id, shutdown_date: date } = one;
    const day = dayFrom(date);
    if (typeof id === "string" && day !== undefined) found.set(id, day);
  }
  return found;
}

/** A date, a moment, or seconds since 1970; in this century. */
function dayFrom(value: unknown): Day | undefined {
  const moment =
    typeof value === "number"
      ? value * 1_000
      : typeof value === "string" && /^\d{4}-\d{2}-\d{2}(?:[T ].*)?$/.test(value)
        ? Date.parse(value)
        : NaN;
  if (!(moment >= Date.UTC(2000, 0) && moment < Date.UTC(2100, 0))) return undefined;
  // A day that does not exist is read as one of the next month.
  const day = isoTime(moment).slice(0, 10);
  return typeof value === "string" && !value.includes("T") && !value.includes(" ") && day !== value
    ? undefined
    : day;
}

/** The end of one model by its provider; undefined when it says none or does not answer. */
export async function askShutdownDate(
  connection: { baseUrl: string; apiKey?: string; headers?: Record<string, string> },
  model: string,
  { egress, signal }: { egress: Egress; signal: AbortSignal },
): Promise<Day | undefined> {
  const upstream = openUpstream({
    url: endpointOf(connection.baseUrl, "/models"),
    describe: "the list of models",
    timeoutMs: PATIENCE_MS,
    maxReplyBytes: MOST_BYTES,
    egress,
  });
  const { apiKey, headers = {} } = connection;
  try {
    const own = { ...headers, ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) };
    const reply = await upstream.get(own, { signal });
    return reply.status === 200 ? shutdownDatesIn(JSON.parse(reply.text)).get(model) : undefined;
  } catch {
    return undefined;
  } finally {
    await upstream.close();
  }
}

/** The first of these days; null: none is known. */
export function firstDay(...days: (Day | null | undefined)[]): Day | null {
  return days.filter((day) => day !== null && day !== undefined).toSorted()[0] ?? null;
}

/** Whole days until then, by UTC; negative when it is over. */
export function daysUntil(day: Day, now: number): number {
  return Math.round((Date.parse(day) - Math.floor(now / DAY) * DAY) / DAY);
}
