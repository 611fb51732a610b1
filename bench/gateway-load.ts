/**
 * The client of the gateway bench, in a process of its own: so many calls over so many connections, one at a time on each.
 *
 * Answers each order with the seconds that it took and the milliseconds of its calls. A call that is not answered with
 * the provider's text ends it with an error.
 */
import { Pool } from "undici";
import { ANSWER, questionOf, type Load, type Loaded } from "./gateway-orders.ts";
import { timed } from "./measure.ts";

const expected = ANSWER.choices[0]!.message.content;

async function load({ origin, connections, count, model, headers }: Load): Promise<Loaded> {
  const pool = new Pool(origin, { connections });
  const body = JSON.stringify(questionOf(model));
  const milliseconds: number[] = [];
  const seconds = await timed(count, connections, async () => {
    const started = performance.now();
    const { statusCode, body: answer } = await pool.request({
      path: "/v1/chat/completions",
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    const text = await answer.text();
    milliseconds.push(performance.now() - started);
    if (statusCode !== 200 || !text.includes(expected))
      throw new Error(`A call was answered with ${statusCode} ${text.slice(0, 300)}`);
  });
  await pool.close();
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
