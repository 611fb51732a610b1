/**
 * Serves the console: its page at every address of the console, its files with names that never change their content.
 *
 * The files are those that the build left in dist/console/, compressed already. They are looked up at each request, so a
 * console that is built while the program runs appears by itself. Everything comes from this program and nothing inline
 * is run: text from a case can never become script, whatever a page makes of it.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import staticFiles from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { html } from "./markup.ts";

const BUILT = fileURLToPath(new URL("../../dist/console/", import.meta.url));

/** Addresses of programs. What is unknown there is answered for programs, not with the page. */
const OF_PROGRAMS = /^\/(?:api|v1|healthz|readyz|metrics|feedback|assets)(?:\/|$)/;

export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The parts' library writes style elements and attributes.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const NEVER_CHANGES = "public, max-age=31536000, immutable";

export async function serveConsole(app: FastifyInstance, built: string = BUILT): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook("onSend", async (request, reply) => {
      const asset = request.routeOptions.url === "/assets/*" && reply.statusCode === 200;
      // The page itself is asked for each time: it names the files of the newest build.
      reply.headers({
        "content-security-policy": CONSOLE_POLICY,
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cache-control": asset ? NEVER_CHANGES : "no-cache",
      });
    });
    await scope.register(staticFiles, {
      root: `${built}assets/`,
      prefix: "/assets/",
      preCompressed: true,
      index: false,
      cacheControl: false,
      decorateReply: false,
    });
    scope.get("/*", async (request, reply) => {
      const [path = ""] = request.url.split("?");
      if (OF_PROGRAMS.test(path)) return reply.callNotFound();
      reply.type("text/html; charset=utf-8");
      const page = await readFile(`${built}index.html`, "utf8").catch(() => undefined);
      return page === undefined ? reply.code(503).send(NOT_BUILT) : page;
    });
  });
}

const NOT_BUILT = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Pilotage</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
    </head>
    <body>
      <h1>Pilotage runs; its console is not built yet</h1>
      <p>The program and its API work. Type this in its folder, then load this page again:</p>
      <pre>npm run build:console</pre>
      <p lang="de">
        Pilotage läuft, die Oberfläche ist noch nicht gebaut. Geben Sie den Befehl im Ordner des Programms ein
        und laden Sie diese Seite neu.
      </p>
    </body>
  </html>`.text;
