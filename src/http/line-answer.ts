/** Answers that are JSON Lines: written as the work goes on; what fails in the middle is the last line. */
import { finished, type Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { PilotageError } from "../contract/errors.ts";

/** Answers whether the reader keeps up. */
export type WriteLine = (line: object) => boolean;

/**
 * Never rejects: the head is sent, so a failure is told as a line with its code. What `work` did not read of a body that is
 * still `sending` is thrown away before the answer ends, so that its sender gets to the answer and may go on with the connection.
 */
export async function answerLines(
  reply: FastifyReply,
  stopped: AbortSignal,
  work: (write: WriteLine) => Promise<void>,
  sending?: Readable,
): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const write: WriteLine = (line) => reply.raw.write(`${JSON.stringify(line)}\n`);
  try {
    await work(write);
  } catch (error) {
    write(failureLine(error));
  }
  if (sending && !stopped.aborted)
    await new Promise<void>((resolve) => finished(sending.resume(), () => resolve()));
  reply.raw.end(() => {
    if (stopped.aborted) reply.raw.socket?.end();
  });
}

/** Lines that are told one by one; all are counted. */
const MOST_TOLD = 10_000;

export function boundedTeller(write: WriteLine): (line: { line: number } | { read: number }) => void {
  let told = 0;
  return (line) => {
    if (!("line" in line) || ++told <= MOST_TOLD) write(line);
  };
}

function failureLine(error: unknown): { code: string; message: string } {
  const known = error instanceof PilotageError;
  return {
    code: known ? error.code : "internal",
    message: known
      ? `${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`
      : "It broke off, and nothing of it was kept; do it again.",
  };
}
