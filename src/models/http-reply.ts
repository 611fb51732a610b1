/**
 * Reads one reply of HTTP/1.1 off the wire, piece by piece, as a whole.
 *
 * Pure. Strict where leniency would let two readers see two replies in the same bytes: bare line feeds, folded headers, a
 * length beside chunks, two lengths, other codings. The connections it is used on are in exchange.ts.
 */

export interface WireReply {
  status: number;
  /** By lower-case name; of a name that comes twice the first. */
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export type ReplyFault =
  /** Not HTTP, or HTTP that can be read in more than one way. */
  | "NOT_HTTP"
  | "HEAD_TOO_LARGE"
  | "REPLY_TOO_LARGE"
  | "CONNECTION_CLOSED";

/** A reply that cannot be had; `code` says why. */
export class BrokenReply extends Error {
  override readonly name = "BrokenReply";
  readonly code: ReplyFault;

  constructor(code: ReplyFault) {
    super(code);
    this.code = code;
  }
}

export interface ReplyReader {
  /** Takes what came. The reply once it is whole; throws a `BrokenReply`. */
  push(bytes: Buffer): WireReply | undefined;
  /** The other side closed: the reply, where that is its end; throws else. */
  closed(): WireReply;
  /** Whether another question may follow on this connection; known with the reply. */
  readonly reusable: boolean;
  /** For how long the other side keeps the connection; milliseconds, where it says so. */
  readonly keptMs: number | undefined;
}

const MOST_HEAD = 16 * 1024;
const MOST_SIZE_LINE = 1024;
const HEAD_END = "\r\n\r\n";
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

type Framing =
  | { kind: "length"; bytes: number }
  | { kind: "chunks" }
  /** To the end of the connection. */
  | { kind: "rest" };

interface Head {
  status: number;
  headers: WireReply["headers"];
  framing: Framing;
  persistent: boolean;
}

export function replyReader(mostBytes: number): ReplyReader {
  /** What came and is not read yet. */
  let held: Buffer | undefined;
  let head: Head | undefined;
  let parts: Buffer[] = [];
  let size = 0;
  /** Of the chunk that is being read; undefined: its size comes next. */
  let chunkLeft: number | undefined;
  let inTrailer = false;
  let trailerSize = 0;
  let reusable = false;

  function keep(part: Buffer): void {
    size += part.length;
    if (size > mostBytes) throw new BrokenReply("REPLY_TOO_LARGE");
    if (part.length > 0) parts.push(part);
  }

  function whole(rest: number): WireReply {
    const { status, headers, persistent } = head!;
    // Bytes behind the end belong to no question that was asked.
    reusable = persistent && rest === 0;
    return { status, headers, body: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
  }

  /** Reads on in the chunks from here; the place behind them when they are over, else undefined with the rest held. */
  function readChunks(bytes: Buffer, from: number): number | undefined {
    let at = from;
    for (;;) {
      if (chunkLeft !== undefined && chunkLeft > 0) {
        const part = bytes.subarray(at, at + chunkLeft);
        keep(part);
        chunkLeft -= part.length;
        at += part.length;
        if (chunkLeft > 0) return undefined;
      }
      const end = bytes.indexOf(LINE_FEED, at);
      if (end < 0) {
        if (bytes.length - at > (inTrailer ? MOST_HEAD : MOST_SIZE_LINE)) throw new BrokenReply("NOT_HTTP");
        held = at < bytes.length ? bytes.subarray(at) : undefined;
        return undefined;
      }
      if (end === at || bytes[end - 1] !== CARRIAGE_RETURN) throw new BrokenReply("NOT_HTTP");
      const line = bytes.toString("latin1", at, end - 1);
      at = end + 1;
      if (inTrailer) {
        if (line === "") return at;
        trailerSize += line.length;
        if (trailerSize > MOST_HEAD) throw new BrokenReply("HEAD_TOO_LARGE");
      } else if (chunkLeft === 0) {
        // Behind the bytes of a chunk.
        if (line !== "") throw new BrokenReply("NOT_HTTP");
        chunkLeft = undefined;
      } else {
        const digits = /^([\da-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
        if (digits === undefined) throw new BrokenReply("NOT_HTTP");
        const bytesOfChunk = Number.parseInt(digits, 16);
        if (bytesOfChunk === 0) inTrailer = true;
        else chunkLeft = bytesOfChunk;
      }
    }
  }

  return {
    push(came) {
      const bytes = held === undefined ? came : Buffer.concat([held, came]);
      held = undefined;
      let at = 0;
      while (head === undefined) {
        const end = bytes.indexOf(HEAD_END, at);
        if (end < 0 ? bytes.length - at > MOST_HEAD : end - at > MOST_HEAD)
          throw new BrokenReply("HEAD_TOO_LARGE");
        if (end < 0) {
          mayBecomeHead(bytes, at);
          held = bytes.subarray(at);
          return undefined;
        }
        const read = headOf(bytes.toString("latin1", at, end));
        at = end + HEAD_END.length;
        // What comes before the reply itself, as 103 does.
        if (read.status >= 200) head = read;
      }
      const { framing } = head;
      if (framing.kind === "length") {
        const left = framing.bytes - size;
        if (framing.bytes > mostBytes) throw new BrokenReply("REPLY_TOO_LARGE");
        const part = bytes.subarray(at, at + left);
        keep(part);
        return part.length === left ? whole(bytes.length - at - left) : undefined;
      }
      if (framing.kind === "rest") {
        keep(bytes.subarray(at));
        return undefined;
      }
      const end = readChunks(bytes, at);
      return end === undefined ? undefined : whole(bytes.length - end);
    },
    closed() {
      if (head?.framing.kind !== "rest") throw new BrokenReply("CONNECTION_CLOSED");
      return whole(0);
    },
    get reusable() {
      return reusable;
    },
    get keptMs() {
      const seconds = keptSeconds(head?.headers["keep-alive"]);
      return seconds === undefined ? undefined : seconds * 1000;
    },
  };
}

/** Says early that this is no HTTP, instead of waiting for more of it. */
function mayBecomeHead(bytes: Buffer, at: number): void {
  const start = bytes.toString("latin1", at, at + 7);
  if (!"HTTP/1.".startsWith(start)) throw new BrokenReply("NOT_HTTP");
  const feed = bytes.indexOf(LINE_FEED, at);
  if (feed >= 0 && bytes[feed - 1] !== CARRIAGE_RETURN) throw new BrokenReply("NOT_HTTP");
}

function headOf(text: string): Head {
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?(?:\r\n|$)/.exec(text) ?? [];
  const status = Number(code);
  // Nobody asked to change the protocol.
  if (minor === undefined || status < 100 || status === 101) throw new BrokenReply("NOT_HTTP");
  const headers: WireReply["headers"] = Object.create(null) as WireReply["headers"];
  let lengths: string | undefined;
  let coding: string | undefined;
  let connection = "";
  for (let at = text.indexOf("\r\n"); at >= 0;) {
    const next = text.indexOf("\r\n", at + 2);
    const line = next < 0 ? text.slice(at + 2) : text.slice(at + 2, next);
    at = next;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (colon < 1 || !NAME.test(name) || FORBIDDEN.test(value)) throw new BrokenReply("NOT_HTTP");
    if (name === "content-length") {
      if (lengths !== undefined && lengths !== value) throw new BrokenReply("NOT_HTTP");
      lengths = value;
    } else if (name === "transfer-encoding")
      coding = coding === undefined ? value.toLowerCase() : `${coding}, ${value.toLowerCase()}`;
    else if (name === "connection") connection += `,${value.toLowerCase()}`;
    headers[name] ??= value;
  }
  const framing = framingOf(status, lengths, coding);
  const closes = /(?:^|,)\s*close\s*(?:,|$)/.test(connection);
  return { status, headers, framing, persistent: minor === "1" && !closes && framing.kind !== "rest" };
}

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const FORBIDDEN = /[\0\r\n]/;

function framingOf(status: number, lengths: string | undefined, coding: string | undefined): Framing {
  if (coding !== undefined) {
    if (coding !== "chunked" || lengths !== undefined) throw new BrokenReply("NOT_HTTP");
    return { kind: "chunks" };
  }
  if (lengths !== undefined && !/^\d{1,15}$/.test(lengths)) throw new BrokenReply("NOT_HTTP");
  if (status < 200 || status === 204 || status === 304) return { kind: "length", bytes: 0 };
  return lengths === undefined ? { kind: "rest" } : { kind: "length", bytes: Number(lengths) };
}

function keptSeconds(header: string | undefined): number | undefined {
  const digits = header === undefined ? undefined : /(?:^|,)\s*timeout\s*=\s*(\d{1,6})/i.exec(header)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
