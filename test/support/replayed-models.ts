/**
 * A model service that plays 14 language models: it answers a complaint as the model did, after as long as the model took.
 *
 * Seconds are played as they were, by models that are asked so many things at once that a machine keeps up. Only a model that
 * would take too long even so is played faster, by a whole number: what the program measures, times that, is what the model took.
 * Only items of evaluation sets wait; cases are answered at once. It speaks the wire of the `http` model, so that nothing in the
 * program knows that it plays.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { quantile } from "../../src/statistics/bootstrap.ts";
import type { Replay } from "./complaints.ts";

export interface Replayer {
  /** Where a model answers. */
  url(model: string): string;
  /** How many times faster than it was it plays a model's seconds: 1 as they were, infinite where nobody waits. */
  speed(model: string): number;
  /** Items that a run of the model shall have under way at once. */
  atOnce(model: string): number;
  /** From now on a model gives another one's answers, and nobody waits for them: the fault of the twin. */
  swap(model: string, other: string): void;
  stop(): Promise<void>;
}

export interface ReplayOptions {
  /**
   * How long a model may take for all complaints, in seconds, if it were asked without a pause: where it took longer, its seconds
   * are played faster. 0: nobody waits.
   */
  runSeconds: number;
}

interface Asked {
  caseId: string;
  input: { complaint: string };
}

/** Items that one run asks about in a second at most, about: more, and it is the machine that is measured. */
const A_SECOND = 15;
/** Of one run, as the program allows. */
const MOST_AT_ONCE = 64;

/** How one model is played. */
function paceOf(answers: readonly { seconds: number }[], runSeconds: number) {
  const seconds = answers.map((one) => one.seconds).sort((a, b) => a - b);
  if (runSeconds === 0) return { speed: Infinity, atOnce: 8 };
  const atOnce = Math.min(MOST_AT_ONCE, Math.ceil(quantile(seconds, 0.5) * A_SECOND));
  const lasts = Math.max(seconds.reduce((sum, one) => sum + one, 0) / atOnce, seconds.at(-1)!);
  return { speed: Math.max(1, Math.ceil(lasts / runSeconds)), atOnce };
}

export async function openReplayer(
  { answers, complaints }: Replay,
  { runSeconds }: ReplayOptions,
): Promise<Replayer> {
  const places = new Map(complaints.map(({ no }, i) => [no, i]));
  const paces = new Map(Object.entries(answers).map(([model, list]) => [model, paceOf(list, runSeconds)]));
  const swapped = new Map<string, string>();

  async function answer(model: string, request: IncomingMessage): Promise<string> {
    const { caseId, input } = JSON.parse(await text(request)) as Asked;
    const at = places.get(input.complaint)!;
    const { seconds } = answers[model]![at]!;
    const gives = swapped.get(model) ?? model;
    if (!caseId.startsWith("case_") && gives === model)
      await wait((seconds * 1_000) / paces.get(model)!.speed);
    const { product } = answers[gives]![at]!;
    return JSON.stringify({ output: { product }, model, version: "replayed" });
  }

  const server = createServer((request, response) => {
    answer(decodeURIComponent(request.url!.slice(1)), request).then(
      (body) => response.setHeader("content-type", "application/json").end(body),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (model) => `http://127.0.0.1:${port}/${encodeURIComponent(model)}`,
    speed: (model) => paces.get(model)!.speed,
    atOnce: (model) => paces.get(model)!.atOnce,
    swap: (model, other) => void swapped.set(model, other),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
