/** Single intake requests, one after the other in a few lanes, for as long as something else takes. */
import { PERSON, type Program } from "../program.ts";
import { openClient } from "../../../src/contract/client.ts";
import { ARCHIVE, ticket } from "./backup-cases.ts";

const LANES = 8;

export interface Load {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
}

/** Sends requests while `work` runs; `work` gets a function that lets time pass. */
export async function underLoad<T>(
  program: Program,
  work: (until: (milliseconds: number) => Promise<void>) => Promise<T>,
): Promise<{ load: Load; result: T }> {
  const client = openClient({ url: program.url, key: program.key, as: PERSON });
  const took: number[] = [];
  let more = true;
  const started = performance.now();
  const lanes = Array.from({ length: LANES }, async () => {
    while (more) {
      const { externalId, input } = ticket();
      const sent = performance.now();
      await client.submitCase({ params: { workflow: ARCHIVE }, body: { externalId, input } });
      took.push(performance.now() - sent);
    }
  });
  try {
    const result = await work((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    more = false;
    await Promise.all(lanes);
    const seconds = (performance.now() - started) / 1_000;
    took.sort((a, b) => a - b);
    const at = (share: number) => Math.round((took[Math.floor(took.length * share)] ?? 0) * 10) / 10;
    return {
      load: {
        requests: took.length,
        perSecond: Math.round(took.length / seconds),
        p50: at(0.5),
        p99: at(0.99),
      },
      result,
    };
  } finally {
    more = false;
    await Promise.allSettled(lanes);
  }
}
