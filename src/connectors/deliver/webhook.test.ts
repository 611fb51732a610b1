/** Webhooks against a real server: signature, what each status means, time-outs, and nothing kept of the answer. */
import { existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openEgress, type Resolve } from "../../platform/egress.ts";
import { webhookTarget } from "./webhook.ts";
import type { WebhookSettings } from "./webhook.ts";
import type { DeliveryItem, Target } from "../target.ts";

/** The published sample of the Standard Webhooks reference libraries. */
const SAMPLE = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: "1614265330",
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const VECTORS = fileURLToPath(new URL("../../../../shared/reference/audit-vectors.json", import.meta.url));

let server: Server;
let target: Target;
let seen: { url: string; headers: IncomingMessage["headers"]; body: string }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  answer = (response) => response.end();
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      seen.push({ url: request.url!, headers: request.headers, body });
      answer(response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  await target.close?.();
  if (server.listening) await new Promise((done) => server.close(done));
});

function connect(more: Partial<WebhookSettings> = {}): void {
  const { port } = server.address() as AddressInfo;
  target = webhookTarget({
    name: "crm",
    url: `http://127.0.0.1:${port}/in?team=a`,
    secret: SAMPLE.secret,
    ...more,
  });
}

const item: DeliveryItem = {
  key: SAMPLE.id,
  caseId: "case_1",
  attempt: 1,
  body: Buffer.from(SAMPLE.body),
  now: Number(SAMPLE.timestamp) * 1000 + 7,
};
const deliver = (signal: AbortSignal = new AbortController().signal) => target.deliver(item, signal);
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end("Erika Mustermann");

describe("the signature", () => {
  test("is that of the published sample, over the exact bytes", async () => {
    connect({ headers: { "x-gateway": "k", "webhook-id": "another" } });
    expect(await deliver()).toEqual({ detail: { status: 200 } });
    expect(seen[0]).toMatchObject({
      url: "/in?team=a",
      body: SAMPLE.body,
      headers: {
        "content-type": "application/json",
        "webhook-id": SAMPLE.id,
        "webhook-timestamp": SAMPLE.timestamp,
        "webhook-signature": SAMPLE.signature,
        "x-gateway": "k",
      },
    });
  });

  test.skipIf(!existsSync(VECTORS))("and of the collected vectors (skipped when they are not there)", () => {
    const vectors = JSON.parse(readFileSync(VECTORS, "utf8")) as {
      standard_webhooks: Record<string, string>;
    };
    expect(vectors.standard_webhooks).toMatchObject(SAMPLE);
    connect();
  });

  test("is made with each secret during a rotation", async () => {
    const next = "whsec_bmV4dCBzZWNyZXQgb2YgdGhlIHRlc3Q=";
    connect({ secret: [next, SAMPLE.secret] });
    await deliver();
    const [first, second] = String(seen[0]?.headers["webhook-signature"]).split(" ");
    expect(second).toBe(SAMPLE.signature);
    expect(first).toBe(
      new Webhook(next).sign(SAMPLE.id, new Date(Number(SAMPLE.timestamp) * 1000), SAMPLE.body),
    );
  });
});

describe("the status decides", () => {
  test.each([200, 201, 202, 204])("%i is done", async (code) => {
    connect();
    answer = status(code);
    expect(await deliver()).toEqual({ detail: { status: code } });
  });

  test.each([408, 409, 425, 429, 500, 502, 503, 504])("%i is tried again", async (code) => {
    connect();
    answer = status(code);
    await expect(deliver()).rejects.toMatchObject({
      code: "delivery_failed",
      retryable: true,
      details: { status: code },
    });
  });

  test.each([400, 401, 403, 404, 410, 413, 422])("%i is refused for good", async (code) => {
    connect();
    answer = status(code);
    await expect(deliver()).rejects.toMatchObject({
      code: "delivery_refused",
      retryable: false,
      details: { status: code },
    });
  });

  test.each([301, 302, 307, 308])("%i is not followed", async (code) => {
    connect();
    answer = status(code, { location: "/elsewhere" });
    await expect(deliver()).rejects.toMatchObject({
      code: "delivery_refused",
      hint: expect.stringContaining("Redirects"),
    });
    expect(seen.length).toBe(1);
  });

  test("410 says that the address is gone for good", async () => {
    connect();
    answer = status(410);
    await expect(deliver()).rejects.toMatchObject({
      hint: expect.stringContaining("disable the connection"),
    });
  });

  test.each([
    ["120", 120],
    [new Date(item.now + 90_000).toUTCString(), 90],
    ["99999999", 86_400],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", undefined],
  ])("Retry-After %s is told to the outbox", async (header, seconds) => {
    connect();
    answer = status(429, { "retry-after": header });
    const error = (await deliver().catch((reason: unknown) => reason)) as {
      details: { retryAfterMs?: number };
    };
    expect(error.details.retryAfterMs).toBe(seconds === undefined ? undefined : seconds * 1000);
  });

  test("nothing of the answer is kept", async () => {
    connect();
    answer = status(422);
    const error = await deliver().catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("Erika");
  });
});

