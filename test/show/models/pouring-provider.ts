/**
 * A healthy provider in a process of its own, for proofs that ask it very often: whole answers at once, streams token by token.
 * An order `{tokens, tokenMs}` sets how long its streams are; it answers with its port and what is open.
 */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const WORDS = "The customer asks why the invoice of last month shows an amount that nobody ordered. ";
const about = { id: "chatcmpl-pour", created: 1_790_000_000, model: "primary" };
const usage = { prompt_tokens: 20, completion_tokens: 18, total_tokens: 38 };
const whole = JSON.stringify({
  ...about,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: WORDS }, finish_reason: "stop" }],
  usage,
});
const event = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const end = `${event({}, "stop")}data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", choices: [], usage })}\n\ndata: [DONE]\n\n`;

let length = { tokens: 6, tokenMs: 0 };
let open = 0;
let mostOpen = 0;

async function pour(reply: ServerResponse): Promise<void> {
  mostOpen = Math.max(mostOpen, ++open);
  reply.once("close", () => open--);
  const { tokens, tokenMs } = length;
  reply.writeHead(200, { "content-type": "text/event-stream" });
  if (tokenMs === 0) {
    reply.end(
      `${event({ role: "assistant", content: "" })}${event({ content: WORDS }).repeat(tokens)}${end}`,
    );
    return;
  }
  reply.write(event({ role: "assistant", content: "" }));
  for (let i = 0; i < tokens && !reply.destroyed; i++) {
    await sleep(tokenMs);
    reply.write(event({ content: "invoice " }));
  }
  reply.end(end);
}

const server = createServer((request, reply) => {
  let body = "";
  request.setEncoding("utf8").on("data", (part: string) => (body += part));
  request.once("end", () => {
    if ((JSON.parse(body) as { stream?: boolean }).stream === true) void pour(reply);
    else reply.writeHead(200, { "content-type": "application/json" }).end(whole);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.on("message", (message: Partial<typeof length> | { stop: true }) => {
    if ("stop" in message) return process.disconnect();
    length = { ...length, ...message };
    process.send!({ port, open, mostOpen });
  });
  process.on("disconnect", () => process.exit(0));
  process.send!({ ready: true });
});
