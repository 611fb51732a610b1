/** What serves the console: its page at every address of its own, files that never change, and nothing for programs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { afterAll, expect, test } from "vitest";
import { CONSOLE_POLICY, serveConsole } from "./console.ts";

const folder = mkdtempSync(join(tmpdir(), "pilotage-console-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<title>Pilotage</title>");
writeFileSync(join(folder, "secret.txt"), "not for anybody");
writeFileSync(join(folder, "assets", "index-abcd1234.js"), "plain");
writeFileSync(join(folder, "assets", "index-abcd1234.js.br"), "small");

async function open(built = `${folder}/`) {
  const app = fastify();
  app.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));
  app.get("/api/v1/known", async () => ({ known: true }));
  await serveConsole(app, built);
  return app;
}

test.each(["/", "/inbox", "/cases/case_1?workflow=a", "/settings/people"])(
  "the page is served at %s, under a policy that runs nothing inline",
  async (url) => {
    const reply = await (await open()).inject({ url });
    expect([reply.statusCode, reply.body]).toEqual([200, "<title>Pilotage</title>"]);
    expect(reply.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONSOLE_POLICY,
      "cache-control": "no-cache",
    });
    expect(CONSOLE_POLICY).toMatch(/script-src 'self';/);
  },
);

test("a file of the build is sent compressed and may be kept for ever", async () => {
  const app = await open();
  const reply = await app.inject({
    url: "/assets/index-abcd1234.js",
    headers: { "accept-encoding": "br, gzip" },
  });
  expect(reply.body).toBe("small");
  expect(reply.headers).toMatchObject({
    "content-encoding": "br",
    "content-type": "application/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
  });
  const plain = await app.inject({
    url: "/assets/index-abcd1234.js",
    headers: { "accept-encoding": "identity" },
  });
  expect([plain.body, plain.headers["content-encoding"]]).toEqual(["plain", undefined]);
});

test.each([
  "/api/v1/unknown",
  "/v1/chat",
  "/metrics/more",
  "/assets/gone.js",
  "/assets/../secret.txt",
  "/assets/%2e%2e/secret.txt",
])("there is no page at %s", async (url) => {
  const reply = await (await open()).inject({ url });
  expect(reply.body).not.toContain("not for anybody");
  expect(reply.statusCode === 404 || reply.body === "<title>Pilotage</title>").toBe(true);
  if (!url.includes("secret")) expect(reply.statusCode).toBe(404);
  expect(reply.headers["cache-control"]).not.toContain("immutable");
});

test("an address for programs that is known is answered as ever, a verb other than GET nowhere", async () => {
  const app = await open();
  expect((await app.inject({ url: "/api/v1/known" })).json()).toEqual({ known: true });
  expect((await app.inject({ method: "POST", url: "/inbox" })).statusCode).toBe(404);
});

test("without a build the page says what to run, and a build made later is served at once", async () => {
  const later = join(folder, "later");
  const app = await open(`${later}/`);
  const before = await app.inject({ url: "/inbox" });
  expect([before.statusCode, before.body]).toEqual([503, expect.stringContaining("npm run build:console")]);
  mkdirSync(join(later, "assets"), { recursive: true });
  writeFileSync(join(later, "index.html"), "built");
  writeFileSync(join(later, "assets", "a-12345678.js"), "script");
  expect((await app.inject({ url: "/inbox" })).body).toBe("built");
  expect((await app.inject({ url: "/assets/a-12345678.js" })).body).toBe("script");
});
