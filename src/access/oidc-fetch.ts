/**
 * How sign-in providers are asked: only where connections may lead, and never in clear over a foreign network.
 *
 * A provider's description names further addresses, and each of them is judged like the one that an administrator stored.
 */
import type { CustomFetch } from "openid-client";
import { Agent, fetch, Pool } from "undici";
import { addressProblem } from "../models/connection-fields.ts";
import type { Egress } from "../platform/egress.ts";

const CONNECTED_WITHIN_MS = 10_000;

export function guardedFetch(egress: Egress): CustomFetch {
  const dispatcher = new Agent({
    factory: (origin) =>
      new Pool(origin, { connect: egress.connector(origin, { timeoutMs: CONNECTED_WITHIN_MS }) }),
  });
  return async (url, { method, headers, body, signal }) => {
    const problem = addressProblem(url);
    if (problem !== undefined) throw new Error(`${url.slice(0, 200)}: ${problem}`);
    const reply = await fetch(url, {
      method,
      headers,
      body: body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : null,
      ...(signal === undefined ? {} : { signal }),
      redirect: "manual",
      dispatcher,
    });
    // The library looks whether it got a response of the platform, and undici brings its own.
    const bytes = await reply.arrayBuffer();
    return new Response(bytes.byteLength === 0 ? null : bytes, {
      status: reply.status,
      headers: [...reply.headers],
    });
  };
}
