/**
 * The client of the gateway bench, in a process of its own: so many calls over so many connections, one at a time on each.
 *
 * Answers each order with the seconds that it took and the milliseconds of its calls. A call that is not answered with
 * the provider's text ends it with an error. Over bare sockets (gateway-wire.ts).
 */
import { connect } from "node:net";
import { ANSWER, questionOf, type Load, type Loaded } from "./gateway-orders.ts";
import { eachMessage, messageOf } from "./gateway-wire.ts";

const expected = Buffer.from(ANSWER.choices[0]!.message.content);
const good = Buffer.from("HTTP/1.1 200 ");

async function load({ origin, connections, count, model, headers }: Load): Promise<Loaded> {
  const { hostname: host, host: name, port } = new URL(origin);
  const question = messageOf(
    "POST /v1/chat/completions HTTP/1.1",
    { host: name, "content-type": "application/json", ...headers },
    JSON.stringify(questionOf(model)),
  );
  const milliseconds: number[] = [];
  let begun = 0;
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      let asked = 0;
      const socket = connect({ host, port: Number(port), noDelay: true });
      const ask = () => {
        if (begun++ >= count) return void socket.end(resolve);
        asked = performance.now();
        socket.write(question);
      };
      eachMessage(socket, (answer) => {
        milliseconds.push(performance.now() - asked);
        if (!answer.subarray(0, good.length).equals(good) || !answer.includes(expected))
          return reject(new Error(`A call was answered with ${answer.toString("utf8", 0, 300)}`));
        ask();
      });
      socket.once("connect", ask).once("error", reject);
      socket.once("close", () => reject(new Error("A connection was closed in the middle.")));
    });
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - started) / 1000;
  milliseconds.sort((a, b) => a - b);
  const at = (share: number) => milliseconds[Math.min(count - 1, Math.floor(count * share))]!;
  return { seconds, p50: at(0.5), p99: at(0.99) };
}

process.on("message", (message: Load | { stop: true }) => {
  if ("stop" in message) process.disconnect();
  else void load(message).then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true });
