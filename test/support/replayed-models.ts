/**
 * A model service that plays 14 language models: it answers a complaint as the model did, after as long as the model took.
 *
 * Seconds are played at a speed of each model's own, so that the slowest run takes no longer than the fastest: what the
 * program measures, times the speed, is what the model took. Only items of evaluation sets wait; cases are answered at
 * once. It speaks the wire of the `http` model, so that nothing in the program knows that it plays.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { Replay } from "./complaints.ts";

export interface Replayer {
  /** Where a model answers. */
  url(model: string): string;
  /** How many times faster than it was it plays a model's seconds. */
  speed(model: string): number;
  /** From now on a model gives another one's answers, in its own time: the fault of the twin. */
  swap(model: string, other: string): void;
  stop(): Promise<void>;
}

export interface ReplayOptions {
  /** How long the run of a model over all complaints shall take, in seconds; 0: nobody waits. */
  runSeconds: number;
  /** Items that a run has under way at once. */
  atOnce: number;
}

interface Asked {
  caseId: string;
  input: { complaint: string };
}

export async function openReplayer(
  { answers, complaints }: Replay,
  { runSeconds, atOnce }: ReplayOptions,
): Promise<Replayer> {
  const places = new Map(complaints.map(({ no }, i) => [no, i]));
  const speeds = new Map(
    Object.entries(answers).map(([model, list]) => {
      const lasts = list.reduce((sum, { seconds }) => sum + seconds, 0) / atOnce;
      return [model, runSeconds === 0 ? Infinity : Math.max(1, Math.ceil(lasts / runSeconds))];
    }),
  );
  const swapped = new Map<string, string>();

  async function answer(model: string, request: IncomingMessage): Promise<string> {
    const { caseId, input } = JSON.parse(await text(request)) as Asked;
    const at = places.get(input.complaint)!;
    const { seconds } = answers[model]![at]!;
    if (!caseId.startsWith("case_")) await wait((seconds * 1_000) / speeds.get(model)!);
    const { product } = answers[swapped.get(model) ?? model]![at]!;
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
    speed: (model) => speeds.get(model)!,
    swap: (model, other) => void swapped.set(model, other),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
