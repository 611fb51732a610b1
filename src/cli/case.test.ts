/** Handing in and listing cases. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type, type PlayedCall } from "./playing.fixture.ts";
import { CASE, SAMPLES } from "./samples.fixture.ts";

const { playing, path, file } = stage();

describe("cases", () => {
  it("list follows the pages up to its limit and says where the rest begins", async () => {
    const ids = Array.from({ length: 1_200 }, (_, i) => `case_${String(9_999 - i)}`);
    const server = await playing({
      listCases: ({ query }: PlayedCall) => {
        const { limit, before } = query as { limit: number; before?: string };
        const start = before === undefined ? 0 : ids.indexOf(before) + 1;
        const page = ids.slice(start, start + limit);
        return {
          cases: page.map((id) => ({ ...SAMPLES.listCases.cases[0]!, id })),
          next: start + limit < ids.length ? page.at(-1)! : null,
        };
      },
    });
    const some = (
      await type(["case", "list", "w", "--limit", "1100", "--state", "in_review", "--json"], here(server))
    ).json() as { cases: { id: string }[]; next: string };
    expect(some.cases.map(({ id }) => id)).toEqual(ids.slice(0, 1_100));
    expect(some.next).toBe(ids[1_099]);
    expect(server.calls.map(({ query }) => query)).toMatchObject([
      { limit: 500, state: ["in_review"] },
      { limit: 500 },
      { limit: 100 },
    ]);
    const rest = await type(["case", "list", "w", "--before", some.next], here(server));
    expect(rest).toMatchObject({ stderr: `There are more: --before ${ids[1_149]}, or a larger --limit.\n` });
    expect((await type(["case", "list", "w", "--quiet"], here(server))).stderr).toBe("");
  });

  it("submit sends the input as it was written, numbers and attachments included", async () => {
    const server = await playing(SAMPLES);
    const input =
      '{"id": 12345678901234567890, "price": 1.10, "far": 1e400, "nul": "\\u0000", "half": "\\ud800"}';
    const attach = await file("a b.pdf", Buffer.from([0, 255, 10]));
    const ended = await type(
      [
        "case",
        "submit",
        "w",
        "--input",
        "-",
        "--external-id",
        "T-1",
        "--attach",
        attach,
        "--attach",
        await file("x", ""),
        "--as",
        "jo",
      ],
      { ...here(server), stdin: input },
    );
    expect(ended).toMatchObject({ exit: EXIT.ok, stdout: `${CASE}  admitted as T-1001\n` });
    const { text, body } = server.calls[0]!;
    expect(text).toContain(
      '"id":12345678901234567890,"price":1.10,"far":1e400,"nul":"\\u0000","half":"\\ud800"',
    );
    expect(body).toMatchObject({
      externalId: "T-1",
      attachments: [
        { name: "a b.pdf", mediaType: "application/pdf", base64: "AP8K" },
        { name: "x", mediaType: "application/octet-stream", base64: "" },
      ],
    });
  });

  it("submit refuses what is no JSON or no UTF-8 before it sends anything", async () => {
    const server = await playing(SAMPLES);
    for (const stdin of ["{", "", Buffer.from('{"a": "\xfc"}', "latin1")]) {
      const ended = await type(["case", "submit", "w", "--input", "-", "--as", "jo", "--json"], {
        ...here(server),
        stdin,
      });
      expect(ended.exit).toBe(EXIT.failed);
      expect(ended.json()).toMatchObject({ error: { code: "bad_json" } });
    }
    expect(
      (await type(["case", "submit", "w", "--input", "nowhere.json", "--as", "jo"], here(server))).exit,
    ).toBe(EXIT.usage);
    expect(server.calls).toEqual([]);
  });

  it("attachment saves the bytes and keeps a file that exists", async () => {
    const server = await playing(SAMPLES);
    const to = path("saved.pdf");
    expect((await type(["case", "attachment", CASE, "1", "--to", to], here(server))).exit).toBe(EXIT.ok);
    expect(await readFile(to, "utf8")).toBe("%PDF-1.7");
    expect((await type(["case", "attachment", CASE, "1", "--to", to], here(server))).exit).toBe(EXIT.usage);
  });
});
