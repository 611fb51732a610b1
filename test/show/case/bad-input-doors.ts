/**
 * Sends the samples of the bad input table through the doors of a running program, and says what became of them in the
 * table's own words.
 *
 * What must hold beside the stated result is checked here and thrown when it does not: neighbours are taken, counts add
 * up, the raw record is kept, content is kept as it came, nothing is overwritten, every error carries a request id.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../../../src/contract/client.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { isJsonObject } from "../../../src/contract/json.ts";
import { until } from "../program.ts";
import type { Door, Expectation } from "./bad-input-table.ts";
import { healthy, REQUESTS, SAMPLES, type Sample } from "./bad-input-samples.ts";

export interface Doors {
  url: string;
  /** Acts as the local operator. */
  client: Client;
  key: string;
  /** The folder below which feeds lie. */
  files: string;
  /** Keys that are not as they should be. */
  keys: { expired(): Promise<string>; revoked: string; reading: string; bound: string };
}

export const WORKFLOW = "bad-input";

/** The definition that the table is run on. */
export const WORKFLOW_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  purpose: "Take what comes",
  unit: "record",
  people: { owner: "e.brandt@example.com" },
  automation: { maxErrorRate: 0.05 },
  key: "id",
  undo: 0,
  feeds: [
    { name: "lines", kind: "folder", path: "lines", format: "jsonl", encoding: "utf-8", schedule: 1_000, key: "id" },
    { name: "table", kind: "folder", path: "table", format: "csv", encoding: "utf-8", delimiter: ",", schedule: 1_000, key: "id" },
  ],
};

export const RELEASE_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  model: { connection: "none" },
  input: {
    type: "object",
    properties: { id: { type: "string" }, text: { type: "string" }, amount: { type: "number" }, channel: { enum: ["mail", "phone"] } },
    required: ["text"],
  },
  output: { type: "object", properties: { category: { enum: ["a", "b"] } }, required: ["category"] },
  policy: { text: "allow" },
  error: { equal: ["category"] },
  facets: { input: ["amount", "channel"], output: ["category"] },
  fallback: ["manual"],
};

