/** The limits of a call, each by itself, against real sockets; and that nothing stays open after any end. */
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type FaultProvider, startFaultProvider } from "../../test/support/fault-provider/fault-provider.ts";
import type { PilotageError } from "../contract/errors.ts";
import { stopwatch } from "../platform/clock.ts";
import type { EventStream, StreamCall, Upstream, UpstreamOptions } from "./upstream.ts";
import { openUpstream } from "./upstream.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function upstreamTo(url: string, more: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = openUpstream({ url, describe: "double", timeoutMs: 10_000, ...more });
  open.push(() => upstream.close());
  return upstream;
}

/** A server that does what the test says with each request. */
async function serve(respond: (response: ServerResponse) => void | Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => void respond(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
}

const STREAM = { "content-type": "text/event-stream" };
const never = new AbortController().signal;

async function provider(): Promise<FaultProvider> {
  const double = await startFaultProvider({ speed: 10 });
  open.push(() => double.stop());
  return double;
}

async function stream(upstream: Upstream, call: Partial<StreamCall> = {}): Promise<EventStream> {
  const body = JSON.stringify({ model: "primary", stream: true, messages: [] });
  const reply = await upstream.stream(body, {}, { signal: never, ...call });
  if (reply.kind !== "events") return expect.fail(`no stream, but ${reply.reply.status}`);
  return reply.events;
}

async function failing(asked: Promise<unknown>): Promise<PilotageError> {
  return asked.then(
    () => expect.fail("it answered"),
    (error: unknown) => error as PilotageError,
  );
}

async function readAll(events: EventStream, each?: () => Promise<unknown>): Promise<string[]> {
  const read: string[] = [];
  for await (const { data } of events) {
    read.push(data);
    await each?.();
  }
  return read;
}

describe("the limit", () => {
  test("to a connection includes the handshake of TLS", async () => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => void sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(
      () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    );
    const { port } = server.address() as AddressInfo;
    const upstream = upstreamTo(`https://127.0.0.1:${port}/`, { connectMs: 400 });
    const elapsed = stopwatch();
    for (const asked of [
      upstream.post("{}", {}, { signal: never }),
      upstream.stream("{}", {}, { signal: never }),
    ])
      expect((await failing(asked)).details).toMatchObject({
        class: "timeout_connect",
        limit: "connect",
        timeoutMs: 400,
      });
    expect(elapsed()).toBeLessThan(5_000);
  });

  test("to the first token holds where nothing comes at all, and where only the head comes", async () => {
    const silent = await serve(() => {});
    const headOnly = await serve((response) => {
      response.writeHead(200, STREAM).flushHeaders();
    });
    for (const url of [silent, headOnly]) {
      const upstream = upstreamTo(url);
      const asked = async () => readAll(await stream(upstream, { firstTokenMs: 300 }));
      expect((await failing(asked())).details).toMatchObject({
        class: "timeout_first_token",
        limit: "first_token",
        timeoutMs: 300,
      });
      const plain = upstream.post("{}", {}, { signal: never, firstTokenMs: 300 });
      expect((await failing(plain)).details).toMatchObject({ class: "timeout_first_token" });
    }
  });

  test("to the first token is not met by comments, nor by events that are none", async () => {
    const url = await serve(async (response) => {
      response.writeHead(200, STREAM);
      while (!response.destroyed) {
        response.write(": wait\n\ndata: frame\n\n");
        await pause(50);
      }
    });
    const events = await stream(upstreamTo(url), { firstTokenMs: 300, isToken: (data) => data !== "frame" });
    expect((await failing(readAll(events))).details).toMatchObject({ class: "timeout_first_token" });
    expect(events.firstTokenMs).toBeUndefined();
  });

  test("on silence begins with the first token and is not met by comments", async () => {
    const url = await serve(async (response) => {
      response.writeHead(200, STREAM);
      await pause(400);
      response.write("data: first\n\n");
      while (!response.destroyed) {
        response.write(": still here\n\n");
        await pause(50);
      }
    });
    const events = await stream(upstreamTo(url), { idleMs: 300 });
    expect((await failing(readAll(events))).details).toMatchObject({
      class: "timeout_idle",
      limit: "idle",
      timeoutMs: 300,
    });
    expect(events.firstTokenMs).toBeGreaterThan(350);
  });

  test("on silence does not blame the provider for a slow reader", async () => {
    const url = await serve((response) => {
      response.writeHead(200, STREAM);
      response.end("data: a\n\ndata: b\n\ndata: c\n\n");
    });
    const events = await stream(upstreamTo(url), { idleMs: 200 });
    expect(await readAll(events, () => pause(400))).toStrictEqual(["a", "b", "c"]);
  });

  test("on the whole ends what never falls silent, streamed and plain", async () => {
    const url = await serve(async (response) => {
      response.writeHead(200, STREAM);
      while (!response.destroyed) {
        response.write("data: more\n\n");
        await pause(20);
      }
    });
    const upstream = upstreamTo(url);
    const events = await stream(upstream, { idleMs: 5_000, leftMs: 400 });
    expect((await failing(readAll(events))).details).toMatchObject({
      class: "timeout_total",
      limit: "total",
      timeoutMs: 400,
    });
    const plain = upstream.post("{}", {}, { signal: never, leftMs: 400 });
    expect((await failing(plain)).details).toMatchObject({ class: "timeout_total" });
  });

  test("on the whole is no failure of the provider where nobody reads", async () => {
    const url = await serve((response) => {
      response.writeHead(200, STREAM);
      for (let i = 0; i < 100; i++) response.write(`data: ${i}\n\n`);
    });
    const events = await stream(upstreamTo(url), { leftMs: 1_500 });
    const error = await failing(readAll(events, () => pause(2_500)));
    expect(error.details).toMatchObject({ class: "aborted" });
  });

  test("on silence after the end was said ends the stream without a failure", async () => {
    const url = await serve((response) => {
      response.writeHead(200, STREAM);
      response.write("data: finish\n\n");
    });
    const events = await stream(upstreamTo(url));
    const elapsed = stopwatch();
    expect(await readAll(events, async () => events.ending(200))).toStrictEqual(["finish"]);
    expect(elapsed()).toBeLessThan(2_000);
  });
});

