/**
 * Messages of HTTP/1.1 over a bare socket, as client and provider of the gateway bench need them and no more.
 *
 * Both share the machine with what is measured, so they take as little of it as they can: a client that costs as much as a
 * gateway would measure itself. Believes what it is sent: the gateways are those of the bench.
 */
import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** Calls `whole` with each message that came whole, head and body; one follows the other, as HTTP has it without pipelining. */
export function eachMessage(socket: Socket, whole: (message: Buffer) => void): void {
  let held: Buffer | undefined;
  socket.on("data", (came: Buffer) => {
    const bytes = held === undefined ? came : Buffer.concat([held, came]);
    if (isWhole(bytes)) {
      held = undefined;
      whole(bytes);
    } else held = bytes;
  });
}

function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, end))?.[1];
  if (length !== undefined) return bytes.length >= end + HEAD_END.length + Number(length);
  return bytes.subarray(-LAST_CHUNK.length).equals(CHUNK_END);
}

const CHUNK_END = Buffer.from(LAST_CHUNK);

/** Head and body as one run of bytes. */
export function messageOf(first: string, headers: Record<string, string>, body: string): Buffer {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([first, ...lines, "", body].join("\r\n"));
}