describe("no answer", () => {
  test("within the time is tried again", async () => {
    connect({ timeouts: { total: 100 } });
    answer = () => undefined;
    await expect(deliver()).rejects.toMatchObject({ code: "delivery_failed", details: { reason: "late" } });
  });

  test("because the caller stops is tried again", async () => {
    connect();
    const stop = new AbortController();
    answer = () => stop.abort();
    await expect(deliver(stop.signal)).rejects.toMatchObject({
      code: "delivery_failed",
      details: { reason: "stopped" },
    });
  });

  test("because nobody listens is tried again", async () => {
    connect();
    await new Promise((done) => server.close(done));
    await expect(deliver()).rejects.toMatchObject({
      code: "delivery_failed",
      details: { reason: "network", code: "ECONNREFUSED" },
    });
  });

  test("because the connection breaks is tried again", async () => {
    connect();
    answer = (response) => response.destroy();
    await expect(deliver()).rejects.toMatchObject({
      code: "delivery_failed",
      details: { reason: "network" },
    });
  });

  test("a done delivery stays done when the rest of the answer breaks off", async () => {
    connect();
    answer = (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      response.on("drain", () => undefined);
      setImmediate(() => response.destroy());
    };
    expect(await deliver()).toEqual({ detail: { status: 200 } });
  });
});

describe("settings that cannot work are refused at once", () => {
  test.each(["ftp://a", "not an address", "https://user:pw@example.com/"])("address %s", (url) => {
    connect();
    expect(() => webhookTarget({ name: "crm", url, secret: SAMPLE.secret })).toThrow(
      /not a usable web address/,
    );
  });

  test("a secret that is no base64, and it is not repeated", () => {
    connect();
    const secret = "whsec_!!geheim!!";
    expect(() => webhookTarget({ name: "crm", url: "https://example.com", secret })).toThrow(
      expect.objectContaining({ code: "settings_invalid", message: expect.not.stringContaining("geheim") }),
    );
  });
});

describe("where connections may not lead", () => {
  test("nothing is sent, and tries go on until an administrator allowed it or corrected it", async () => {
    connect({ url: "https://10.1.2.3:8443/in" });
    const error = await deliver().then(
      () => expect.fail("it was delivered"),
      (error: unknown) => error,
    );
    expect(error).toMatchObject({
      code: "delivery_failed",
      retryable: true,
      hint: expect.stringContaining("10.1.2.3:8443 to the setting PILOTAGE_EGRESS_ALLOW") as string,
      details: { reason: "egress" },
    });
  });

  test("a name that leads back to this machine gets nothing either", async () => {
    const { port } = server.address() as AddressInfo;
    const resolve: Resolve = (_, __, found) => found(null, [{ address: "127.0.0.1", family: 4 }]);
    connect({ url: `http://hooks.example.com:${port}/in`, egress: openEgress([], resolve) });
    await expect(deliver()).rejects.toMatchObject({ code: "delivery_failed", details: { reason: "egress" } });
    connect({
      url: `http://hooks.example.com:${port}/in`,
      egress: openEgress([{ host: "hooks.example.com", port }], resolve),
    });
    await expect(deliver()).resolves.toBeDefined();
  });
});
