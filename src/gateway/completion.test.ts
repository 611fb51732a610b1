import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { completionOf, DONE, streamOf, type WholeAnswer } from "./completion.ts";

const answer = (content: string): WholeAnswer => ({
  id: "case_1",
  createdAt: 1_700_000_000_900,
  model: "tickets",
  content,
  usage: { inputTokens: 3, outputTokens: 4 },
});
const events = (text: string) =>
  text
    .split("\n\n")
    .filter((one) => one !== "" && one !== DONE.trim())
    .map(
      (one) =>
        JSON.parse(one.slice("data: ".length)) as JsonObject & { choices: { delta: { content?: string } }[] },
    );

test("a stream says, in pieces, exactly what the whole answer says, and cuts no character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), fc.boolean(), (content, includeUsage) => {
      const text = streamOf(answer(content), includeUsage);
      const chunks = events(text);
      const said = chunks.map((one) => one.choices[0]?.delta.content ?? "");
      expect(said.join("")).toBe(content);
      for (const piece of said) expect(piece.isWellFormed()).toBe(content.isWellFormed());
      expect(text.endsWith(DONE)).toBe(true);
      expect(chunks.filter((one) => one.choices.length === 0)).toHaveLength(includeUsage ? 1 : 0);
    }),
  );
});

test("both forms carry the same names, the time in seconds, and the tokens", () => {
  const whole = completionOf(answer("x"));
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
  expect(whole).toMatchObject({ id: "case_1", model: "tickets", created: 1_700_000_000, usage });
  const chunks = events(streamOf(answer("x"), true));
  for (const chunk of chunks)
    expect(chunk).toMatchObject({ id: "case_1", model: "tickets", created: 1_700_000_000 });
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
});