/** Result of each row at its door, in the order of the expectations given. Sections "Records" and "Requests and keys". */
export async function sendRows(doors: Doors, expectations: Expectation[], name = "row"): Promise<string[]> {
  const sending = expectations.map((one, i) => ({ ...one, id: `${name}-${i}-${one.door}`, before: `${name}-${i}-${one.door}-before` }));
  const files = new Map<string, SentFile>();
  for (const one of sending) {
    if (one.door !== "jsonl" && one.door !== "csv") continue;
    const file = fileOf(sampleOf(one), one.door, one);
    writeFileSync(join(folderOf(doors, one.door), file.name), file.bytes);
    files.set(one.id, file);
  }
  // Rows do not know of each other; a few at a time keep large bodies from piling up.
  const results: string[] = [];
  const rest = sending.entries();
  const work = async () => {
    for (const [i, one] of rest) {
      const file = files.get(one.id);
      results[i] = file ? await fileResult(doors, file, one) : await wireResult(doors, one);
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  return results;
}

type Sending = Expectation & { id: string; before: string };

function sampleOf({ input, id, before }: Sending): Sample {
  const make = SAMPLES[input];
  if (make === undefined) throw new Error(`docs/reference/bad-input.md has the row "${input}", of which there is no sample.`);
  return make(id, before);
}

export function folderOf({ files }: Pick<Doors, "files">, door: Door): string {
  const folder = join(files, door === "jsonl" ? "lines" : "table");
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function wireResult(doors: Doors, sending: Sending): Promise<string> {
  if (sending.input in REQUESTS) return requestResult(doors, sending);
  const sample = sampleOf(sending);
  return sending.door === "http" ? httpResult(doors, sample, sending) : batchResult(doors, sample, sending);
}

interface Post {
  path: string;
  type: string;
  body: string | Buffer;
  key?: string | undefined;
}

/** An answer counts also when it comes before the whole body was sent: a body that is too large is not read to its end. */
function post({ url }: Doors, { path, type, body, key }: Post): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body), ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
    const sending = request(`${url}${path}`, { method: "POST", headers }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

const casesOf = (workflow: string) => `/api/v1/workflows/${workflow}/cases`;

async function requestResult(doors: Doors, { input, door, id }: Sending): Promise<string> {
  const { key: which, workflow = WORKFLOW, type } = REQUESTS[input]!;
  const { keys } = doors;
  const key =
    which === undefined ? doors.key : which === "none" ? undefined : which === "wrong" ? `${doors.key.slice(0, -4)}AAAA` : which === "expired" ? await keys.expired() : keys[which];
  const own = door === "http" ? { path: casesOf(workflow), type: "application/json" } : { path: `${casesOf(workflow)}/batch`, type: "application/x-ndjson" };
  const { status, text } = await post(doors, { ...own, ...(type === undefined ? {} : { type }), body: `${healthy(id).http}\n`, key });
  return status < 400 ? String(status) : errorResult(status, text);
}

async function httpResult(doors: Doors, sample: Sample, { id, before }: Sending): Promise<string> {
  const to = { path: casesOf(WORKFLOW), type: "application/json", key: doors.key };
  must((await post(doors, { ...to, body: healthy(before).http })).status === 201, "the healthy case before it is taken");
  const { status, text } = await post(doors, { ...to, body: sample.http! });
  await keptAsItWas(doors, before);
  if (status >= 400) {
    const quarantineId = detailsOf(text)["quarantineId"];
    if (typeof quarantineId === "string" && typeof sample.http === "string" && !sample.http.includes('"attachments"')) await rawIsKept(doors, quarantineId, sample.http);
    return errorResult(status, text);
  }
  const receipt = JSON.parse(text) as { status: string; caseId: string; dropped: string[] };
  if (receipt.status === "admitted") await keeps(doors, id, sample);
  return takenResult(receipt.status, receipt.dropped);
}

async function batchResult(doors: Doors, sample: Sample, { id, before }: Sending): Promise<string> {
  const lines: (string | Buffer)[] = [healthy(before).ndjson, sample.ndjson ?? "", healthy(`${id}-after`).ndjson];
  const body = sample.whole?.ndjson ?? Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]));
  const { status, text } = await post(doors, { path: `${casesOf(WORKFLOW)}/batch`, type: "application/x-ndjson", key: doors.key, body });
  must(status === 200, "a batch is answered line by line");
  const answers = text.trim().split("\n").map((line) => JSON.parse(line) as BatchAnswer);
  const { summary } = answers.pop()!;
  must(summary !== undefined && summary.read === summary.admitted + summary.quarantined + summary.duplicate + summary.skipped + summary.failed, "the counts add up");
  if (sample.whole) return answers.length === 0 ? "nothing read" : lineResult(answers[0]!);
  must(answers.length === 3 && answers[0]!.status === "admitted" && answers[2]!.status === "admitted", "the lines before and after are taken");
  await keptAsItWas(doors, before);
  const [, own] = answers as [BatchAnswer, BatchAnswer, BatchAnswer];
  if (own.status === "quarantined" && typeof sample.ndjson === "string") await rawIsKept(doors, own.quarantineId!, sample.ndjson);
  if (own.status === "admitted") await keeps(doors, id, sample);
  return lineResult(own);
}

interface BatchAnswer {
  status?: string;
  code?: string;
  reason?: string;
  quarantineId?: string;
  dropped?: string[];
  summary?: Record<"read" | "admitted" | "quarantined" | "duplicate" | "skipped" | "failed", number>;
}

function lineResult({ status, code, reason, dropped }: BatchAnswer): string {
  if (status === "quarantined") return `quarantine ${reason}`;
  return status === "error" ? `error ${code}` : takenResult(status!, dropped ?? []);
}

interface SentFile {
  name: string;
  bytes: Buffer;
  /** How many records of the file are healthy. */
  healthy: number;
  whole: boolean;
}

