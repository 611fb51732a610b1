/**
 * Events of the log for people: read from the lines of an export, or from the list of one case.
 *
 * A day is read as it would be exported, so what is shown is what can be verified. Pure but for the reading itself.
 */
import { exportLine } from "../../../contract/audit.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../contract/json.ts";
import { api, call } from "../../data/api.ts";

export interface ShownEvent {
  seq: number | null;
  kind: string;
  at: string;
  /** Empty for the program itself. */
  person: string;
  caseId: string | null;
  data: JsonObject;
  body: string;
}

export interface EventPage {
  /** The newest first. */
  events: ShownEvent[];
  /** There were more than are kept. */
  cut: boolean;
}

/** Of one day, at most; the newest ones are kept. */
export const MOST_EVENTS = 5_000;

export function readEvent(body: string, seq: number | null): ShownEvent | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(body) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { actor, data } = value;
  const text = (of: JsonValue | undefined) => (typeof of === "string" ? of : "");
  const who = isJsonObject(actor) ? actor : {};
  const about = value["caseId"] ?? value["case"];
  return {
    seq,
    kind: text(value["kind"]),
    at: text(value["at"]),
    person: who["kind"] === "system" ? "" : text(who["name"]),
    caseId: typeof about === "string" ? about : null,
    data: isJsonObject(data) ? data : {},
    body,
  };
}

export async function eventsOfDay(
  day: { from: string; to: string },
  workflow: string | undefined,
): Promise<EventPage> {
  const events: ShownEvent[] = [];
  let seen = 0;
  for await (const line of api.auditLines({ ...day, ...(workflow === undefined ? {} : { workflow }) })) {
    if (line === "") continue;
    const parsed = exportLine.safeParse(JSON.parse(line));
    if (!parsed.success) continue;
    if ("error" in parsed.data) throw new Error(parsed.data.error.message);
    if (!("body" in parsed.data) || parsed.data.body === null) continue;
    const event = readEvent(parsed.data.body, parsed.data.seq);
    if (event === undefined || event.at < day.from || event.at >= day.to) continue;
    seen++;
    events.push(event);
    if (events.length > 2 * MOST_EVENTS) events.splice(0, MOST_EVENTS);
  }
  return { events: events.slice(-MOST_EVENTS).reverse(), cut: seen > MOST_EVENTS };
}

export async function eventsOfCase(caseId: string): Promise<EventPage> {
  const { events, next } = await call("listAuditEvents", { params: { case: caseId }, query: { limit: 500 } });
  return {
    events: events.flatMap(({ body, seq }) => readEvent(body, seq) ?? []).reverse(),
    cut: next !== null,
  };
}

/** What an event is about, in few words: ids, states, counts. */
export function aboutOf(data: JsonObject): string {
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
