/** What a failure is called: the words of many vendors, and what follows from each class. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { agree, tableOf } from "../../test/support/agreement.ts";
import { ERRORS, PilotageError } from "../contract/errors.ts";
import { CLASSES, classIn, classOf, type ErrorClass, modelFailure, type Said } from "./error-class.ts";
import { failureInside, failureOf } from "./failures.ts";

describe("the class of a reply", () => {
  test.each<[string, number, Said, ErrorClass]>([
    ["a code", 400, { code: "context_length_exceeded" }, "too_long"],
    ["a status", 413, { type: "request_too_large", message: "Request exceeds the maximum size" }, "too_long"],
    ["a type", 400, { type: "exceed_context_size_error", message: "the request is too big" }, "too_long"],
    [
      "a server of one's own",
      400,
      {
        type: "BadRequestError",
        code: "400",
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
      },
      "too_long",
    ],
    [
      "words alone",
      400,
      { type: "invalid_request_error", message: "prompt is too long: 208310 tokens > 200000 maximum" },
      "too_long",
    ],
    [
      "other words",
      400,
      {
        type: "invalid_request_prompt",
        message:
          "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      },
      "too_long",
    ],
    [
      "a count of tokens",
      400,
      { message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." },
      "too_long",
    ],
    ["a validation", 400, { message: "Input is too long for requested model." }, "too_long"],
    [
      "a limit of the prompt",
      400,
      { message: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
      "too_long",
    ],
  ])("that is too long for the model is told by %s", (_, status, said, class_) => {
    expect(classOf(status, said)).toBe(class_);
  });

  test.each<[string, number, Said]>([
    ["a code", 400, { code: "content_policy_violation" }],
    [
      "a filter",
      400,
      {
        code: "content_filter",
        message: "The response was filtered due to the prompt triggering our content management policy.",
      },
    ],
    ["a risk", 400, { type: "invalid_request_error", message: "Content Exists Risk" }],
    ["an inspection", 400, { code: "data_inspection_failed", message: "Input data may contain bad words" }],
    ["a high risk", 400, { type: "content_filter", message: "The request was considered high risk" }],
    [
      "a flag",
      400,
      {
        code: "invalid_prompt",
        message: "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
      },
    ],
    ["a blocked output", 400, { message: "Output blocked by content filtering policy" }],
    ["a refusal with 403", 403, { message: "Content violates usage guidelines. Failed check: SAFETY_CHECK" }],
    ["moderation", 403, { message: "Your input was flagged by moderation" }],
  ])("that refuses the content is told by %s", (_, status, said) => {
    expect(classOf(status, said)).toBe("refused_content");
  });

  test.each<[string, number, Said, ErrorClass]>([
    ["a used up quota", 429, { code: "insufficient_quota" }, "quota"],
    ["a missing payment", 402, { message: "Insufficient Balance" }, "quota"],
    ["a low balance", 400, { message: "Your credit balance is too low to use this service." }, "quota"],
    ["too many requests", 429, { code: "rate_limit_exceeded" }, "rate_limited"],
    [
      "too many requests whose words speak of context",
      429,
      { message: "context length limit" },
      "rate_limited",
    ],
    ["a wrong key", 401, { code: "invalid_api_key" }, "auth"],
    ["a wrong key with 400", 400, { message: "API key not valid. Please pass a valid API key." }, "auth"],
    ["a missing right", 403, { message: "You may not do this" }, "auth"],
    ["an unknown model", 404, { code: "model_not_found" }, "unknown_model"],
    ["a model that is gone", 400, { code: "model_decommissioned" }, "unknown_model"],
    ["an invalid model", 400, { type: "invalid_model", message: "Invalid model: small-9" }, "unknown_model"],
    ["another fault of the request", 422, { message: "temperature must be at most 1" }, "refused_request"],
    ["a time-out there", 408, {}, "overloaded"],
    ["a server error that quotes", 500, { message: "failed: content policy, context length" }, "overloaded"],
    ["an overload", 529, { type: "overloaded_error" }, "overloaded"],
    ["a redirect", 307, {}, "unusable"],
  ])("with %s", (_, status, said, class_) => {
    expect(classOf(status, said)).toBe(class_);
  });
});

describe("the table", () => {
  test("never lets a caller ask the same silent model again, nor go around a refusal of content", () => {
    for (const limit of ["first_token", "idle", "total"] as const)
      expect(CLASSES[`timeout_${limit}`]).toMatchObject({ again: "later", next: "any", breaker: "failed" });
    expect(CLASSES.refused_content).toMatchObject({ again: "never", next: "none", passesReason: true });
    expect(CLASSES.too_long).toMatchObject({ again: "never", next: "larger", passesReason: true });
  });

  test("passes on reasons about the request alone, and counts refusals as answers", () => {
    const passing = Object.entries(CLASSES).filter(([, row]) => row.passesReason);
    expect(passing.map(([name]) => name)).toStrictEqual(["too_long", "refused_content", "refused_request"]);
    for (const [, row] of passing) expect(row).toMatchObject({ breaker: "answered", wire: { status: 400 } });
  });

  test("says whether trying again can help as the error's own code does, unless it never can", () => {
    for (const [name, row] of Object.entries(CLASSES)) {
      const error = modelFailure(name as ErrorClass, "It failed.");
      expect(error).toMatchObject({ code: row.error, retryable: row.again !== "never" });
      if (row.again !== "never") expect(ERRORS[row.error].retry).toBe(true);
      expect(classIn(error)).toBe(name);
    }
  });
});

const AGAIN = { soon: "after a pause", later: "later", never: "no" };
const NEXT = { any: "any", larger: "a larger one", none: "none" };

agree({
  title: "the table and its page",
  source: () => readFileSync(new URL("../../docs/reference/models.md", import.meta.url), "utf8"),
  listed: (page) =>
    tableOf(page.split(/^## /m).find((one) => one.startsWith("Why a call failed")) ?? "").map(
      ([name, , again, next]) => `${name} ${again} ${next}`,
    ),
  known: () => Object.entries(CLASSES).map(([name, row]) => `${name} ${AGAIN[row.again]} ${NEXT[row.next]}`),
  plant: (page) => page.replace("| `cut` ", "| `cut_off` "),
});

describe("an error", () => {
  test("carries its class beside what the provider said", () => {
    const text = JSON.stringify({ error: { message: "Too fast.", code: "rate_limit_exceeded" } });
    const error = failureOf({ status: 429, headers: { "retry-after": "3" }, text }, "double", [], 0);
    expect(error.details).toStrictEqual({
      status: 429,
      code: "rate_limit_exceeded",
      providerMessage: "Too fast.",
      retryAfterMs: 3_000,
      class: "rate_limited",
    });
  });

  test.each<[object | string, ErrorClass]>([
    [{ message: "bad words", code: "content_policy_violation" }, "refused_content"],
    [{ message: "slow down", code: 429 }, "rate_limited"],
    [{ message: "no more money", type: "insufficient_quota" }, "quota"],
    [{ message: "gone", type: "server_error", code: 502 }, "overloaded"],
    ["just words", "overloaded"],
  ])("inside a stream is sorted by its words: %j", (said, class_) => {
    const error = failureInside(said as never, "double", [], "overloaded");
    expect(classIn(error)).toBe(class_);
    expect(error.message).toContain("double");
  });

  test("inside a stream does not tell a key", () => {
    const key = "sk-secret-0123456789";
    const error = failureInside({ message: `bad key ${key}`, code: key }, "double", [key], "overloaded");
    expect(JSON.stringify([error.message, error.details])).not.toContain("0123456789");
  });

  test("of anything else has no class", () => {
    expect(classIn(new Error("no"))).toBeUndefined();
    expect(classIn(new PilotageError("internal", "no"))).toBeUndefined();
    expect(classIn(new PilotageError("internal", "no", { details: { class: "toString" } }))).toBeUndefined();
  });
});
