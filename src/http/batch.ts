/**
 * A batch over HTTP: JSON Lines in, one answer per line out, and a last line that counts.
 *
 * Lines are read as they come, with a bounded number in flight; a bad line harms only itself. Every line that is
 * answered as admitted or quarantined is stored. The answers keep the order of the lines.
 */
import type { FastifyReply } from "fastify";
import type { Readable } from "node:stream";
import { readRecords, type FeedRecord } from "../connectors/feed/records.ts";
import type { Incoming, Intake } from "../cases/intake/intake.ts";
import { PilotageError } from "../contract/errors.ts";
import { INPUT_LIMITS } from "../contract/quarantine.ts";
import { submitBody } from "../contract/schemas.ts";
import type { Actor } from "../contract/scopes.ts";
import type { JsonValue } from "../contract/json.ts";
import { valueAt } from "../definition/path.ts";

const IN_FLIGHT = 1_000;
const BYTES_IN_FLIGHT = 16 * 1024 * 1024;
const MOST_LINES = 100_000;

interface Batch {
  intake: Intake;
  stopped: AbortSignal;
  workflow: string;
  /** The input field that holds the id, where the workflow names one. */
  key: string | undefined;
  actor: Actor;
  stream: Readable;
  reply: FastifyReply;
}

type Line = Record<string, JsonValue>;

export async function answerBatch(batch: Batch): Promise<void> {
  const { stream, reply } = batch;
  const counts = { read: 0, admitted: 0, duplicate: 0, quarantined: 0, skipped: 0, failed: 0 };
  reply.hijack();
  reply.raw.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  // The answers wait in memory when the client does not read while it sends; the number of lines bounds them.
  const write = (line: Line) => reply.raw.write(`${JSON.stringify(line)}\n`);
  const waiting: { answer: Promise<Line>; bytes: number }[] = [];
  let bytes = 0;
  const latest = new Map<string, Promise<Line>>();
  /** Of two lines with one id the first counts, so the second waits for it. */
  const answerInTurn = (record: FeedRecord): Promise<Line> => {
    const incoming = incomingOf(batch, record);
    const id = idOf(batch, incoming);
    const earlier = id === undefined ? undefined : latest.get(id);
    const answer =
      earlier === undefined
        ? answerLine(batch.intake, record.line, incoming)
        : earlier.then(() => answerLine(batch.intake, record.line, incoming));
    if (id !== undefined) {
      latest.set(id, answer);
      void answer.finally(() => {
        if (latest.get(id) === answer) latest.delete(id);
      });
    }
    return answer;
  };
  const settleFirst = async () => {
    const first = waiting.shift()!;
    const line = await first.answer;
    bytes -= first.bytes;
    counts[
      line["status"] === "error" ? "failed" : (line["status"] as "admitted" | "duplicate" | "quarantined")
    ]++;
    write(line);
  };
  try {
    for await (const record of readRecords(untilStopped(stream, batch.stopped), {
      format: "jsonl",
      encoding: "utf-8",
    })) {
      counts.read++;
      if (record.blank) {
        counts.skipped++;
        continue;
      }
      if (counts.read > MOST_LINES) {
        write({
          line: record.line,
          status: "error",
          code: "too_large",
          message: `A batch holds at most ${MOST_LINES} lines; this line and those after it were not read. Send them in another batch.`,
        });
        counts.failed++;
        break;
      }
      const weight = weightOf(record);
      bytes += weight;
      waiting.push({ answer: answerInTurn(record), bytes: weight });
      while (waiting.length >= IN_FLIGHT || (bytes > BYTES_IN_FLIGHT && waiting.length > 0))
        await settleFirst();
    }
  } catch (error) {
    const message =
      error instanceof PilotageError
        ? error.message
        : "The batch broke off; lines without an answer were not taken. Send them again.";
    write({ status: "error", code: error instanceof PilotageError ? error.code : "bad_request", message });
  }
  // What was not read is thrown away, so that a client that is sending still gets to the answer.
  stream.resume();
  while (waiting.length > 0) await settleFirst();
  write({ summary: counts });
  reply.raw.end(() => {
    // A sender that goes on all the same would keep the process from stopping.
    if (batch.stopped.aborted) reply.raw.socket?.end();
  });
}

