/**
 * The endpoint as a server of HTTP: bodies in pieces, sizes, methods, addresses, what waits for long, and a stop in the
 * middle of a call. What is asked and answered is in gateway.test.ts and gateway-pass-through.test.ts.
 */
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { install, until } from "./support/installation.ts";
import { json, startPlayingProvider, whole } from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { app, client, url, stop } = await install();
await client.saveConnection({
  params: { name: "first" },
  body: {
    settings: {
      kind: "openai",
      baseUrl: provider.address,
      passThrough: [
        { name: "good", whole: "asked" },
        { name: "vendor/good", whole: "asked" },
      ],
    },
  },
});
const { secret: key } = await app.keys.make(
  { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
  { kind: "system", name: "test" },
);
const { hostname, port } = new URL(url);
const authorization = `Bearer ${key}`;
const question = JSON.stringify({
  model: "first/good",
  messages: [{ role: "user", content: "Wie geht's? ü" }],
});

interface Heard {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  text: string;
}

/** A request whose body is sent as the test says. */
async function send(
  way: { method?: string; path?: string; headers?: Record<string, string>; agent?: Agent },
  body: (asking: ReturnType<typeof request>) => void = (asking) => void asking.end(),
): Promise<Heard> {
  const { method = "POST", path = "/v1/chat/completions", headers = {}, agent } = way;
  const asking = request(`${url}${path}`, {
    method,
    headers: { authorization, "content-type": "application/json", ...headers },
    ...(agent ? { agent } : {}),
  });
  const answered = once(asking, "response") as Promise<[IncomingMessage]>;
  body(asking);
  const [reply] = await answered;
  let text = "";
  for await (const part of reply.setEncoding("utf8")) text += part as string;
  return { status: reply.statusCode, headers: reply.headers, text };
}

const codeOf = ({ text }: Heard) => (JSON.parse(text) as { error: { code: string } }).error.code;

describe("a body", () => {
  test("may come in pieces that cut its letters, with and without a length", async () => {
    const bytes = Buffer.from(question);
    const inside = bytes.indexOf(0xc3) + 1;
    for (const headers of [{}, { "content-length": String(bytes.length) }]) {
      const heard = await send({ headers }, (asking) => {
        asking.write(bytes.subarray(0, 5));
        setTimeout(() => asking.write(bytes.subarray(5, inside)), 20);
        setTimeout(() => asking.end(bytes.subarray(inside)), 40);
      });
      expect(heard.status).toBe(200);
      expect(provider.asked.at(-1)!.body["messages"]).toEqual([{ role: "user", content: "Wie geht's? ü" }]);
    }
  });

  test("that turns out too large is refused while it still comes, and the connection goes on", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const large = Buffer.alloc(1024 * 1024, "x");
    const heard = await send({ agent, headers: { "transfer-encoding": "chunked" } }, (asking) => {
      for (let i = 0; i < 21; i++) asking.write(large);
      asking.end();
    });
    expect(heard.status).toBe(400);
    expect(codeOf(heard)).toBe("request_too_large");
    expect((await send({ agent }, (asking) => asking.end(question))).status).toBe(200);
    agent.destroy();
  });

  test("is asked for only when the key is known: a stranger who waits for that sends nothing", async () => {
    const heard = await send(
      { headers: { authorization: "Bearer pil_unknown", "content-length": "1000000" } },
      (asking) => asking.flushHeaders(),
    );
    expect(heard.status).toBe(401);
    expect(codeOf(heard)).toBe("invalid_api_key");
  });

  test("may name its type in any letters and with more behind it, and must name it", async () => {
    const type = "Application/JSON; charset=utf-8";
    expect((await send({ headers: { "content-type": type } }, (asking) => asking.end(question))).status).toBe(
      200,
    );
    for (const other of ["application/jsonp", "text/json", ""]) {
      const heard = await send({ headers: { "content-type": other } }, (asking) => asking.end(question));
      expect([heard.status, codeOf(heard)]).toEqual([415, "unsupported_media_type"]);
    }
  });
});

