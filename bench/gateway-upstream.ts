/**
 * The provider of the gateway bench, in a process of its own: the same answer to everything, after a wait that an order
 * names. Over bare sockets, so that it takes as little of the machine as it can (gateway-wire.ts).
 */
import { createServer } from "node:net";
import { ANSWER } from "./gateway-orders.ts";
import { eachMessage, messageOf } from "./gateway-wire.ts";

// Another bench wants other words.
const content = process.env["CONTENT"];
const answer =
  content === undefined
    ? ANSWER
    : { ...ANSWER, choices: ANSWER.choices.map((one) => ({ ...one, message: { ...one.message, content } })) };
const bytes = messageOf(
  "HTTP/1.1 200 OK",
  { "content-type": "application/json", "keep-alive": "timeout=60" },
  JSON.stringify(answer),
);
let delay = 0;
let answered = 0;

const server = createServer({ noDelay: true }, (socket) => {
  const reply = () => {
    answered++;
    socket.write(bytes);
  };
  eachMessage(socket, () => {
    if (delay === 0) reply();
    else setTimeout(reply, delay);
  });
  // A gateway that closes its connections.
  socket.on("error", () => socket.destroy());
});
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
