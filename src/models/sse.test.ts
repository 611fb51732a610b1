/** The cutting of a stream into events: by the standard, and the same wherever the network cuts its bytes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SseEvent, SseProblem, sseReader } from "./sse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** All events of a stream that comes in these pieces. */
function read(pieces: Uint8Array[], longest?: number): SseEvent[] {
  const reader = longest === undefined ? sseReader() : sseReader(longest);
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const readText = (text: string) => read([bytes(text)]);

function cutAt(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => whole.subarray(from, places[i] ?? whole.length));
}

describe("events", () => {
  test("are their lines of data, without the blank after the colon", () => {
    expect(readText('data: {"a":1}\n\ndata:two\n\ndata:  three\n\n')).toStrictEqual([
      { data: '{"a":1}' },
      { data: "two" },
      { data: " three" },
    ]);
  });

  test("may have several lines and a name", () => {
    expect(readText("event: delta\ndata: one\ndata: two\n\ndata\n\n")).toStrictEqual([
      { data: "one\ntwo", event: "delta" },
      { data: "" },
    ]);
  });

  test("are nothing where only comments, other fields and names come", () => {
    expect(readText(": keep alive\n\nid: 7\nretry: 10\n\nevent: ping\n\n\n\nnonsense\n\n")).toStrictEqual([]);
  });

  test("end their lines in three ways", () => {
    const ends = ["\n", "\r\n", "\r"];
    for (const end of ends)
      expect(readText(`data: a${end}data: b${end}${end}data: c${end}${end}`)).toStrictEqual([
        { data: "a\nb" },
        { data: "c" },
      ]);
  });

  test("may begin with a mark of the byte order", () => {
    expect(readText("\ufeffdata: a\n\n")).toStrictEqual([{ data: "a" }]);
  });

  test("at the end of a stream count without their empty line, and are marked without their line's end", () => {
    expect(readText("data: a\n\ndata: [DONE]\n")).toStrictEqual([{ data: "a" }, { data: "[DONE]" }]);
    expect(readText('data: {"cut":')).toStrictEqual([{ data: '{"cut":', unfinished: true }]);
    expect(readText("data: a\nda")).toStrictEqual([{ data: "a", unfinished: true }]);
  });

  test("that end in the middle of a character hold what came before it, as unfinished", () => {
    const whole = bytes("data: caf\u00e9");
    expect(read([whole.subarray(0, whole.length - 1)])).toStrictEqual([{ data: "caf", unfinished: true }]);
  });

  test("are the same wherever the stream is cut, inside line ends and characters too", () => {
    const field = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => `data: ${text}`),
      fc.constantFrom(
        'data: {"a":"\u00e9\u{1d54c}\u4e2d"}',
        "data",
        ": comment",
        "event: x",
        "id: 1",
        "",
        "",
      ),
    );
    const end = fc.constantFrom("\n", "\r\n", "\r");
    const stream = fc.array(fc.tuple(field, end)).map((lines) => lines.flat().join(""));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (text, cuts) => {
        const whole = bytes(text);
        expect(read(cutAt(whole, cuts))).toStrictEqual(read([whole]));
        expect(read([...whole].map((byte) => Uint8Array.of(byte)))).toStrictEqual(read([whole]));
      }),
      { numRuns: 500 },
    );
  });

  test("come back as they were written, whatever they hold", () => {
    const data = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
    fc.assert(
      fc.property(fc.array(fc.array(data, { minLength: 1 })), fc.array(fc.nat()), (events, cuts) => {
        const text = events.map((lines) => `${lines.map((line) => `data: ${line}\n`).join("")}\n`).join("");
        expect(read(cutAt(bytes(text), cuts))).toStrictEqual(
          events.map((lines) => ({ data: lines.join("\n").toWellFormed() })),
        );
      }),
    );
  });
});

describe("a stream that is none", () => {
  test("of bytes that are not UTF-8 is a problem", () => {
    expect(() => read([bytes("data: "), Uint8Array.of(0xff, 0xfe), bytes("\n\n")])).toThrow(SseProblem);
  });

  test("with an event that never ends is a problem, in one line or in many", () => {
    const long = bytes("x".repeat(600));
    expect(() => read([bytes("data: "), long, long], 1_000)).toThrow(SseProblem);
    const line = bytes(`data: ${"x".repeat(90)}\n`);
    expect(() =>
      read(
        Array.from({ length: 20 }, () => line),
        1_000,
      ),
    ).toThrow(SseProblem);
    const whole = bytes(`data: ${"x".repeat(90)}\n\n`);
    expect(
      read(
        Array.from({ length: 50 }, () => whole),
        1_000,
      ),
    ).toHaveLength(50);
  });
});
