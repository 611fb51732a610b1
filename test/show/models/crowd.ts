/**
 * Many callers at once over connections of their own, of every kind: plain, collected, live, slow readers, and some who leave in
 * the middle. Each keeps what it was told: the id of the record, and whether it had its answer whole.
 */
import { Agent, request, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { HANGS_AFTER, type Asker } from "./asking.ts";

export type Manner = "plain" | "buffered" | "live" | "slow" | "leaves" | "leaves early";

const MANNERS: readonly Manner[] = [
  "plain",
  "live",
  "buffered",
  "plain",
  "slow",
  "leaves",
  "live",
  "leaves early",
];

export interface Told {
  manner: Manner;
  /** Of its record; undefined: nothing was heard. */
  id: string | undefined;
  status: number | undefined;
  /** A plain success or a stream with its `[DONE]`. */
  whole: boolean;
}

export interface Crowd {
  /** No more calls are begun than were wanted; resolves when the last one has ended. */
  end(): Promise<Told[]>;
  readonly told: readonly Told[];
}

/** `connections` callers, who ask one after another until it is ended, or until together they have asked `most` times. */
export function gather(
  asker: Asker,
  model: string,
  connections: number,
  { manners = MANNERS, most = Infinity }: { manners?: readonly Manner[]; most?: number } = {},
): Crowd {
  const told: Told[] = [];
  let ended = false;
  let begun = 0;
  const all = Array.from({ length: connections }, async (_, caller) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = caller; !ended && begun < most; i++) {
      begun++;
      const one = await call(asker, model, manners[i % manners.length]!, agent);
      told.push(one);
      // Nobody answers: it was killed, and is not asked again in a tight loop.
      if (one.status === undefined && !one.manner.startsWith("leaves")) await sleep(200);
    }
    agent.destroy();
  });
  return {
    told,
    async end() {
      // With a number to reach it goes on until that is reached.
      ended = most === Infinity;
      await Promise.all(all);
      return told;
    },
  };
}

async function call({ url, secret }: Asker, model: string, manner: Manner, agent: Agent): Promise<Told> {
  const streamed = manner !== "plain" && manner !== "leaves early";
  const told: Told = { manner, id: undefined, status: undefined, whole: false };
  const asking = request(`${url}/v1/chat/completions`, {
    method: "POST",
    agent,
    headers: {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      ...(streamed ? { "x-pilotage-mode": manner === "buffered" ? "buffered" : "live" } : {}),
    },
    signal: AbortSignal.timeout(HANGS_AFTER),
  });
  const body = { model, messages: [{ role: "user", content: "Say something." }], stream: streamed };
  asking.end(JSON.stringify(body));
  if (manner === "leaves early") void sleep(60).then(() => asking.destroy());
  try {
    const reply = await new Promise<IncomingMessage>((resolve, reject) =>
      asking.once("response", resolve).once("error", reject),
    );
    told.status = reply.statusCode;
    told.id = reply.headers["x-pilotage-call"] as string | undefined;
    let text = "";
    for await (const part of reply) {
      text += String(part);
      if (manner === "slow") await sleep(20);
      if (manner === "leaves" && text.length > 600) {
        asking.destroy();
        return told;
      }
    }
    const end = streamed ? text.endsWith("data: [DONE]\n\n") : text.endsWith("}");
    told.whole = reply.complete && told.status === 200 && end;
  } catch {
    // It left, or the other side is gone: what was heard until then is told.
  }
  return told;
}