function fileOf(sample: Sample, door: "jsonl" | "csv", { id, before }: Sending): SentFile {
  const name = `${id}.${door}`;
  const whole = sample.whole?.[door];
  if (whole !== undefined) return { name, bytes: Buffer.from(whole), healthy: 0, whole: true };
  const own = door === "jsonl" ? sample.jsonl! : sample.csv!.row;
  const neighbour = (neighbourId: string) => (door === "jsonl" ? healthy(neighbourId).jsonl : healthy(neighbourId).csv(sample.csv!.header));
  const alone = door === "csv" && sample.csv!.alone === true;
  const lines = [...(door === "csv" ? [sample.csv!.header] : []), ...(alone ? [own] : [neighbour(before), own, neighbour(`${id}-after`)])];
  return { name, bytes: Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])), healthy: alone ? 0 : 2, whole: false };
}

async function fileResult(doors: Doors, file: SentFile, sending: Sending): Promise<string> {
  const run = await readRun(doors, file.name);
  must(run.read === run.admitted + run.quarantined + run.duplicate + run.skipped, "the counts of the run add up");
  if (file.whole) return run.problem === null ? `read ${run.read}` : /holds no record/.test(run.problem) ? "nothing read" : "file problem";
  must(run.read === file.healthy + 1 && run.admitted >= file.healthy, `the neighbours are taken (${JSON.stringify(run)})`);
  if (file.healthy > 0) await keptAsItWas(doors, sending.before);
  const kept = await quarantinedFrom(doors, file.name);
  if (kept) {
    const sample = sampleOf(sending);
    const raw = sending.door === "jsonl" ? sample.jsonl : sample.csv!.row;
    if (typeof raw === "string") await rawIsKept(doors, kept.id, raw);
    return `quarantine ${kept.reason}`;
  }
  if (run.duplicate === 1) return "duplicate";
  await keeps(doors, sending.id, sampleOf(sending));
  return takenResult("admitted", (await droppedBy(doors, run.id)).filter((field) => field !== "id"));
}

export async function readRun({ client }: Doors, file: string) {
  const look = async () => (await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 500 } })).runs.find((one) => one.file === file && one.finishedAt !== null);
  return (await until(`the feed to read ${file}`, look, (run) => run !== undefined, 60))!;
}

async function quarantinedFrom({ client }: Doors, file: string): Promise<{ id: string; reason: string } | undefined> {
  const { records } = await client.listQuarantine({ params: { workflow: WORKFLOW }, query: { limit: 500 } });
  const found = records.filter((one) => one.place?.startsWith(`${file}, `));
  must(found.length <= 1, "one bad record makes one quarantine record");
  return found[0];
}

/** Fields that a run left out, from the audit trail of its feed. */
async function droppedBy({ client }: Doors, run: string): Promise<string[]> {
  const reply = await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 500 } });
  return reply.runs.find((one) => one.id === run)?.dropped ?? [];
}

function takenResult(status: string, dropped: string[]): string {
  return dropped.length > 0 ? `${status}, dropped` : status;
}

function errorResult(status: number, text: string): string {
  const { error } = JSON.parse(text) as { error: { code: string; message: string; requestId?: string } };
  must(error.requestId?.startsWith("req_") === true && error.message.length > 10, "an error says what happened, under a request id");
  must(!/\bat .*\.ts:\d|node_modules/.test(text), "no stack trace leaves the program");
  const reason = detailsOf(text)["reason"];
  return `${status} ${error.code}${typeof reason === "string" ? `, ${reason}` : ""}`;
}

function detailsOf(text: string): JsonObject {
  const { details } = (JSON.parse(text) as { error: { details?: unknown } }).error;
  return isJsonObject(details) ? details : {};
}

/** The healthy case before the bad one still holds what it held. */
async function keptAsItWas(doors: Doors, id: string): Promise<void> {
  await holds(doors, id, { id, text: "fine" });
}

async function keeps(doors: Doors, id: string, { keeps: wanted }: Sample): Promise<void> {
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
async function rawIsKept({ client }: Doors, id: string, sent: string): Promise<void> {
  const { raw } = await client.getQuarantined({ params: { id } });
  const same = sent.length > MOST_KEPT ? raw.startsWith(sent.slice(0, 1_000)) : raw === sent;
  must(same, `quarantine keeps the record as it came (${raw.slice(0, 100)})`);
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Expected that ${what}.`);
}
