import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines, type Line } from "./lines.ts";

async function linesOf(chunks: Uint8Array[], longest = 1_000): Promise<Line[]> {
  const stream = (async function* () {
    yield* chunks;
  })();
  const lines: Line[] = [];
  for await (const line of readLines(stream, longest)) lines.push(line);
  return lines;
}

describe("a stream as lines", () => {
  it("is the same wherever the stream is cut, also inside a character", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-zäß€😀\t]{0,8}$/u)),
        fc.array(fc.nat(200)),
        async (texts, cuts) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
          const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
          expect(await linesOf(chunks)).toEqual(texts.map((text, i) => ({ number: i + 1, text })));
        },
      ),
    );
  });

  it("takes a last line without an end, and both kinds of ends", async () => {
    expect(await linesOf([Buffer.from("a\r\nb\n\nc")])).toEqual(
      ["a", "b", "", "c"].map((text, i) => ({ number: i + 1, text })),
    );
    expect(await linesOf([])).toEqual([]);
  });

  it("tells lines that are too long or no UTF-8, and goes on", async () => {
    const lines = await linesOf([
      Buffer.from("x".repeat(600)),
      Buffer.from(`${"x".repeat(600)}\nok\n`),
      Buffer.from([0xff, 10]),
      Buffer.from("ok\n"),
    ]);
    expect(lines).toMatchObject([
      { number: 1, fault: expect.stringContaining("longer") as string },
      { text: "ok" },
      { number: 3, fault: "the line is not valid UTF-8" },
      { number: 4, text: "ok" },
    ]);
  });
});
