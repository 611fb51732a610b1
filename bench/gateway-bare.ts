/** The floor of the gateway bench: fastify and undici that pass a call on and keep nothing. In a process of its own. */
import Fastify from "fastify";
import { Pool } from "undici";

const { UPSTREAM = "", CONNECTIONS = "256" } = process.env;
const pool = new Pool(UPSTREAM, { connections: Number(CONNECTIONS) });
const app = Fastify();
app.post("/v1/chat/completions", async (request, reply) => {
  const { statusCode, body } = await pool.request({
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request.body),
  });
  return reply
    .code(statusCode)
    .type("application/json")
    .send(await body.text());
});
await app.listen({ host: "127.0.0.1", port: 0 });
const address = app.server.address();
process.on("message", (message: object) => {
  if ("stop" in message) process.disconnect();
  else process.send!({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true });
