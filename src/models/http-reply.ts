/**
 * Reads one reply of HTTP/1.1 off the wire, piece by piece, as a whole.
 *
 * Pure. Strict where leniency would let two readers see two replies in the same bytes: bare line feeds, folded headers, a
 * length beside chunks, two lengths, other codings. The connections it is used on are in exchange.ts.
 */

export interface WireReply {
  status: number;
  /** By lower-case name; of a name that comes twice the first. */
  readonly headers: Record<string, string | undefined>;
  body: Buffer;
}

export type ReplyFault =
  /** Not HTTP, or HTTP that can be read in more than one way. */
  "NOT_HTTP" | "HEAD_TOO_LARGE" | "REPLY_TOO_LARGE" | "CONNECTION_CLOSED";

/** A reply that cannot be had; `code` says why. */
export class BrokenReply extends Error {
  override readonly name = "BrokenReply";
  readonly code: ReplyFault;

  constructor(code: ReplyFault) {
    super(code);
    this.code = code;
  }
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
  text: string;
  framing: Framing;
  persistent: boolean;
  keptMs: number | undefined;
}

export class ReplyReader {
  readonly #mostBytes: number;
  /** What came and is not read yet. */
  #held: Buffer | undefined;
  #head: Head | undefined;
  readonly #parts: Buffer[] = [];
  #size = 0;
  #chunks: Chunks | undefined;
  #reusable = false;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Takes what came. The reply once it is whole; throws a `BrokenReply`. */
  push(came: Buffer): WireReply | undefined {
    const bytes = this.#held === undefined ? came : Buffer.concat([this.#held, came]);
    this.#held = undefined;
    const at = this.#head === undefined ? this.#readHead(bytes) : 0;
    if (at === undefined) return undefined;
    const { framing } = this.#head!;
    if (framing.kind === "length") {
      const left = framing.bytes - this.#size;
      if (framing.bytes > this.#mostBytes) throw new BrokenReply("REPLY_TOO_LARGE");
      const part = bytes.subarray(at, at + left);
      this.#keep(part);
      return part.length === left ? this.#whole(bytes.length - at - left) : undefined;
    }
    if (framing.kind === "rest") {
      this.#keep(bytes.subarray(at));
      return undefined;
    }
    const end = this.#readChunks(
      (this.#chunks ??= { left: undefined, trailer: false, trailerSize: 0 }),
      bytes,
      at,
    );
    return end === undefined ? undefined : this.#whole(bytes.length - end);
  }

  /** The other side closed: the reply, where that is its end; throws else. */
  closed(): WireReply {
    if (this.#head?.framing.kind !== "rest") throw new BrokenReply("CONNECTION_CLOSED");
    return this.#whole(0);
  }

  /** Whether another question may follow on this connection; known with the reply. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** For how long the other side keeps the connection; milliseconds, where it says so. */
  get keptMs(): number | undefined {
    return this.#head?.keptMs;
  }

  /** The place behind the head of the reply; undefined when there is more of it to come. */
  #readHead(bytes: Buffer): number | undefined {
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(HEAD_END, at);
      if ((end < 0 ? bytes.length : end) - at > MOST_HEAD) throw new BrokenReply("HEAD_TOO_LARGE");
      if (end < 0) {
        mayBecomeHead(bytes, at);
        this.#held = bytes.subarray(at);
        return undefined;
      }
      const head = headOf(bytes.toString("latin1", at, end + 2));
      at = end + HEAD_END.length;
      // What comes before the reply itself, as 103 does, is passed over.
      if (head.status < 200) continue;
      this.#head = head;
      return at;
    }
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#mostBytes) throw new BrokenReply("REPLY_TOO_LARGE");
    if (part.length > 0) this.#parts.push(part);
  }

  #whole(rest: number): WireReply {
    const head = this.#head!;
    // Bytes behind the end belong to no question that was asked.
    this.#reusable = head.persistent && rest === 0;
    return new Whole(head, this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
  }

