/**
 * S15 over all its calls: 503 for a minute, then healthy; twenty calls, one every four seconds, and on until the first model
 * answers again or its time is over.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultProvider } from "../../support/fault-provider/fault-provider.ts";
import { folded, type Heard } from "./asking.ts";
import { told, type Judged } from "./judging.ts";

const DOWN_FOR = 60_000;
const EVERY = 4_000;
const CALLS = 20;
const BACK_WITHIN = 30_000;
/** Three tries in each of fifteen calls would be 45. */
const MOST_PROBES = 10;

export interface Outage extends Judged {
  figures: { calls: number; probes: number; longestMs: number; backAfterMs: number | null };
}

export async function sitOut(provider: FaultProvider, call: () => Promise<Heard>): Promise<Outage> {
  provider.play("S15");
  const heard: Heard[] = [];
  const calls: Promise<void>[] = [];
  const back = () =>
    provider.seen.find(({ actor, end, status }) => actor === "primary" && status === 200 && end === "whole");
  for (let i = 0; i < CALLS || (!back() && provider.elapsed() < DOWN_FOR + BACK_WITHIN); i++) {
    calls.push(call().then((one) => void heard.push(one)));
    await sleep(Math.max(0, (i + 1) * EVERY - provider.elapsed()));
  }
  await Promise.all(calls);
  const probes = provider.seen.filter(({ actor, atMs }) => actor === "primary" && atMs < DOWN_FOR).length;
  const backAfterMs = (back()?.atMs ?? Infinity) - DOWN_FOR;
  const unanswered = heard.filter((one) => !one.whole || one.text !== folded(provider.text));
  const problems = [
    ...unanswered.map((one) => `a call was not answered: ${told(one)}`),
    ...(probes > MOST_PROBES ? [`${probes} attempts at the first model while it was down`] : []),
    ...(backAfterMs > BACK_WITHIN ? ["not back on the first model within 30 s of its recovery"] : []),
  ];
  return {
    verdict: problems.length === 0 ? "pass" : "fail",
    problems,
    figures: {
      calls: heard.length,
      probes,
      longestMs: Math.round(Math.max(...heard.map((one) => one.milliseconds))),
      backAfterMs: Number.isFinite(backAfterMs) ? Math.round(backAfterMs) : null,
    },
  };
}
