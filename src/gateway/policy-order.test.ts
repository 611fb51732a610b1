/** A data policy that does not count as looser lets nothing on that the one before kept here: tried on whole requests. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { offeredPolicySchema } from "../models/offered-policy.ts";
import { neighbours, PATTERNS } from "../models/policy.fixture.ts";
import { loosenings, type LetsOn } from "../models/policy-order.ts";
import { judge } from "./request-policy.ts";

/** Each is found, is what an own pattern matches, or stands in a field or part that only some policies let on. */
const SECRETS = [
  "DE89 3704 0044 0532 0130 00",
  "a.weber@example.com",
  "b.kunz@example.com",
  "4539 5787 6362 1486",
  "+49 30 901820",
  "192.168.17.4",
  "K-12345",
  "K-12345-Z",
  "K-1",
  "B-XY",
  "B-XY and K-98765-Z 10.1.2.3",
];
const ALONE = [
  "metadata-secret",
  "reasoning-secret",
  "unknown-secret",
  "tool-secret",
  "QUJD".repeat(80),
  "file-secret",
];

const texts = fc
  .array(fc.constantFrom(...SECRETS, "hello", "the order"), { minLength: 1, maxLength: 4 })
  .map((words) => words.join(" "));
const parts = fc.oneof(
  { weight: 4, arbitrary: texts.map((text): JsonObject => ({ type: "text", text })) },
  fc.constant<JsonObject>({ type: "image_url", image_url: { url: "https://example.com/picture-secret" } }),
  fc.constant<JsonObject>({ type: "input_audio", input_audio: { data: ALONE[4]!, format: "wav" } }),
  fc.constant<JsonObject>({ type: "file", file: { filename: ALONE[5]! } }),
);
const requests = fc
  .record(
    {
      messages: fc.array(
        fc.record(
          {
            role: fc.constantFrom("user", "assistant", "tool"),
            content: fc.oneof(texts, fc.array(parts, { minLength: 1, maxLength: 3 })),
            reasoning_content: fc.constant(ALONE[1]!),
          },
          { requiredKeys: ["role", "content"] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      metadata: fc.constant({ of: ALONE[0]! }),
      unheard_of: fc.constant(ALONE[2]!),
      tools: fc.constant([{ type: "function", function: { name: "find", description: ALONE[3]! } }]),
      stop: texts,
    },
    { requiredKeys: ["messages"] },
  )
  .map((request) => ({ model: "m", ...request }) as unknown as JsonObject);

async function leaves(request: JsonObject, { images, policy }: LetsOn): Promise<JsonObject | undefined> {
  if (policy === undefined) return request;
  const judged = await judge(request, { ...policy, images });
  return judged.kind === "passed" ? judged.body : undefined;
}

/** What is to be read in each place: the pieces between what was masked or replaced. */
function readable(value: JsonValue, at = ""): { at: string; piece: string }[] {
  if (typeof value === "string")
    return value
      .split(/\[[A-Z-]+\d*\]/)
      .filter((piece) => piece.trim() !== "")
      .map((piece) => ({ at, piece }));
  if (Array.isArray(value)) return value.flatMap((one, i) => readable(one, `${at}.${i}`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => readable(one, `${at}.${name}`));
}

async function lettingMoreOn(before: LetsOn, after: LetsOn, request: JsonObject): Promise<string[]> {
  const now = await leaves(request, after);
  if (now === undefined) return [];
  const earlier = await leaves(request, before);
  if (earlier === undefined) return ["the whole call"];
  const known = readable(earlier);
  return readable(now)
    .filter(({ at, piece }) => !known.some((one) => one.at === at && one.piece.includes(piece)))
    .map(({ at, piece }) => `${at} ${piece}`);
}

test("what is not looser lets nothing more on", { timeout: 120_000 }, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(neighbours, requests, async ([before, after], request) => {
      if (loosenings(before, after).length > 0) return;
      compared++;
      expect(await lettingMoreOn(before, after, request)).toEqual([]);
    }),
    { numRuns: 2_500 },
  );
  expect(compared).toBeGreaterThan(200);
});

test(
  "what is looser lets more on, for some request: the comparison sees it",
  { timeout: 120_000 },
  async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(neighbours, requests, async ([before, after], request) => {
        if (loosenings(before, after).length === 0) return;
        if ((await lettingMoreOn(before, after, request)).length > 0) seen++;
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(50);
  },
);

test("one more pattern over another one hides more, never less", async () => {
  const own = (names: (keyof typeof PATTERNS)[]): LetsOn => ({
    images: false,
    policy: offeredPolicySchema.parse({ mask: names.map((name) => ({ name, pattern: PATTERNS[name] })) }),
  });
  const request: JsonObject = { model: "m", messages: [{ role: "user", content: "order K-12345-Z today" }] };
  expect(await leaves(request, own(["tail"]))).toMatchObject({
    messages: [{ content: "order K-12[TAIL] today" }],
  });
  expect(await leaves(request, own(["tail", "code", "head"]))).toMatchObject({
    messages: [{ content: "order [CODE] today" }],
  });
  expect(await lettingMoreOn(own(["tail"]), own(["tail", "code"]), request)).toEqual([]);
});
