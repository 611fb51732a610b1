/**
 * Restate: its server with its data below FOLDER, and a service with three `ctx.run` steps, called through its ingress.
 *
 * The server keeps its defaults, its durable log among them; only telemetry and the log of its work are off. It asks
 * GitHub for its latest version at every start and cannot be told not to: bench/peers.ts starts this file in a network
 * of its own, with nothing but loopback, so its ports are free and it talks to nobody.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http2";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as restate from "@restatedev/restate-sdk";
import { Pool, request } from "undici";
import { serveRounds } from "./serving.js";

const ADMIN = "http://127.0.0.1:9070";
const INGRESS = "http://127.0.0.1:8080";

const tickets = restate.service({
  name: "tickets",
  handlers: {
    async handle(ctx, i) {
      const admitted = await ctx.run("admit", () => ({ id: i, state: "admitted" }));
      const answered = await ctx.run("answer", () => ({ ...admitted, category: "billing" }));
      return ctx.run("deliver", () => ({ ...answered, state: "delivered" }));
    },
  },
});

const server = await startServer(process.env.FOLDER);
const service = createServer(restate.createEndpointHandler({ services: [tickets], logger: () => undefined }));
service.listen(0, "127.0.0.1");
await once(service, "listening");
const known = await request(`${ADMIN}/deployments`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ uri: `http://127.0.0.1:${service.address().port}` }),
});
const said = await known.body.text();
if (known.statusCode !== 201)
  throw new Error(`Restate did not take the service: ${known.statusCode} ${said}`);

const pool = new Pool(INGRESS, { connections: Number(process.env.CONNECTIONS) });
serveRounds({
  async work(i) {
    const { statusCode, body } = await pool.request({
      path: "/tickets/handle",
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(i),
    });
    const answer = await body.json();
    if (statusCode !== 200 || answer.state !== "delivered")
      throw new Error(`Call ${i} was answered with ${statusCode} ${JSON.stringify(answer)}.`);
  },
  async stop() {
    await pool.close();
    const gone = once(server, "exit");
    server.kill("SIGTERM");
    await gone;
  },
});

async function startServer(folder) {
  const manifest = `@restatedev/restate-server-linux-${process.arch}/package.json`;
  const binary = join(dirname(createRequire(import.meta.url).resolve(manifest)), "bin", "restate-server");
  const settings = join(folder, "restate.toml");
  writeFileSync(
    settings,
    [
      `base-dir = "${join(folder, "data")}"`,
      'listen-mode = "tcp"',
      'bind-ip = "127.0.0.1"',
      "disable-telemetry = true",
      'log-filter = "error,octocrab=off"',
    ].join("\n"),
  );
  const child = spawn(binary, ["--config-file", settings, "--no-logo"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  // Whoever started this process may be gone any time; the server goes with it.
  process.on("exit", () => child.kill("SIGKILL"));
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`The Restate server ended with ${child.exitCode}.`);
    await pause(20);
  }
  return child;
}

/** Whether both the admin door and the ingress answer. */
async function isUp() {
  for (const address of [`${ADMIN}/health`, `${INGRESS}/restate/health`]) {
    const answer = await request(address).catch(() => undefined);
    await answer?.body.dump();
    if (answer?.statusCode !== 200) return false;
  }
  return true;
}
