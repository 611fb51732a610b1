/**
 * Bytes of a feed file to text, with memory flat and no character lost in silence.
 *
 * The encoding is found in this order: byte order mark, the zero bytes of UTF-16, the encoding that the feed names,
 * strict UTF-8, and else Windows-1252. A file that is ASCII up to some point is decided at its first other byte.
 * Bytes that are not valid become U+FFFD and their line is reported, so that a genuine U+FFFD in a file stays innocent.
 */
import { isAscii, isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { PilotageError } from "../../contract/errors.ts";

export interface DecodedChunk {
  text: string;
  /** Lines in `text` with bytes that the encoding does not know: start and end in characters, in order. */
  bad: { start: number; end: number }[];
}

export interface DecodeOptions {
  /** The encoding that the feed's owner has set, any name that iconv-lite knows. A byte order mark still wins. */
  encoding?: string | undefined;
  /** What a file is when it is neither marked nor UTF-8. Default `windows-1252`. */
  otherwise?: string | undefined;
}

type Decode = (bytes: Buffer, end: boolean) => DecodedChunk;

const LF = 10;
const CR = 13;
const NONE: DecodedChunk = { text: "", bad: [] };

export class Decoder {
  /** Name of the encoding in use; `ascii` until a byte decides. */
  encoding = "ascii";
  /** Whether the file itself did not say it: neither a mark nor a setting. */
  guessed = true;
  readonly #options: DecodeOptions;
  #decode: Decode | undefined;
  #head: Buffer = Buffer.alloc(0);
  #held: Buffer = Buffer.alloc(0);
  #started = false;

  /** Throws `feed_unreadable` for an encoding that nobody knows. */
  constructor(options: DecodeOptions = {}) {
    this.#options = options;
    for (const name of [options.encoding, options.otherwise]) {
      if (name !== undefined && !known(name))
        throw new PilotageError("feed_unreadable", `There is no encoding called "${name}".`, {
          hint: "Use a name such as utf-8, windows-1252, iso-8859-15, utf-16le or cp850 in the feed's settings.",
          retryable: false,
        });
    }
  }

  write(bytes: Uint8Array): DecodedChunk {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#started) return this.#next(chunk, false);
    this.#head = Buffer.concat([this.#head, chunk]);
    return this.#head.length < 4096 ? NONE : this.#start(false);
  }

  end(): DecodedChunk {
    return this.#started ? this.#next(Buffer.alloc(0), true) : this.#start(true);
  }

  /** Looks at the first bytes for a mark, for UTF-16 without one, and for the setting. */
  #start(end: boolean): DecodedChunk {
    this.#started = true;
    const head = this.#head;
    const found = markOf(head) ?? (this.#options.encoding === undefined ? utf16Without(head) : undefined);
    if (found) this.#use(found.encoding, found.mark === 0);
    else if (this.#options.encoding !== undefined) this.#use(this.#options.encoding, false);
    return this.#next(head.subarray(found?.mark ?? 0), end);
  }

  #next(bytes: Buffer, end: boolean): DecodedChunk {
    if (this.#decode) return this.#decode(bytes, end);
    const chunk = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    // One half of a sequence at the border of two chunks is no evidence: it waits for the other half.
    const hold = end ? 0 : unfinished(chunk);
    const whole = chunk.subarray(0, chunk.length - hold);
    if (isAscii(whole) && (hold > 0 || isAscii(chunk))) {
      this.#held = Buffer.from(chunk.subarray(whole.length));
      return { text: whole.toString("latin1"), bad: [] };
    }
    this.#use(looksLikeUtf8(whole) ? "utf-8" : (this.#options.otherwise ?? "windows-1252"), true);
    return this.#decode!(chunk, end);
  }

  #use(encoding: string, guessed: boolean): void {
    this.encoding = encoding.toLowerCase();
    this.guessed = guessed;
    this.#decode = /^utf-?8$/i.test(encoding) ? utf8Decoder() : legacyDecoder(encoding);
  }
}

function known(encoding: string): boolean {
  return iconv.encodingExists(encoding);
}

function markOf(head: Buffer): { encoding: string; mark: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", mark: 2 };
  return undefined;
}

/** Western text in UTF-16 has a zero in nearly every second byte; such text is also valid UTF-8, so this comes first. */
function utf16Without(head: Buffer): { encoding: string; mark: number } | undefined {
  const pairs = Math.min(head.length, 4096) >> 1;
  if (pairs < 2) return undefined;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++;
    if (head[2 * i + 1] === 0) odd++;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.05) return { encoding: "utf-16le", mark: 0 };
  if (even > pairs * 0.4 && odd < pairs * 0.05) return { encoding: "utf-16be", mark: 0 };
  return undefined;
}

/**
 * Whether the first bytes beyond ASCII are UTF-8. A few broken lines in a UTF-8 file do not turn the whole file into
 * Windows-1252: the larger number of sequences wins.
 */
function looksLikeUtf8(whole: Buffer): boolean {
  if (isUtf8(whole)) return true;
  let good = 0;
  let bad = 0;
  for (let i = 0; i < whole.length;) {
    const length = sequenceAt(whole, i);
    if (length > 1) good++;
    if (length === 0) bad++;
    i += Math.max(1, length);
  }
  return good > bad;
}

/** Length of the UTF-8 sequence that starts here, 0 when there is none. */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >> 4 === 0xe ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** How many bytes at the end of the chunk begin a UTF-8 sequence that the next chunk may finish. */
function unfinished(chunk: Buffer): number {
  for (let back = 1; back <= 3 && back <= chunk.length; back++) {
    const byte = chunk[chunk.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

function utf8Decoder(): Decode {
  let held: Buffer = Buffer.alloc(0);
  return (bytes, end) => {
    const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    const hold = end ? 0 : unfinished(all);
    held = Buffer.from(all.subarray(all.length - hold));
    const whole = all.subarray(0, all.length - hold);
    return isUtf8(whole) ? { text: whole.toString("utf8"), bad: [] } : utf8LineByLine(whole);
  };
}

/** The slow way for chunks with broken bytes: finds the lines that have them. */
function utf8LineByLine(bytes: Buffer): DecodedChunk {
  let text = "";
  const bad: DecodedChunk["bad"] = [];
  for (let from = 0; from < bytes.length;) {
    let to = from;
    while (to < bytes.length && bytes[to] !== LF && bytes[to] !== CR) to++;
    to = Math.min(to + 1, bytes.length);
    const line = bytes.subarray(from, to);
    const start = text.length;
    text += line.toString("utf8");
    if (!isUtf8(line)) bad.push({ start, end: text.length });
    from = to;
  }
  return { text, bad };
}

/** Any other encoding, by iconv-lite. Outside Unicode encodings U+FFFD can only mean a byte without a character. */
function legacyDecoder(encoding: string): Decode {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  const unicode = /^(utf|ucs)/i.test(encoding);
  return (bytes, end) => {
    const text = decoder.write(bytes) + (end ? (decoder.end() ?? "") : "");
    return { text, bad: unicode || !text.includes("\ufffd") ? [] : linesWithReplacement(text) };
  };
}

function linesWithReplacement(text: string): DecodedChunk["bad"] {
  const bad: DecodedChunk["bad"] = [];
  for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", bad.at(-1)!.end)) {
    const next = text.slice(at).search(/[\r\n]/);
    bad.push({ start: at, end: next < 0 ? text.length : at + next });
  }
  return bad;
}
