/** A reply is the same however its bytes are cut into pieces, and what can be read in two ways is no reply. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrokenReply, ReplyReader, type WireReply } from "./http-reply.ts";

const MOST = 1_000;

/** What a reader makes of the pieces; `closed`: the other side closes behind them. */
function read(pieces: readonly (string | Buffer)[], closed = false) {
  const reader = new ReplyReader(MOST);
  let reply: WireReply | undefined;
  for (const piece of pieces) reply = reader.push(Buffer.from(piece as string, "latin1")) ?? reply;
  if (closed) reply ??= reader.closed();
  return { reply, reusable: reader.reusable, keptMs: reader.keptMs };
}

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BrokenReply) return error.code;
    throw error;
  }
  return "none";
}

const head = (...lines: string[]) => `${["HTTP/1.1 200 OK", ...lines].join("\r\n")}\r\n\r\n`;
const LENGTH = `${head("Content-Type: application/json", "Content-Length: 11", "Keep-Alive: timeout=5, max=9")}{"a":"b\r\n"}`;
const CHUNKS = `${head("transfer-encoding: chunked")}5\r\n{"a":\r\n6;more=1\r\n"b\r\n"}\r\n0\r\nX-Trailer: 1\r\n\r\n`;
const EARLY = `HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n${LENGTH}`;

describe("a reply", () => {
  test.each([
    ["with a length", LENGTH],
    ["in chunks", CHUNKS],
    ["after an early hint", EARLY],
  ])("%s is read alike from whatever pieces it comes in", (_, text) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
        const { reply, reusable } = read(pieces);
        expect(reply?.status).toBe(200);
        expect(reply?.body.toString("latin1")).toBe('{"a":"b\r\n"}');
        expect(reusable).toBe(true);
      }),
    );
  });

  test("says for how long its connection is kept, and its headers by lower-case names, the first of two", () => {
    const { reply, keptMs } = read([LENGTH]);
    expect(keptMs).toBe(5_000);
    expect(reply!.headers["content-type"]).toBe("application/json");
    const twice = read([head("X-A: one", "x-a: two", "Retry-After:  3 ", "Content-Length: 0")]);
    expect(twice.reply!.headers).toMatchObject({ "x-a": "one", "retry-after": "3" });
    expect(twice.keptMs).toBeUndefined();
  });

  test("without a length ends with its connection, which is not used again", () => {
    expect(read([head(), "some", " words"]).reply).toBeUndefined();
    const { reply, reusable } = read([head(), "some", " words"], true);
    expect(reply!.body.toString()).toBe("some words");
    expect(reusable).toBe(false);
  });

  test.each([
    ["says so", head("Connection: close", "Content-Length: 0")],
    ["is of HTTP/1.0", head("Content-Length: 0").replace("1.1", "1.0")],
    ["has bytes behind its end", `${head("Content-Length: 1")}ab`],
    ["has bytes behind its last chunk", `${CHUNKS}HTTP/1.1`],
  ])("whose connection is not used again: it %s", (_, text) => {
    const { reply, reusable } = read([text]);
    expect(reply?.status).toBe(200);
    expect(reusable).toBe(false);
  });

  test("without a body has none, whatever its head says", () => {
    const none = "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n";
    expect(read([none]).reply).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  });
});

describe("no reply", () => {
  test.each<[string, string]>([
    ["a greeting of another protocol", "220 mail.example.com ESMTP\r\n"],
    ["a web page without a head", "<html></html>"],
    ["another version", "HTTP/2 200\r\n\r\n"],
    ["a change of the protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 99 Hm\r\n\r\n"],
    ["bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 0\n\n"],
    ["a bare line feed among the headers", head("a: b\nc: d", "content-length: 0")],
    ["a folded header", head("a: b", " folded", "content-length: 0")],
    ["a name with a blank", head("content-length : 0")],
    ["no colon", head("content-length")],
    ["a NUL", head("a: \0", "content-length: 0")],
    ["two lengths", head("content-length: 1", "Content-Length: 2")],
    ["a negative length", head("content-length: -1")],
    ["a length in words", head("content-length: 1, 1")],
    ["a length beside chunks", head("content-length: 5", "transfer-encoding: chunked")],
    ["another coding", head("transfer-encoding: gzip, chunked")],
    ["two codings", head("transfer-encoding: chunked", "transfer-encoding: chunked")],
    ["a size of a chunk that is no number", `${head("transfer-encoding: chunked")}x\r\n`],
    ["a chunk that is longer than it says", `${head("transfer-encoding: chunked")}1\r\nab\r\n`],
    ["a chunk with a bare line feed", `${head("transfer-encoding: chunked")}1\n`],
  ])("%s", (_, text) => {
    expect(faultOf(() => read([text]))).toBe("NOT_HTTP");
  });

  test("what is larger than it may be, as soon as that is seen", () => {
    expect(faultOf(() => read([head(`content-length: ${MOST + 1}`)]))).toBe("REPLY_TOO_LARGE");
    const chunk = `400\r\n${"x".repeat(1_024)}\r\n`;
    expect(faultOf(() => read([head("transfer-encoding: chunked"), chunk]))).toBe("REPLY_TOO_LARGE");
    expect(faultOf(() => read([head(), "x".repeat(MOST + 1)]))).toBe("REPLY_TOO_LARGE");
    expect(faultOf(() => read([`HTTP/1.1 200 OK\r\na: ${"x".repeat(20_000)}`]))).toBe("HEAD_TOO_LARGE");
    const trailers = `0\r\n${`a: ${"x".repeat(900)}\r\n`.repeat(20)}`;
    expect(faultOf(() => read([head("transfer-encoding: chunked"), trailers]))).toBe("HEAD_TOO_LARGE");
  });

  test("one whose connection closes before its end", () => {
    for (const text of ["", "HTTP/1.1 200", LENGTH.slice(0, -1), CHUNKS.slice(0, -2)])
      expect(faultOf(() => read([text], true))).toBe("CONNECTION_CLOSED");
  });

  test("nothing else is thrown, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.boolean(), (pieces, headed) => {
        const all = headed ? [head("transfer-encoding: chunked"), ...pieces.map(Buffer.from)] : pieces;
        expect(["none", "NOT_HTTP", "REPLY_TOO_LARGE", "HEAD_TOO_LARGE", "CONNECTION_CLOSED"]).toContain(
          faultOf(() => read(all as Buffer[], true)),
        );
      }),
    );
  });
});
