import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import { openVault } from "../../platform/secrets.ts";
import type { ReleaseView } from "../workflow/registry.ts";
import { digestOfRequest } from "./cached.ts";
import { nextCall, type Chain, type PastAttempt } from "./next-call.ts";

const vault = openVault(new Uint8Array(32).fill(7));
const STEP = { connection: "provider", name: "small", temperature: 0, timeout: 5_000 };
const REQUEST = {
  messages: [{ role: "user" as const, content: "Sort this: the bill" }],
  input: { text: "the bill", amount: 3 } as JsonObject,
  outputSchema: { type: "object" } as JsonObject,
  attachments: [{ name: "a.txt", mediaType: "text/plain", bytes: Buffer.from("one") }],
};
const releaseWith = (confidence: JsonObject) => ({ document: { confidence } }) as unknown as ReleaseView;
const RELEASE = releaseWith({ from: "none" });

describe("the digest of a request", () => {
  const digest = (
    more: Partial<typeof REQUEST> = {},
    step: Partial<typeof STEP> = {},
    { workflow = "tickets", release = RELEASE } = {},
  ) =>
    digestOfRequest(vault, workflow, release, { ...STEP, ...step }, { ...REQUEST, ...more }).toString("hex");
  const first = digest();

  test("is the same for the same request, whatever the order of its fields and the patience of its release", () => {
    expect(digest({ input: { amount: 3, text: "the bill" } })).toBe(first);
    expect(digest({}, { timeout: 9_000 })).toBe(first);
  });

  test("is another one for everything that the model sees and for how it is asked", () => {
    const others = [
      digest({ messages: [{ role: "user", content: "Sort this: the bill " }] }),
      digest({ messages: [] }),
      digest({ input: { text: "the bill", amount: 4 } }),
      digest({ input: { text: "the bill" } }),
      digest({ outputSchema: { type: "object", title: "other" } }),
      digest({ attachments: [] }),
      digest({ attachments: [{ ...REQUEST.attachments[0]!, bytes: Buffer.from("two") }] }),
      digest({ attachments: [{ ...REQUEST.attachments[0]!, mediaType: "text/html" }] }),
      digest({}, { connection: "other" }),
      digest({}, { name: "large" }),
      digest({}, { temperature: 0.1 }),
      digest({}, {}, { workflow: "claims" }),
      digest({}, {}, { release: releaseWith({ from: "agreement", samples: 3 }) }),
    ];
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });

  test("cannot be tried out without the key of the installation", () => {
    const other = openVault(new Uint8Array(32).fill(8));
    expect(digestOfRequest(other, "tickets", RELEASE, STEP, REQUEST).toString("hex")).not.toBe(first);
  });
});

describe("the step for a kept answer", () => {
  const CHAIN: Chain = [
    { connection: "big", timeout: 1_000 },
    "cached",
    { local: "classifier", timeout: 1_000 },
    "manual",
  ];
  const NOW = 1_000_000;
  const times = { now: NOW, receivedAt: NOW, dueAt: undefined };
  const failed = (retryable: boolean): PastAttempt[] => [
    {
      no: 1,
      step: 0,
      purpose: "answer",
      state: "failed",
      error: "model_refused",
      retryable,
      finishedAt: NOW,
    },
  ];
  const unkept = (...steps: number[]) => [() => undefined, new Set<number>(), new Set(steps)] as const;

  test("comes when the model before it does not help any more, and not before", () => {
    expect(nextCall(CHAIN, [], times)).toStrictEqual({ kind: "ask", step: 0 });
    expect(nextCall(CHAIN, failed(true), times)).toMatchObject({ kind: "wait" });
    expect(nextCall(CHAIN, failed(false), times)).toStrictEqual({ kind: "ask", step: 1 });
  });

  test("gives way where none is kept, and with none behind it a person has the case", () => {
    expect(nextCall(CHAIN, failed(false), times, ...unkept(1))).toStrictEqual({ kind: "ask", step: 2 });
    expect(nextCall(CHAIN.slice(0, 2), failed(false), times, ...unkept(1))).toStrictEqual({
      kind: "give_up",
      because: "model_failed",
    });
  });

  test("comes at once while the breaker of the model before it is open", () => {
    const shut = (step: number) =>
      step === 0 ? { since: NOW, until: NOW + 5_000, trying: false } : undefined;
    expect(nextCall(CHAIN, [], times, shut)).toStrictEqual({ kind: "ask", step: 1, passedOver: [0] });
  });
});
