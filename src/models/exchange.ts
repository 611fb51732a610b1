/**
 * One question over HTTP/1.1 and its whole reply: connections to one provider, kept for the next question.
 *
 * For replies that are read whole; streams go through undici (upstream.ts). It knows one request at a time on a
 * connection and nothing else, which makes it cost a third of a client that can do everything: on the path of a call that
 * is passed on, nothing else costs as much (decision 0018). Where connections may lead is the connector's word
 * (platform/egress.ts); reading a reply is in http-reply.ts; time is kept by whoever asks. Never retries.
 */
import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import { stopwatch } from "../platform/clock.ts";
import { BrokenReply, ReplyReader, type WireReply } from "./http-reply.ts";

/** Asked once: with the reply, or with why there is none. */
export type Answered = (error: Error | undefined, reply: WireReply | undefined) => void;

export interface Exchange {
  /** Sends the question. What is returned breaks it off: its connection is closed, and nobody is told. */
  post(headers: Readonly<Record<string, string>>, body: string, answered: Answered): () => void;
  /** Resolves when the questions under way have ended and every connection is closed. */
  close(): Promise<void>;
}

/** For how long an idle connection is kept where the other side says nothing, and so much sooner than it says. */
const KEPT_MS = 4_000;
const LONGEST_KEPT_MS = 600_000;
const SOONER_MS = 2_000;
const LOOK_MS = 1_000;

interface Line {
  socket: Socket;
  /** The question under way; undefined: idle. */
  asked: { reader: ReplyReader; answered: Answered } | undefined;
  idleUntil: number;
}

export function openExchange(options: {
  url: URL;
  connect: buildConnector.connector;
  maxReplyBytes: number;
}): Exchange {
  const { url, connect, maxReplyBytes } = options;
  const place = {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    host: url.host,
    protocol: url.protocol,
    port: url.port,
  };
  const elapsed = stopwatch();
  /** The one that was used last is used next, so that those that are too many grow old. */
  const idle: Line[] = [];
  const lines = new Set<Line>();
  let underWay = 0;
  let closing: (() => void) | undefined;
  let looking: NodeJS.Timeout | undefined;
  const headOf = headsOf(url);

  function drop(line: Line): void {
    lines.delete(line);
    const at = idle.indexOf(line);
    if (at >= 0) idle.splice(at, 1);
    line.socket.destroy();
  }

  function leave(): void {
    underWay--;
    if (underWay === 0) closing?.();
  }

  /** Ends the question of this line, once. */
  function end(line: Line, error: Error | undefined, reply: WireReply | undefined): void {
    const { asked } = line;
    if (asked === undefined) {
      if (lines.has(line)) drop(line);
      return;
    }
    line.asked = undefined;
    const { reusable, keptMs } = asked.reader;
    const kept = keptMs === undefined ? KEPT_MS : Math.min(LONGEST_KEPT_MS, keptMs - SOONER_MS);
    if (reply !== undefined && reusable && kept > 0 && closing === undefined && !line.socket.destroyed) {
      line.idleUntil = elapsed() + kept;
      idle.push(line);
      looking ??= setInterval(dropOld, LOOK_MS).unref();
    } else drop(line);
    asked.answered(error, reply);
    leave();
  }

  function dropOld(): void {
    const now = elapsed();
    for (const line of idle.filter(({ idleUntil }) => idleUntil <= now)) drop(line);
    if (lines.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }

  function idleLine(): Line | undefined {
    for (let line = idle.pop(); line !== undefined; line = idle.pop()) {
      if (line.idleUntil > elapsed() && line.socket.writable) return line;
      drop(line);
    }
    return undefined;
  }

  /** Undefined: the other side closed. A reply that breaks ends the question and its connection. */
  function read(line: Line, bytes: Buffer | undefined): void {
    const reader = line.asked?.reader;
    if (reader === undefined) return drop(line);
    let reply: WireReply | undefined;
    try {
      reply = bytes === undefined ? reader.closed() : reader.push(bytes);
    } catch (error) {
      return end(line, error as Error, undefined);
    }
    if (reply !== undefined) end(line, undefined, reply);
  }

  function lineOver(socket: Socket): Line {
    const line: Line = { socket, asked: undefined, idleUntil: 0 };
    lines.add(line);
    socket
      .on("data", (bytes: Buffer) => read(line, bytes))
      .on("end", () => read(line, undefined))
      .on("error", (error) => end(line, error, undefined))
      .on("close", () => end(line, new BrokenReply("CONNECTION_CLOSED"), undefined));
    return line;
  }

  return {
    post(headers, body, answered) {
      const head = headOf(headers);
      underWay++;
      let left = false;
      let stop = () => {};
      const ask = (line: Line) => {
        line.asked = { reader: new ReplyReader(maxReplyBytes), answered };
        stop = () => {
          if (line.asked?.answered !== answered) return;
          line.asked = undefined;
          drop(line);
          leave();
        };
        send(line.socket, head, body);
      };
      const known = idleLine();
      if (known) ask(known);
      else {
        let socket: Socket | undefined;
        stop = () => {
          if (left) return;
          left = true;
          socket?.destroy();
          leave();
        };
        socket = connect(place, (error, made) => {
          if (left) return void made?.destroy();
          if (error === null) return ask(lineOver(made));
          left = true;
          answered(error, undefined);
          leave();
        }) as unknown as Socket | undefined;
      }
      return () => stop();
    },
    close: () =>
      new Promise((resolve) => {
        closing = () => {
          clearInterval(looking);
          for (const line of lines) drop(line);
          resolve();
        };
        while (idle.length > 0) drop(idle.at(-1)!);
        if (underWay === 0) closing();
      }),
  };
}

/** The head of a question but for its length. */
interface Head {
  text: string;
  /** Nothing but letters of ASCII, which are the same bytes in every encoding. */
  plain: boolean;
}

/** Head and body in one message where that can be, so that one call of the system sends both. */
function send(socket: Socket, { text, plain }: Head, body: string): void {
  const whole = `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  if (plain) {
    socket.write(whole + body, "utf8");
    return;
  }
  socket.cork();
  socket.write(whole, "latin1");
  socket.write(body, "utf8");
  socket.uncork();
}

// oxlint-disable-next-line no-control-regex -- everything of ASCII
const PLAIN = /^[\0-\x7f]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A header that cannot be sent; told before anything is. */
export class BadHeader extends Error {
  override readonly name = "BadHeader";
  readonly code = "ERR_INVALID_CHAR";
}

/** The same headers are written once. */
function headsOf(url: URL): (headers: Readonly<Record<string, string>>) => Head {
  let last: { headers: Readonly<Record<string, string>>; head: Head } | undefined;
  return (headers) => {
    if (last?.headers === headers) return last.head;
    let text = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`;
    for (const [name, value] of Object.entries(headers)) {
      if (!NAME.test(name) || !VALUE.test(value)) throw new BadHeader(name);
      text += `${name}: ${value}\r\n`;
    }
    last = { headers, head: { text, plain: PLAIN.test(text) } };
    return last.head;
  };
}
