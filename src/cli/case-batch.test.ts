/** Batches: every line is told, whatever its number and its fault. */
import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type, type PlayedCall } from "./playing.fixture.ts";
import { CASE } from "./samples.fixture.ts";

const { playing, path, file } = stage();

describe("batches", () => {
  /** Answers each line with its own text, and counts. */
  const counting = ({ text }: PlayedCall) => {
    const lines = text.split("\n").slice(0, -1);
    const filled = lines
      .map((line, i) => ({ line: i + 1, text: line }))
      .filter((one) => one.text.trim() !== "");
    const status = (one: string) =>
      one.startsWith("bad") ? "quarantined" : one.startsWith("fail") ? "error" : "admitted";
    const counts = (wanted: string) => filled.filter((one) => status(one.text) === wanted).length;
    return [
      ...filled.map((one) => ({
        line: one.line,
        status: status(one.text),
        message: one.text,
        reason: "not_json",
        caseId: CASE,
      })),
      {
        summary: {
          read: lines.length,
          admitted: counts("admitted"),
          duplicate: 0,
          quarantined: counts("quarantined"),
          skipped: lines.length - filled.length,
          failed: counts("error"),
        },
      },
    ];
  };

  it("tells quarantined lines, and ends with 1 only when a line failed", async () => {
    const server = await playing({ submitBatch: counting });
    const kept = await type(["case", "batch", "w", "-", "--as", "jo"], {
      ...here(server),
      stdin: "good\r\n\nbad 3\nlast",
    });
    expect(kept).toMatchObject({
      exit: EXIT.ok,
      stdout:
        "line 3: quarantined not_json: bad 3\n4 lines read: 2 admitted, 0 duplicate, 1 quarantined, 1 empty, 0 failed\n",
    });
    const failed = await type(
      ["case", "batch", "w", await file("b.ndjson", "good\nfail\n"), "--as", "jo", "--json"],
      here(server),
    );
    expect(failed.exit).toBe(EXIT.failed);
    expect(failed.json()).toMatchObject({
      summary: { read: 2, admitted: 1, failed: 1 },
      problems: [{ line: 2, status: "error", message: "fail" }],
    });
  });

  it("does not send a line that is no UTF-8, keeps the numbers of the others, and counts it as failed", async () => {
    const server = await playing({ submitBatch: counting });
    const stdin = Buffer.from("good\nbr\xfcken\nbad 3\n", "latin1");
    const ended = await type(["case", "batch", "w", "-", "--as", "jo", "--json"], { ...here(server), stdin });
    expect(ended.exit).toBe(EXIT.failed);
    expect(server.calls[0]!.text).toBe("good\n\nbad 3\n");
    expect(ended.json()).toMatchObject({
      summary: { read: 3, admitted: 1, quarantined: 1, skipped: 0, failed: 1 },
      problems: [{ line: 2 }, { line: 3 }],
    });
  });

  it("sends a long file in several batches and counts through", async () => {
    const server = await playing({ submitBatch: counting });
    const lines = Array.from({ length: 120_000 }, (_, i) => (i === 110_000 ? "bad" : "x"));
    const ended = await type(
      ["case", "batch", "w", await file("long.ndjson", lines.join("\n")), "--as", "jo", "--json"],
      here(server),
    );
    expect(server.calls).toHaveLength(3);
    expect(ended.json()).toMatchObject({
      summary: { read: 120_000, admitted: 119_999 },
      problems: [{ line: 110_001 }],
    });
  });

  it("tells a refusal of the whole batch, and a connection that breaks", async () => {
    const refused = await type(["case", "batch", "w", "-", "--as", "jo"], {
      ...here(await playing({})),
      stdin: "x\n",
    });
    expect(refused.exit).toBe(EXIT.failed);
    const cut = await type(["case", "batch", "w", "-", "--as", "jo"], {
      ...here(await playing({ submitBatch: [{ line: 1, status: "admitted" }] })),
      stdin: "x\n",
    });
    expect(cut.exit).toBe(EXIT.unanswered);
    expect(cut.stderr).toContain("Send the file again");
    expect((await type(["case", "batch", "w", path("."), "--as", "jo"], here(await playing({})))).exit).toBe(
      EXIT.usage,
    );
  });
});
