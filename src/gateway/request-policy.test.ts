/** What a data policy says of a request, and what it leaves alone; over HTTP it is in test/gateway-policy.test.ts. */
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { offeredPolicySchema } from "../models/offered-policy.ts";
import { judge, together } from "./request-policy.ts";

const judged = (request: JsonObject, policy: object = {}) =>
  judge(
    { model: "m", messages: [{ role: "user", content: "x" }], ...request },
    { ...offeredPolicySchema.parse(policy), images: true },
  );
const part = (value: JsonObject): JsonObject => ({ messages: [{ role: "user", content: [value] }] });
async function sent(request: JsonObject, policy: object = {}): Promise<JsonValue> {
  const result = await judged(request, policy);
  return result.kind === "passed" ? result.body["messages"]! : result.error.code;
}

describe("names of what was left out", () => {
  const letters = (at: number) => String.fromCharCode(97 + Math.floor(at / 26), 97 + (at % 26));

  test("are told up to fifty, and that there are more", async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`vendor_${letters(at)}`, 1]));
    const { report } = await judged(many);
    expect(report.dropped).toHaveLength(51);
    expect(report.dropped.at(-1)).toBe("(more)");
    expect(together(report, report).dropped).toEqual(report.dropped);
    const refused = await judged(many, { unknownFields: "refuse" });
    expect(refused.kind === "refused" && refused.error.message.length).toBeLessThan(700);
  });

  test.each([
    ["AdaLovelace", "(other)"],
    ["ada-lovelace", "(other)"],
    ["order17", "(other)"],
    ["a".repeat(41), "(other)"],
    ["", "(other)"],
    ["prompt_cache_key", "prompt_cache_key"],
  ])("%j is told as %s", async (name, told) => {
    expect((await judged({ [name]: 1 })).report.dropped).toEqual([told]);
  });
});

describe("bytes", () => {
  const image = (url: string) => part({ type: "image_url", image_url: { url } });
  const sound = (data: string) => part({ type: "input_audio", input_audio: { data, format: "wav" } });

  test.each([
    "data:text/plain;base64,QUFB",
    "DATA:application/pdf;base64,QUFB",
    " data:,x",
    "data:;base64,QUFB",
  ])("%s is no picture", async (url) => {
    expect(await sent(image(url))).toBe("part_not_allowed");
    expect(await sent(part({ type: "image_url", image_url: url }))).toBe("part_not_allowed");
  });

  test("a picture goes on", async () => {
    expect(JSON.stringify(await sent(image("data:image/png;base64,QUFB")))).toContain("QUFB");
  });

  test("sound goes on when it is long enough to be any, and is a text otherwise", async () => {
    const long = Buffer.alloc(300, 7).toString("base64");
    expect(JSON.stringify(await sent(sound(long), { audio: true }))).toContain(long);
    expect(JSON.stringify(await sent(sound("4111111111111111"), { audio: true }))).toContain("[CARD]");
    const spoken = `my card is 4111 1111 1111 1111 ${"x".repeat(300)}`;
    expect(JSON.stringify(await sent(sound(spoken), { audio: true }))).toContain("[CARD]");
  });
});

describe("ids that join calls of tools to their results", () => {
  const turn = (id: string): JsonObject => ({
    messages: [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: id, content: "x" },
    ],
  });

  test.each(["call_47036892816", "toolu_01-DE999990002", "47036892816"])("%s is left alone", async (id) => {
    expect(await sent(turn(id))).toEqual(turn(id)["messages"]);
  });

  test.each([
    "4111111111111111",
    "DE10900000110000123456",
    "ada@example.com",
    `${"a".repeat(60)} DE999990002`,
  ])("%s is looked through", async (id) => {
    expect(JSON.stringify(await sent(turn(id)))).not.toContain(id);
  });
});
