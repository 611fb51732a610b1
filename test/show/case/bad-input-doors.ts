/**
 * Sends the samples of the bad input table through the doors of a running program, and says what became of them in the
 * table's own words. Records in files are in bad-input-records.ts, whole files and folders in bad-input-files.ts.
 */
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import {
  detailsOf,
  errorResult,
  keeps,
  keptAsItWas,
  must,
  rawIsKept,
  takenResult,
} from "./bad-input-checks.ts";
import { fileOf, fileResult, type SentFile } from "./bad-input-records.ts";
import { healthy, REQUESTS, sampleOf, type Sample, type Sending } from "./bad-input-samples.ts";
import type { Expectation } from "./bad-input-table.ts";
import { folderOf, WORKFLOW, type Doors } from "./bad-input-workflow.ts";

/** Result of each row at its door, in the order of the expectations given. Sections "Records" and "Requests and keys". */
export async function sendRows(doors: Doors, expectations: Expectation[], name = "row"): Promise<string[]> {
  const sending = expectations.map((one, i) => ({
    ...one,
    id: `${name}-${i}-${one.door}`,
    before: `${name}-${i}-${one.door}-before`,
  }));
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
    const headers = {
      "content-type": type,
      "content-length": Buffer.byteLength(body),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
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
    which === undefined
      ? doors.key
      : which === "none"
        ? undefined
        : which === "wrong"
          ? `${doors.key.slice(0, -4)}AAAA`
          : which === "expired"
            ? await keys.expired()
            : keys[which];
  const own =
    door === "http"
      ? { path: casesOf(workflow), type: "application/json" }
      : { path: `${casesOf(workflow)}/batch`, type: "application/x-ndjson" };
  const { status, text } = await post(doors, {
    ...own,
    ...(type === undefined ? {} : { type }),
    body: `${healthy(id).http}\n`,
    key,
  });
  return status < 400 ? String(status) : errorResult(status, text);
}

async function httpResult(doors: Doors, sample: Sample, { id, before }: Sending): Promise<string> {
  const to = { path: casesOf(WORKFLOW), type: "application/json", key: doors.key };
  must(
    (await post(doors, { ...to, body: healthy(before).http })).status === 201,
    "the healthy case before it is taken",
  );
  const { status, text } = await post(doors, { ...to, body: sample.http! });
  await keptAsItWas(doors, before);
  if (status >= 400) {
    const quarantineId = detailsOf(text)["quarantineId"];
    if (
      typeof quarantineId === "string" &&
      typeof sample.http === "string" &&
      !sample.http.includes('"attachments"')
    )
      await rawIsKept(doors, quarantineId, sample.http);
    return errorResult(status, text);
  }
  const receipt = JSON.parse(text) as { status: string; caseId: string; dropped: string[] };
  if (receipt.status === "admitted") await keeps(doors, id, sample);
  return takenResult(receipt.status, receipt.dropped);
}

async function batchResult(doors: Doors, sample: Sample, { id, before }: Sending): Promise<string> {
  const lines: (string | Buffer)[] = [
    healthy(before).ndjson,
    sample.ndjson ?? "",
    healthy(`${id}-after`).ndjson,
  ];
  const body =
    sample.whole?.ndjson ?? Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]));
  const { status, text } = await post(doors, {
    path: `${casesOf(WORKFLOW)}/batch`,
    type: "application/x-ndjson",
    key: doors.key,
    body,
  });
  must(status === 200, "a batch is answered line by line");
  const answers = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as BatchAnswer);
  const { summary } = answers.pop()!;
  must(
    summary !== undefined &&
      summary.read ===
        summary.admitted + summary.quarantined + summary.duplicate + summary.skipped + summary.failed,
    "the counts add up",
  );
  if (sample.whole) return answers.length === 0 ? "nothing read" : lineResult(answers[0]!);
  must(
    answers.length === 3 && answers[0]!.status === "admitted" && answers[2]!.status === "admitted",
    "the lines before and after are taken",
  );
  await keptAsItWas(doors, before);
  const [, own] = answers as [BatchAnswer, BatchAnswer, BatchAnswer];
  if (own.status === "quarantined" && typeof sample.ndjson === "string")
    await rawIsKept(doors, own.quarantineId!, sample.ndjson);
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
