/** Trains a local model in a thread of its own, so that training takes a core but never the time of running cases. */
import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { PilotageError, type ErrorCode } from "../../contract/errors.ts";
import type { TrainedModel, TrainingJob, TrainingReport } from "./train.ts";

/** What the thread says to its starter. */
export type TrainerMessage =
  | { kind: "progress"; share: number }
  | { kind: "trained"; bytes: Uint8Array; report: TrainingReport }
  | { kind: "refused"; code: ErrorCode; message: string; hint: string | undefined; retryable: boolean };

export interface TrainerOptions {
  signal?: AbortSignal;
  /** Gets the share done, 0 to 1, rising. */
  onProgress?: (share: number) => void;
}

export interface TrainedInWorker extends TrainedModel {
  /** SHA-256 of the bytes, in hex: what a release names. */
  digest: string;
}

// The build points it to the compiled file.
const WORKER = new URL("./worker.ts", import.meta.url);

/**
 * Runs `trainLocal` in a worker thread.
 *
 * Rejects with what `trainLocal` throws, with the signal's reason when aborted (the thread is then ended), and with
 * `internal` when the thread ends without an answer, for example for want of memory.
 */
export async function trainInWorker(
  job: TrainingJob,
  options: TrainerOptions = {},
): Promise<TrainedInWorker> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<TrainedInWorker>();
  const worker = new Worker(WORKER, { workerData: job, execArgv: [], name: "local-model-training" });
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });

  worker.on("message", (message: TrainerMessage) => {
    switch (message.kind) {
      case "progress":
        return onProgress?.(message.share);
      case "trained":
        return resolve({ bytes: message.bytes, report: message.report, digest: sha256(message.bytes) });
      case "refused":
        return reject(new PilotageError(message.code, message.message, refusal(message)));
    }
  });
  worker.on("error", (cause) => reject(ended(`: ${cause.message}`, cause)));
  worker.on("exit", () => reject(ended(" without an answer")));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

function refusal({ hint, retryable }: { hint: string | undefined; retryable: boolean }): {
  hint?: string;
  retryable: boolean;
} {
  return hint === undefined ? { retryable } : { hint, retryable };
}

function ended(how: string, cause?: Error): PilotageError {
  return new PilotageError(
    "internal",
    `The thread that trains the local model ended${how}. No model was made.`,
    { hint: "Try again; when memory ran out, use fewer or shorter examples.", cause },
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