describe("a stream", () => {
  test("that is answered with an error or with a whole reply is given as that", async () => {
    const url = await serve((response) => {
      response.writeHead(503, STREAM).end("busy");
    });
    const reply = await upstreamTo(url).stream("{}", {}, { signal: never });
    expect(reply).toMatchObject({ kind: "whole", reply: { status: 503, text: "busy" } });
    const json = await serve((response) => {
      response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end("{}");
    });
    const whole = await upstreamTo(json).stream("{}", {}, { signal: never });
    expect(whole).toMatchObject({ kind: "whole", reply: { status: 200, text: "{}" } });
  });

  test("of more bytes than any answer has is broken off", async () => {
    const url = await serve((response) => {
      response.writeHead(200, STREAM);
      for (let i = 0; i < 200; i++) response.write(`data: ${"x".repeat(1_000)}\n\n`);
    });
    const events = await stream(upstreamTo(url, { maxReplyBytes: 10_000 }));
    expect((await failing(readAll(events))).details).toMatchObject({ class: "malformed" });
  });

  test("of bytes that are not UTF-8 is a bad answer", async () => {
    const url = await serve((response) => {
      response.writeHead(200, STREAM).end(Buffer.from([0x64, 0xff, 0xff, 0x0a, 0x0a]));
    });
    expect((await failing(readAll(await stream(upstreamTo(url))))).details).toMatchObject({
      class: "malformed",
    });
  });
});

describe("a connection", () => {
  test("is used again after a stream that ended", async () => {
    const double = await provider();
    const upstream = upstreamTo(`${double.url}/chat/completions`);
    for (let i = 0; i < 4; i++) {
      for await (const { data } of await stream(upstream)) if (data === "[DONE]") break;
      await expect.poll(() => double.answering).toBe(0);
    }
    expect(double.opened).toBeGreaterThanOrEqual(1);
    double.play("healthy");
    const before = double.opened;
    for (let i = 0; i < 4; i++) await readAll(await stream(upstream));
    expect(double.opened - before).toBeLessThanOrEqual(1);
  });

  test.each<[string, (events: EventStream, stop: AbortController) => Promise<unknown>]>([
    [
      "the caller breaks off",
      async (events, stop) => {
        setTimeout(() => stop.abort(new Error("shutting down")), 100);
        expect((await failing(readAll(events))).details).toMatchObject({ class: "aborted", aborted: true });
      },
    ],
    [
      "the caller breaks off between two events",
      async (events, stop) => {
        const error = await failing(
          readAll(events, async () => {
            stop.abort();
            await pause(20);
          }),
        );
        expect(error.details).toMatchObject({ class: "aborted" });
      },
    ],
    [
      "the loop is left",
      async (events) => {
        for await (const _ of events) break;
      },
    ],
    ["it is closed before the loop", async (events) => events.close()],
    [
      "it is closed in the loop",
      async (events) => {
        await readAll(events, async () => events.close());
      },
    ],
    [
      "the loop throws",
      async (events) => {
        const broken = readAll(events, () => Promise.reject(new Error("the reader broke")));
        expect((await failing(broken)).message).toBe("the reader broke");
      },
    ],
  ])("is closed when %s", async (_, leave) => {
    const double = await provider();
    double.play("S09");
    const upstream = upstreamTo(`${double.url}/chat/completions`);
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const stop = new AbortController();
        await leave(await stream(upstream, { signal: stop.signal }), stop);
      }),
    );
    await expect.poll(() => double.sockets, { timeout: 5_000 }).toBe(0);
    expect(double.seen.map(({ end }) => end)).toStrictEqual(Array.from({ length: 20 }, () => "left"));
  });

  test("is closed when a limit strikes, and the signal of the caller is let go of", async () => {
    const double = await provider();
    double.play("S06");
    const upstream = upstreamTo(`${double.url}/chat/completions`);
    const stop = new AbortController();
    const calls = Array.from({ length: 20 }, () =>
      failing(stream(upstream, { signal: stop.signal, firstTokenMs: 300 })),
    );
    for (const error of await Promise.all(calls))
      expect(error.details).toMatchObject({ class: "timeout_first_token" });
    await expect.poll(() => double.sockets, { timeout: 5_000 }).toBe(0);
    stop.abort();
    double.play("healthy");
    expect(await readAll(await stream(upstream))).toHaveLength(63);
  });
});
