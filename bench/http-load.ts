/**
 * The sender of the intake bench, in a process of its own: single cases over many connections, or one batch.
 *
 * Started with ORIGIN, the path CASES, and KEY. Each order is one round: it sends its tickets and answers with the
 * seconds from the first byte to the last answer. A case that is not taken ends it with an error.
 */
import { Pool } from "undici";
import { CONNECTIONS, type Order } from "./http-orders.ts";
import { ticketText, timed } from "./measure.ts";

const { ORIGIN: origin = "", CASES: path = "", KEY: key = "" } = process.env;
const headers = (type: string) => ({ authorization: `Bearer ${key}`, "content-type": type });
const pool = new Pool(origin, { connections: CONNECTIONS });

const bodyOf = (i: number) =>
  JSON.stringify({ externalId: `h-${i}`, input: { text: ticketText(i), amount: i } });

process.on("message", (message: Order | { stop: true }) => {
  if ("stop" in message) process.disconnect();
  else void round(message).then((seconds) => process.send!({ seconds }));
});
// Also when whoever started it was killed.
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true });

function round({ kind, from, count }: Order): Promise<number> {
  return kind === "single" ? single(from, count) : batch(from, count);
}

function single(from: number, count: number): Promise<number> {
  return timed(count, CONNECTIONS, async (i) => {
    const { statusCode, body } = await pool.request({
      path,
      method: "POST",
      headers: headers("application/json"),
      body: bodyOf(from + i),
    });
    const answer = await body.text();
    if (statusCode !== 201 && statusCode !== 200)
      throw new Error(`A case was answered with ${statusCode} ${answer}`);
  });
}

async function batch(from: number, count: number): Promise<number> {
  const lines = Array.from({ length: count }, (_, i) => `${bodyOf(from + i)}\n`);
  const bytes = Buffer.from(lines.join(""));
  const started = performance.now();
  const { statusCode, body } = await pool.request({
    path: `${path}/batch`,
    method: "POST",
    headers: headers("application/x-ndjson"),
    body: bytes,
  });
  const answer = await body.text();
  const seconds = (performance.now() - started) / 1000;
  const last = JSON.parse(answer.trimEnd().split("\n").at(-1)!) as { summary?: { admitted: number } };
  if (statusCode !== 200 || last.summary?.admitted !== count)
    throw new Error(`A batch was answered with ${statusCode} ${JSON.stringify(last)}`);
  return seconds;
}
