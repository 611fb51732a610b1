/**
 * The company's own model service: `POST {url}` with the case, signed like a webhook (Standard Webhooks).
 *
 * Sends `{caseId, release, input, attachments?}`, attachments as base64; expects
 * `{output, confidence?, model?, version?}`. The service must not act on a case: it may be asked more than once, with
 * the same `webhook-id` for the same case and release.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { JsonValue } from "../contract/json.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import { modelFailure } from "./error-class.ts";
import { failureOf } from "./failures.ts";
import type { Model, ModelAnswer, ModelRequest } from "./model.ts";
import { openUpstream } from "./upstream.ts";

export interface HttpOptions {
  url: string;
  /** `whsec_` and the key in base64. */
  secret: string;
  timeoutMs: number;
  /** The model's name in messages, and in records when the service does not name itself. */
  name: string;
  /** Whether the service's confidence is taken; yes unless the release says otherwise. */
  takeConfidence?: boolean;
  /** The name under which people know the connection; the host when left out. */
  connection?: string;
  maxReplyBytes?: number;
  /** The receiver compares the signature's time with its own: a simulated clock only suits a receiver that shares it. */
  clock?: Clock;
  /** Where connections may lead; public addresses and loopback when left out. */
  egress?: Egress;
}

const answerSchema = z.object({
  // Parsed from JSON, so it is JSON; whether it meets the output schema is checked by the path of the case.
  output: z.custom<JsonValue>((value) => value !== undefined),
  confidence: z.number().min(0).max(1).nullish(),
  model: z.string().max(200).nullish(),
  version: z.string().max(200).nullish(),
});

/** A model behind the company's own endpoint. Throws as failures.ts says, `model_bad_answer` also for a confidence outside 0 to 1. */
export function httpModel(options: HttpOptions): Model {
  const { url, secret, timeoutMs, name, takeConfidence = true, clock = systemClock } = options;
  const describe = `http ${name} at ${options.connection ?? new URL(url).host}`;
  const upstream = openUpstream({
    url,
    describe,
    timeoutMs,
    ...(options.maxReplyBytes === undefined ? {} : { maxReplyBytes: options.maxReplyBytes }),
    ...(options.egress === undefined ? {} : { egress: options.egress }),
  });

  return {
    describe,
    async ask(request, signal) {
      const body = bodyOf(request);
      const id = `${request.caseId}:model:${request.release}`;
      const headers = {
        ...signed(secret, id, clock.now(), body),
        ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
      };
      const reply = await upstream.post(body, headers, { signal });
      if (reply.status < 200 || reply.status >= 300) throw failureOf(reply, describe, [secret], clock.now());
      return answerOf(reply.text, describe, name, takeConfidence);
    },
    close: () => upstream.close(),
  };
}

function bodyOf({ caseId, release, input, attachments }: ModelRequest): string {
  const files = attachments.map(({ name, mediaType, bytes }) => ({
    name,
    mediaType,
    content: Buffer.from(bytes).toString("base64"),
  }));
  return JSON.stringify({ caseId, release, input, ...(files.length === 0 ? {} : { attachments: files }) });
}

/**
 * The three headers of a Standard Webhooks message; `now` in milliseconds.
 *
 * Through node:crypto: the published library hashes in JavaScript and would hold up the process for a third of a
 * second over ten megabytes of attachments. A test compares both.
 */
export function signed(secret: string, id: string, now: number, body: string): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": `v1,${signature}` };
}

function answerOf(text: string, describe: string, name: string, takeConfidence: boolean): ModelAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw modelFailure("malformed", `${describe} answered with something that is not JSON.`);
  }
  const read = answerSchema.safeParse(body);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, code }) => `${String(path[0] ?? "the answer")}: ${code}`);
    throw modelFailure(
      "malformed",
      `${describe} answered in another form: ${problems.slice(0, 5).join("; ")}.`,
      {
        hint: "The answer is {output, confidence?, model?, version?}, with a confidence from 0 to 1.",
        details: { problems: problems.slice(0, 20) },
      },
    );
  }
  const { output, confidence, model, version } = read.data;
  return {
    output,
    text: JSON.stringify(output),
    model: model ?? name,
    finish: "stop",
    ...(typeof version === "string" ? { version } : {}),
    ...(takeConfidence && typeof confidence === "number" ? { confidence } : {}),
  };
}
