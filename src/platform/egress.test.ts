/** Where connections may lead, with real sockets and a name server that answers what the test says. */
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import {
  addressKind,
  EgressRefused,
  openEgress,
  readAllowed,
  refusalOf,
  type Resolve,
  strictEgress,
} from "./egress.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server on loopback that counts who connects, and answers every request with 204. */
async function listen(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(() => new Promise((done) => server.close(done)));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** Every name is at these addresses, one list for each question, the last one for all that follow. */
function nameServer(...answers: string[][]): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    resolve(_, __, found) {
      const addresses = answers[Math.min(asked++, answers.length - 1)]!;
      queueMicrotask(() =>
        found(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        ),
      );
    },
  };
}

async function refusal(call: Promise<unknown>): Promise<EgressRefused> {
  const error: unknown = await call.then(
    () => expect.fail("it was reached"),
    (error: unknown) => error,
  );
  if (!(error instanceof EgressRefused)) throw error;
  return error;
}

describe("an address in digits", () => {
  test.each([
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["[::1]", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["10.1.2.3", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.9", "private"],
    ["100.64.0.1", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["fd12::1", "private"],
    ["64:ff9b::a01:203", "private"],
    ["169.254.169.254", "never"],
    ["::ffff:169.254.169.254", "never"],
    ["64:ff9b::a9fe:a9fe", "never"],
    ["fd00:ec2::254", "never"],
    ["fe80::1%eth0", "never"],
    ["100.100.100.200", "never"],
    ["192.0.0.192", "never"],
    ["0.0.0.0", "never"],
    ["::", "never"],
    ["::7f00:1", "never"],
    ["255.255.255.255", "never"],
    ["224.0.0.1", "never"],
    ["ff02::1", "never"],
    ["172.32.0.1", "public"],
    ["8.8.8.8", "public"],
    ["2001:4860:4860::8888", "public"],
    ["64:ff9b::808:808", "public"],
    ["64:ff9b::800:0", "public"],
  ])("%s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  test("is no name", () => {
    expect(addressKind("models.example.com")).toBeUndefined();
    expect(addressKind("127.0.0.1.example.com")).toBeUndefined();
  });
});

describe("the list of allowed places", () => {
  test("is read with names, addresses and ports", () => {
    expect(readAllowed(" Models.example.com:8000, 10.1.2.3:443 ,[FD12:0::1]:80,")).toStrictEqual([
      { host: "models.example.com", port: 8000 },
      { host: "10.1.2.3", port: 443 },
      { host: "fd12::1", port: 80 },
    ]);
    expect(readAllowed("")).toStrictEqual([]);
  });

  test.each([
    "models.example.com",
    "10.0.0.0/8:443",
    "https://a.example:1",
    "a b:1",
    ":80",
    "a:0",
    "a:70000",
  ])("%s is no entry", (text) => {
    expect(() => readAllowed(text)).toThrow("is not host:port");
  });

  test.each(["169.254.169.254:80", "metadata.google.internal:80", "[fd00:ec2::254]:80"])(
    "%s cannot be allowed",
    (text) => {
      expect(() => readAllowed(text)).toThrow("never reached");
    },
  );

  test("opens a private address at its port only, by the name or by the address behind it", () => {
    const refused = (host: string, port: number, address: string, list: string) =>
      refusalOf(host, port, address, readAllowed(list)) !== undefined;
    expect(refused("10.1.2.3", 8000, "10.1.2.3", "10.1.2.3:8000")).toBe(false);
    expect(refused("10.1.2.3", 8001, "10.1.2.3", "10.1.2.3:8000")).toBe(true);
    expect(refused("10.1.2.4", 8000, "10.1.2.4", "10.1.2.3:8000")).toBe(true);
    expect(refused("gpu.example.com", 8000, "10.1.2.3", "gpu.example.com:8000")).toBe(false);
    expect(refused("gpu.example.com", 8000, "10.1.2.3", "10.1.2.3:8000")).toBe(false);
    expect(refused("other.example.com", 8000, "10.1.2.3", "gpu.example.com:8000")).toBe(true);
    expect(refused("gpu.example.com", 8000, "169.254.169.254", "gpu.example.com:8000")).toBe(true);
  });
});

describe("a connection", () => {
  test("to loopback is made, written in digits or as localhost", async () => {
    const { port, connections } = await listen();
    await strictEgress.reach(`http://127.0.0.1:${port}/v1`, { timeoutMs: 2_000 });
    await strictEgress.reach(`http://localhost:${port}`, { timeoutMs: 2_000 });
    await expect.poll(connections).toBe(2);
  });

  test.each(["http://10.1.2.3/v1", "https://192.168.0.9:8443", "http://[fd12::1]/v1"])(
    "to %s is refused until an administrator allows it, in words that say what to add",
    async (address) => {
      const { message, hint } = await refusal(strictEgress.reach(address, { timeoutMs: 500 }));
      const url = new URL(address);
      const place = `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
      expect(message).toContain("private address");
      expect(hint).toContain(`add ${place} to the setting PILOTAGE_EGRESS_ALLOW`);
    },
  );

  test.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:a9fe:a9fe]/",
    "http://metadata.google.internal/",
    "http://0.0.0.0/",
    "http://[fe80::1]/",
  ])("to %s is never made", async (address) => {
    const allowed = [{ host: new URL(address).hostname, port: 80 }];
    const { message } = await refusal(openEgress(allowed).reach(address, { timeoutMs: 500 }));
    expect(message).toContain("nothing is ever sent");
  });

  test("to a name that leads to this machine is refused, and nothing arrives there", async () => {
    const { port, connections } = await listen();
    const { resolve } = nameServer(["127.0.0.1"]);
    const { message } = await refusal(
      openEgress([], resolve).reach(`http://models.example.com:${port}`, { timeoutMs: 500 }),
    );
    expect(message).toContain("models.example.com, which is 127.0.0.1, is a loopback address");
    expect(connections()).toBe(0);
  });

  test("to a name that is allowed with its port reaches what the name leads to", async () => {
    const { port, connections } = await listen();
    const { resolve } = nameServer(["169.254.169.254", "127.0.0.1"]);
    await openEgress(readAllowed(`models.example.com:${port}`), resolve).reach(
      `http://models.example.com:${port}`,
      { timeoutMs: 2_000 },
    );
    await expect.poll(connections).toBe(1);
  });

  test("of a pool is judged anew each time, so that a name which moves opens nothing", async () => {
    const { port, connections } = await listen();
    const moving = nameServer(["127.0.0.1"], ["10.1.2.3"]);
    const egress = openEgress(readAllowed(`127.0.0.1:${port}`), moving.resolve);
    const pool = new Pool(`http://models.example.com:${port}`, {
      connect: egress.connector(`http://models.example.com:${port}`, { timeoutMs: 500 }),
    });
    open.push(() => pool.destroy());
    const ask = () => pool.request({ method: "GET", path: "/" }).then((reply) => reply.body.dump());
    await ask();
    const { message } = await refusal(ask());
    expect(message).toContain("which is 10.1.2.3");
    expect(moving.asked()).toBe(2);
    expect(connections()).toBe(1);
  });

  test("to a name that nobody knows fails as such", async () => {
    const unknown: Resolve = (_, __, found) =>
      found(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }), []);
    await expect(
      openEgress([], unknown).reach("https://models.example.com", { timeoutMs: 500 }),
    ).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});