describe("an address", () => {
  test("may hold a query and encoded letters; what is not well encoded is nowhere", async () => {
    const found = await send({ method: "GET", path: "/v1/models/first%2Fvendor/good?x=1" });
    expect(JSON.parse(found.text)).toMatchObject({ id: "first/vendor/good" });
    const nowhere = await send({ method: "GET", path: "/v1/models/%zz" });
    expect([nowhere.status, codeOf(nowhere)]).toEqual([404, "unknown_url"]);
    expect((await send({ path: "/v1/chat/completions?x=1" }, (asking) => asking.end(question))).status).toBe(
      200,
    );
  });

  test.each([
    ["POST", "/v1/models"],
    ["GET", "/v1/chat/completions"],
    ["PUT", "/v1/chat/completions"],
    ["GET", "/v1"],
    ["GET", "/v1/"],
  ])("%s %s is told in the shape of the wire", async (method, path) => {
    const heard = await send({ method, path });
    expect(heard.status).toBe(404);
    expect(["unknown_url", "model_not_found"]).toContain(codeOf(heard));
    expect(heard.headers["x-request-id"]).toMatch(/^req_/);
  });

  test("may be whole, with the name of the server, as proxies send it", async () => {
    for (const path of ["/v1/models", "/v1/nothing"]) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET ${url}${path} HTTP/1.1\r\nhost: pilotage\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`,
      );
      let text = "";
      for await (const part of socket.setEncoding("utf8")) text += part as string;
      expect(text).toMatch(path === "/v1/models" ? /^HTTP\/1.1 200 [^]*"object":"list"/ : /"unknown_url"/);
    }
  });

  test("that only begins alike is none of the endpoint's", async () => {
    const { text } = await send({ method: "GET", path: "/v1x" });
    expect(text).not.toContain("unknown_url");
  });

  test("answers HEAD as GET, without the body", async () => {
    const heard = await send({ method: "HEAD", path: "/v1/models" });
    expect([heard.status, heard.text]).toEqual([200, ""]);
    expect(Number(heard.headers["content-length"])).toBeGreaterThan(10);
  });
});

test("answers carry the headers of every other answer of the program", async () => {
  const { headers } = await send({}, (asking) => asking.end(question));
  expect(headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-pilotage-call": expect.stringMatching(/^mcl_/),
    "x-pilotage-connection": "first",
    "x-pilotage-attempts": "1",
    "x-pilotage-mode": "buffered",
  });
});

test("requests are counted by route, not by address", async () => {
  await send({ method: "GET", path: "/v1/models/first/good" });
  const text = await (await fetch(`${url}/metrics`)).text();
  for (const route of ["/v1/chat/completions", "/v1/models/*", "/v1/*"])
    expect(text).toContain(`pilotage_http_requests_total{route="${route}"`);
  expect(text).not.toContain('first/good"');
});

test("several calls on one connection, one behind the other, are answered in their order", async () => {
  const socket = connect(Number(port), hostname);
  const one = (content: string) => {
    const body = JSON.stringify({ model: "first/good", messages: [{ role: "user", content }] });
    return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
  let heard = "";
  socket.on("data", (part) => (heard += part.toString("utf8")));
  socket.write(one("1") + one("2") + one("3"));
  await until(
    async () => heard.split("HTTP/1.1 200 OK").length - 1,
    (answers) => answers === 3,
  );
  socket.destroy();
});

test("a stop answers the calls under way, ends their connections, and takes no more", async () => {
  let answer = () => {};
  provider.plays["good"] = (_, reply) =>
    void (answer = () => json(reply, 200, whole("good", { role: "assistant", content: "late" })));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const waiting = send({ agent }, (asking) => asking.end(question));
  await until(
    async () => provider.asked.length,
    () => answer.toString() !== "() => {}",
  );
  const stopped = stop();
  await new Promise((resolve) => setTimeout(resolve, 200));
  answer();
  const heard = await waiting;
  expect(heard.status).toBe(200);
  expect(heard.headers.connection).toBe("close");
  await stopped;
  await expect(send({}, (asking) => asking.end(question))).rejects.toThrow(/ECONNREFUSED/);
  agent.destroy();
});