/** About how much memory a line takes: its text is cut in the record, so a long one counts as the longest. */
function weightOf(record: FeedRecord): number {
  return record.raw.length < INPUT_LIMITS.fieldBytes ? record.raw.length : INPUT_LIMITS.caseBytes;
}

/**
 * The chunks of a body; breaks off with an answer when the process stops, also while the sender is silent.
 *
 * Without destroying the stream: the request's end is the answer's end, too.
 */
export async function* untilStopped(stream: Readable, stopped: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = stream.iterator({ destroyOnReturn: false });
  const stop = Promise.withResolvers<"stop">();
  const onAbort = () => stop.resolve("stop");
  stopped.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      const next = stopped.aborted
        ? "stop"
        : await Promise.race([chunks.next() as Promise<IteratorResult<Buffer, undefined>>, stop.promise]);
      if (next === "stop")
        throw new PilotageError(
          "intake_stopped",
          "Pilotage is stopping; what was not answered was not taken. Send it again when it is back.",
        );
      if (next.done) return;
      yield next.value;
    }
  } finally {
    stopped.removeEventListener("abort", onAbort);
  }
}

/** Never rejects: what goes wrong with a line is the line's answer. */
async function answerLine(intake: Intake, line: number, incoming: Incoming): Promise<Line> {
  try {
    const receipt = await retried(() => intake.receive(incoming));
    if (receipt.kind === "quarantined")
      return {
        line,
        status: "quarantined",
        quarantineId: receipt.quarantineId,
        reason: receipt.reason,
        message: receipt.message,
      };
    return {
      line,
      status: receipt.kind,
      caseId: receipt.caseId,
      externalId: receipt.externalId,
      dropped: receipt.dropped,
    };
  } catch (error) {
    const known = error instanceof PilotageError;
    return {
      line,
      status: "error",
      code: known ? error.code : "internal",
      message: known ? error.message : "A fault in Pilotage kept this line from being taken; send it again.",
    };
  }
}

function idOf({ key }: Batch, { source, externalId, input }: Incoming): string | undefined {
  const id = externalId ?? (key === undefined ? undefined : valueAt(input, key));
  return id === undefined || id === null ? undefined : JSON.stringify([source, id]);
}

/** A line that meets a full queue waits here: the batch itself is what pushes back. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PilotageError) || error.code !== "too_many_requests") throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A line has the form of a single case; one that does not goes to quarantine as it came. */
function incomingOf({ workflow, actor }: Batch, record: FeedRecord): Incoming {
  const common = {
    workflow,
    door: "batch" as const,
    attachments: [],
    raw: record.raw,
    place: `line ${record.line}`,
    textOnly: false,
    drill: false,
    actor,
  };
  if (record.problem)
    return { ...common, source: "api", externalId: undefined, input: undefined, problem: record.problem };
  const parsed = submitBody.safeParse(record.value);
  if (!parsed.success) {
    const message = parsed.error.issues
      .map((issue) => `${issue.path.join(".") || "line"}: ${issue.message}`)
      .join("; ");
    return {
      ...common,
      source: "api",
      externalId: undefined,
      input: undefined,
      problem: { reason: "schema_mismatch", message: `The line is not a case: ${message}` },
    };
  }
  const { source, externalId, input, attachments, drill } = parsed.data;
  return {
    ...common,
    source,
    externalId,
    input: input as JsonValue,
    drill,
    attachments: attachments.map((one) => ({
      name: one.name,
      mediaType: one.mediaType,
      bytes: Buffer.from(one.base64, "base64"),
    })),
  };
}
