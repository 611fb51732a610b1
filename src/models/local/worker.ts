/** The thread that trains a local model: takes the job it was started with, reports progress, answers once. See trainer.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { PilotageError } from "../../contract/errors.ts";
import type { TrainerMessage } from "./trainer.ts";
import { trainLocal, type TrainingJob } from "./train.ts";

const send = (message: TrainerMessage): void => parentPort?.postMessage(message, []);

try {
  const { bytes, report } = trainLocal(workerData as TrainingJob, (share) =>
    send({ kind: "progress", share }),
  );
  send({ kind: "trained", bytes, report });
} catch (error) {
  // A thread boundary turns an error of ours into a plain one: its parts are sent instead. Anything else ends the thread.
  if (!(error instanceof PilotageError)) throw error;
  const { code, message, hint, retryable } = error;
  send({ kind: "refused", code, message, hint, retryable });
}