  /** Reads on in the chunks from here; the place behind them when they are over, else undefined with the rest held. */
  #readChunks(chunks: Chunks, bytes: Buffer, from: number): number | undefined {
    let at = from;
    for (;;) {
      if (chunks.left !== undefined && chunks.left > 0) {
        const part = bytes.subarray(at, at + chunks.left);
        this.#keep(part);
        chunks.left -= part.length;
        at += part.length;
        if (chunks.left > 0) return undefined;
      }
      const end = bytes.indexOf(LINE_FEED, at);
      if (end < 0) {
        if (bytes.length - at > (chunks.trailer ? MOST_HEAD : MOST_SIZE_LINE))
          throw new BrokenReply("NOT_HTTP");
        this.#held = at < bytes.length ? bytes.subarray(at) : undefined;
        return undefined;
      }
      if (end === at || bytes[end - 1] !== CARRIAGE_RETURN) throw new BrokenReply("NOT_HTTP");
      const line = bytes.toString("latin1", at, end - 1);
      at = end + 1;
      if (chunks.trailer) {
        if (line === "") return at;
        chunks.trailerSize += line.length;
        if (chunks.trailerSize > MOST_HEAD) throw new BrokenReply("HEAD_TOO_LARGE");
      } else if (chunks.left === 0) {
        // Behind the bytes of a chunk.
        if (line !== "") throw new BrokenReply("NOT_HTTP");
        chunks.left = undefined;
      } else {
        const digits = /^([\da-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
        if (digits === undefined) throw new BrokenReply("NOT_HTTP");
        const size = Number.parseInt(digits, 16);
        if (size === 0) chunks.trailer = true;
        else chunks.left = size;
      }
    }
  }
}

/** Where in a body of chunks the reader stands. */
interface Chunks {
  /** Of the chunk that is being read; undefined: its size comes next. */
  left: number | undefined;
  trailer: boolean;
  trailerSize: number;
}

class Whole implements WireReply {
  readonly status: number;
  readonly body: Buffer;
  readonly #head: string;
  #headers: WireReply["headers"] | undefined;

  constructor({ status, text }: Head, body: Buffer) {
    this.status = status;
    this.body = body;
    this.#head = text;
  }

  /** Made when somebody asks: of an answer that is good nobody does. */
  get headers(): WireReply["headers"] {
    return (this.#headers ??= headersIn(this.#head));
  }
}

/** Says early that this is no HTTP, instead of waiting for more of it. */
function mayBecomeHead(bytes: Buffer, at: number): void {
  const start = bytes.toString("latin1", at, at + 7);
  if (!"HTTP/1.".startsWith(start)) throw new BrokenReply("NOT_HTTP");
  const feed = bytes.indexOf(LINE_FEED, at);
  if (feed >= 0 && bytes[feed - 1] !== CARRIAGE_RETURN) throw new BrokenReply("NOT_HTTP");
}

/** `text`: with the end of its last line. */
function headOf(text: string): Head {
  if (!HEAD.test(text)) throw new BrokenReply("NOT_HTTP");
  const status = Number(text.slice(9, 12));
  // Nobody asked to change the protocol.
  if (status < 100 || status === 101) throw new BrokenReply("NOT_HTTP");
  const lower = text.toLowerCase();
  const framing = framingOf(
    status,
    valuesOf(lower, "\r\ncontent-length:"),
    valuesOf(lower, "\r\ntransfer-encoding:"),
  );
  const closes = valuesOf(lower, "\r\nconnection:").some((value) => CLOSE.test(value));
  const [kept] = valuesOf(lower, "\r\nkeep-alive:");
  const keptSeconds = kept === undefined ? undefined : TIMEOUT.exec(kept)?.[1];
  return {
    status,
    text,
    framing,
    persistent: text[7] === "1" && !closes && framing.kind !== "rest",
    keptMs: keptSeconds === undefined ? undefined : Number(keptSeconds) * 1000,
  };
}

/** A line that says HTTP/1, and lines of a name and a value; nothing folded, nothing bare. */
// oxlint-disable-next-line no-control-regex -- that is what is kept out
const HEAD = /^HTTP\/1\.[01] \d{3}(?: [^\0\r\n]*)?\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0\r\n]*\r\n)*$/;
const CLOSE = /(?:^|,)\s*close\s*(?:,|$)/;
const TIMEOUT = /(?:^|,)\s*timeout\s*=\s*(\d{1,6})/;
const NONE: readonly string[] = [];

function valuesOf(head: string, name: string): readonly string[] {
  let at = head.indexOf(name);
  if (at < 0) return NONE;
  const found: string[] = [];
  for (; at >= 0; at = head.indexOf(name, at + name.length))
    found.push(head.slice(at + name.length, head.indexOf("\r\n", at + name.length)).trim());
  return found;
}

function headersIn(text: string): WireReply["headers"] {
  const headers = Object.create(null) as WireReply["headers"];
  for (const line of text.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim();
  }
  return headers;
}

function framingOf(status: number, lengths: readonly string[], codings: readonly string[]): Framing {
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0] !== "chunked" || lengths.length > 0)
      throw new BrokenReply("NOT_HTTP");
    return { kind: "chunks" };
  }
  const [length] = lengths;
  if (length !== undefined && (!/^\d{1,15}$/.test(length) || lengths.some((one) => one !== length)))
    throw new BrokenReply("NOT_HTTP");
  if (status < 200 || status === 204 || status === 304) return { kind: "length", bytes: 0 };
  return length === undefined ? { kind: "rest" } : { kind: "length", bytes: Number(length) };
}
