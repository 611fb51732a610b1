/**
 * The provider of the gateway bench, in a process of its own: the same answer to everything, after a wait that an order
 * names. Written with node:http alone, so that it takes as little of the machine as it can.
 */
import { createServer } from "node:http";
import { ANSWER } from "./gateway-orders.ts";

const bytes = Buffer.from(JSON.stringify(ANSWER));
const headers = { "content-type": "application/json", "content-length": String(bytes.length) };
let delay = 0;
let answered = 0;

const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    const answer = () => {
      answered++;
      response.writeHead(200, headers).end(bytes);
    };
    if (delay === 0) answer();
    else setTimeout(answer, delay);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.on("message", (message: { delay: number } | { stop: true }) => {
    if ("stop" in message) return process.disconnect();
    delay = message.delay;
    const seen = answered;
    answered = 0;
    process.send!({ port, answered: seen });
  });
  process.on("disconnect", () => process.exit(0));
  process.send!({ ready: true });
});
