/**
 * Delivery by a signed webhook, after the Standard Webhooks specification.
 *
 * The key is the `webhook-id`, the same at every try, so that the receiver acts once. Only a 2xx is done. Whether
 * another try can help is read from the status; the receiver's text is never kept, as it may hold anything.
 */
import { Pool } from "undici";
import { Webhook } from "standardwebhooks";
import { PilotageError } from "../../contract/errors.ts";
import { type Egress, EgressRefused, strictEgress } from "../../platform/egress.ts";
import type { DeliveryItem, Receipt, Target } from "../target.ts";

export interface WebhookSettings {
  /** Name of the connection, for messages. */
  name: string;
  url: string;
  /** `whsec_` and base64. Several during a rotation: the receiver accepts any of the signatures. */
  secret: string | readonly string[];
  /** Sent along, for example a key that a gateway asks for. */
  headers?: Readonly<Record<string, string>>;
  /** Where connections may lead; public addresses and loopback when left out. */
  egress?: Egress;
  /** Milliseconds. */
  timeouts?: { connect?: number; headers?: number; total?: number };
}

/** Statuses below 500 after which another try can help. */
const TRY_AGAIN = new Set([408, 409, 425, 429]);
const DAY = 24 * 60 * 60;

/** Throws `settings_invalid` for an address or secret that cannot work. */
export function webhookTarget(settings: WebhookSettings): Target {
  const { name } = settings;
  const url = checkedUrl(name, settings.url);
  const signers = [settings.secret].flat().map((secret) => signer(name, secret));
  const { connect = 5_000, headers: headersTimeout = 15_000, total = 30_000 } = settings.timeouts ?? {};
  // No limit on connections: the outbox decides how many deliveries are in flight.
  const pool = new Pool(url.origin, {
    connect: (settings.egress ?? strictEgress).connector(url, { timeoutMs: connect }),
    headersTimeout,
    bodyTimeout: headersTimeout,
  });
  const describe = `webhook ${name} at ${url.origin}${url.pathname}`;

  async function deliver(item: DeliveryItem, signal: AbortSignal): Promise<Receipt> {
    const seconds = Math.floor(item.now / 1000);
    const body = Buffer.from(item.body.buffer, item.body.byteOffset, item.body.byteLength);
    const signatures = signers.map((webhook) => webhook.sign(item.key, new Date(seconds * 1000), body));
    const late = AbortSignal.timeout(total);
    try {
      const response = await pool.request({
        path: url.pathname + url.search,
        method: "POST",
        headers: {
          ...settings.headers,
          "content-type": "application/json",
          "webhook-id": item.key,
          "webhook-timestamp": String(seconds),
          "webhook-signature": signatures.join(" "),
        },
        body,
        signal: AbortSignal.any([signal, late]),
      });
      // The status says all; the rest is read only so far that the connection can be used again.
      void response.body.dump({ limit: 64 * 1024 }).catch(() => undefined);
      const status = response.statusCode;
      if (status >= 200 && status < 300) return { detail: { status } };
      throw refusal(name, status, retryAfter(response.headers["retry-after"], item.now));
    } catch (error) {
      if (error instanceof PilotageError) throw error;
      if (error instanceof EgressRefused)
        throw new PilotageError("delivery_failed", `Nothing was sent: ${describe}: ${error.message}.`, {
          hint: `${error.hint} Tries go on meanwhile.`,
          details: { reason: "egress" },
        });
      throw unreachable(
        describe,
        error,
        signal.aborted ? "stopped" : late.aborted ? "late" : "network",
        total,
      );
    }
  }

  return { describe, actsOnceByKey: true, deliver, close: () => pool.close() };
}

function checkedUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new PilotageError(
    "settings_invalid",
    `The address of webhook "${name}" is not a usable web address.`,
    {
      hint: "Give an address that starts with https:// (or http:// inside your network), without user name or password in it.",
    },
  );
}

function signer(name: string, secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    // The library's message is dropped: it may quote the secret.
    throw new PilotageError("settings_invalid", `The secret of webhook "${name}" is not valid.`, {
      hint: 'A secret is "whsec_" followed by base64, for example from: echo whsec_$(openssl rand -base64 24)',
    });
  }
}

/** Seconds to wait, as the receiver asks; at most a day. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), DAY);
}

function refusal(name: string, status: number, wait: number | undefined): PilotageError {
  const details = { status, ...(wait === undefined ? {} : { retryAfterMs: wait * 1000 }) };
  if (status >= 500 || TRY_AGAIN.has(status))
    return new PilotageError(
      "delivery_failed",
      `Webhook "${name}" answered ${status}; the delivery is tried again.`,
      { details },
    );
  const hints: Record<number, string> = {
    401: "The receiver does not accept the signature or a header: compare the secrets on both sides.",
    403: "The receiver does not accept the signature or a header: compare the secrets on both sides.",
    404: "The address is not known there: correct it in the connection, then replay.",
    410: "The receiver says that this address is gone for good: disable the connection, or give it a new address.",
    413: "The delivery is larger than the receiver takes.",
  };
  const redirect = status >= 300 && status < 400;
  const hint = redirect
    ? "Redirects are not followed, because they would carry data to an address that nobody approved: put the final address into the connection."
    : (hints[status] ?? "Correct the cause at the receiver, then replay the dead letter.");
  return new PilotageError(
    "delivery_refused",
    `Webhook "${name}" refused the delivery with status ${status}.`,
    { hint, details },
  );
}

function unreachable(
  describe: string,
  cause: unknown,
  why: "stopped" | "late" | "network",
  total: number,
): PilotageError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const says = {
    stopped: "The delivery was stopped before an answer came",
    late: `No answer came within ${total / 1000} s`,
    network: `The connection failed (${code})`,
  }[why];
  // Even without an answer the receiver may have acted; the same key at the next try makes that harmless.
  return new PilotageError(
    "delivery_failed",
    `${says}: ${describe}. The delivery is tried again with the same key.`,
    { cause, details: { reason: why, code } },
  );
}
