/** Connections are used again as long as both sides keep them, one question at a time, and none is left behind. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { strictEgress } from "../platform/egress.ts";
import { openExchange, type Exchange } from "./exchange.ts";
import type { WireReply } from "./http-reply.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const GOOD = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const KEPT_SHORTLY = GOOD.replace("content-length", "Keep-Alive: timeout=2\r\ncontent-length");

interface Far {
  exchange: Exchange;
  /** What came, question by question. */
  asked: string[];
  /** Connections so far, and those that are open. */
  opened: number;
  open: Set<Socket>;
}

/** A provider that does with each question what the test says. */
async function far(answer: (socket: Socket, nth: number) => void): Promise<Far> {
  const found: Omit<Far, "exchange"> = { asked: [], opened: 0, open: new Set() };
  const server = createServer((socket) => {
    found.opened++;
    found.open.add(socket);
    socket
      .on("data", (bytes) => answer(socket, found.asked.push(bytes.toString("latin1"))))
      .on("close", () => found.open.delete(socket))
      .on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat?version=1`);
  const connect = strictEgress.connector(url, { timeoutMs: 1_000 });
  const exchange = openExchange({ url, connect, maxReplyBytes: 10_000 });
  ends.push(async () => {
    await exchange.close();
    for (const socket of found.open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return Object.assign(found, { exchange });
}

function ask(exchange: Exchange, body = "{}", headers: Record<string, string> = {}): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    exchange.post(headers, body, (error, reply) => (reply ? resolve(reply) : reject(error!)));
  });
}

describe("a question", () => {
  test("is sent whole: address, headers in their own letters, length in bytes, text in UTF-8", async () => {
    const other = await far((socket) => socket.write(GOOD));
    await ask(other.exchange, '{"a":"ü"}', { "x-name": "Zoë", authorization: "Bearer 1" });
    const [head, body] = other.asked[0]!.split("\r\n\r\n");
    expect(head!.split("\r\n")).toEqual([
      "POST /v1/chat?version=1 HTTP/1.1",
      expect.stringMatching(/^host: 127\.0\.0\.1:\d+$/),
      "x-name: Zoë",
      "authorization: Bearer 1",
      "content-length: 10",
    ]);
    expect(Buffer.from(body!, "latin1").toString("utf8")).toBe('{"a":"ü"}');
  });

  test.each([
    ["a line break", { authorization: "Bearer x\r\nhost: other" }],
    ["a letter that HTTP cannot carry", { "x-name": "Ž" }],
    ["a name that is none", { "x name": "1" }],
  ])("with %s in a header is not sent", async (_, headers) => {
    const other = await far((socket) => socket.write(GOOD));
    await expect(ask(other.exchange, "{}", headers)).rejects.toMatchObject({ code: "ERR_INVALID_CHAR" });
    expect(other.opened).toBe(0);
  });

  test("that is broken off closes its connection, and nobody is told", async () => {
    const other = await far(() => undefined);
    let told = false;
    for (const after of [0, 50]) {
      const stop = other.exchange.post({}, "{}", () => (told = true));
      await pause(after);
      stop();
      stop();
    }
    await expect.poll(() => other.open.size).toBe(0);
    expect(told).toBe(false);
  });
});

describe("a connection", () => {
  test("is used again, one question at a time", async () => {
    const other = await far((socket) => socket.write(GOOD));
    for (let i = 0; i < 5; i++) await ask(other.exchange);
    expect(other.opened).toBe(1);
    await Promise.all(Array.from({ length: 4 }, () => ask(other.exchange)));
    expect(other.opened).toBe(4);
    await Promise.all(Array.from({ length: 4 }, () => ask(other.exchange)));
    expect(other.opened).toBe(4);
  });

  test.each([
    ["says that it closes", GOOD.replace("content-length", "connection: close\r\ncontent-length")],
    ["keeps it for too short a time", KEPT_SHORTLY],
    ["sent more than its answer", `${GOOD}HTTP/1.1 408 Request Timeout\r\n\r\n`],
  ])("is not used again when the other side %s", async (_, reply) => {
    const other = await far((socket) => socket.write(reply));
    for (let i = 0; i < 3; i++) expect((await ask(other.exchange)).status).toBe(200);
    expect(other.opened).toBe(3);
    await expect.poll(() => other.open.size).toBe(0);
  });

  test("that the other side closes while it is idle is forgotten", async () => {
    const other = await far((socket) => socket.write(GOOD, () => setTimeout(() => socket.end(), 20)));
    for (let i = 0; i < 3; i++) {
      await ask(other.exchange);
      await expect.poll(() => other.open.size).toBe(0);
      await pause(20);
    }
    expect(other.opened).toBe(3);
  });

  test("that breaks in the middle ends its question with an error, and the next one gets another", async () => {
    const other = await far((socket, nth) => {
      if (nth === 1) socket.write(GOOD.slice(0, -1), () => socket.end());
      else if (nth === 2) socket.resetAndDestroy();
      else socket.write(GOOD);
    });
    await expect(ask(other.exchange)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    await expect(ask(other.exchange)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await ask(other.exchange)).status).toBe(200);
  });

  test("is closed at the end, after the questions under way", async () => {
    const other = await far((socket) => setTimeout(() => socket.write(GOOD), 100));
    const asked = [ask(other.exchange), ask(other.exchange)];
    await expect.poll(() => other.asked.length).toBe(2);
    await other.exchange.close();
    for (const reply of await Promise.all(asked)) expect(reply.status).toBe(200);
    await expect.poll(() => other.open.size).toBe(0);
  });
});
