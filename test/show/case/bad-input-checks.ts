/**
 * What must hold at every door beside the stated result: the raw record is kept, content is kept as it came, nothing is
 * overwritten, every error says what happened under a request id. Thrown when it does not hold.
 */
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../../../src/contract/json.ts";
import type { Sample } from "./bad-input-samples.ts";
import { WORKFLOW, type Doors } from "./bad-input-workflow.ts";

export function takenResult(status: string, dropped: string[]): string {
  return dropped.length > 0 ? `${status}, dropped` : status;
}

export function errorResult(status: number, text: string): string {
  const { error } = JSON.parse(text) as { error: { code: string; message: string; requestId?: string } };
  must(
    error.requestId?.startsWith("req_") === true && error.message.length > 10,
    "an error says what happened, under a request id",
  );
  must(!/\bat .*\.ts:\d|node_modules/.test(text), "no stack trace leaves the program");
  const reason = detailsOf(text)["reason"];
  return `${status} ${error.code}${typeof reason === "string" ? `, ${reason}` : ""}`;
}

export function detailsOf(text: string): JsonObject {
  const { details } = (JSON.parse(text) as { error: { details?: unknown } }).error;
  return isJsonObject(details) ? details : {};
}

/** The healthy case before the bad one still holds what it held. */
export async function keptAsItWas(doors: Doors, id: string): Promise<void> {
  await holds(doors, id, { id, text: "fine" });
}

export async function keeps(doors: Doors, id: string, { keeps: wanted }: Sample): Promise<void> {
  if (wanted) await holds(doors, id, wanted);
}

async function holds({ client }: Doors, externalId: string, wanted: JsonObject): Promise<void> {
  const { cases } = await client.listCases({ params: { workflow: WORKFLOW }, query: { externalId } });
  must(cases.length === 1, `there is one case ${externalId}`);
  const { content } = await client.getCase({ params: { case: cases[0]!.id }, query: { content: "true" } });
  must(isDeepStrictEqual(content?.input, wanted), `the case ${externalId} holds what was sent`);
}

const MOST_KEPT = 1024 * 1024;

/** Quarantine holds the record as it came; one over a megabyte with its start. */
export async function rawIsKept({ client }: Doors, id: string, sent: string): Promise<void> {
  const { raw } = await client.getQuarantined({ params: { id } });
  const same = sent.length > MOST_KEPT ? raw.startsWith(sent.slice(0, 1_000)) : raw === sent;
  must(same, `quarantine keeps the record as it came (${raw.slice(0, 100)})`);
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Expected that ${what}.`);
}
