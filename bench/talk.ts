/** A process that works in rounds: each message to it is a round, each of its answers tells the seconds. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { environment, lastWords } from "../test/show/program.ts";

export interface Talk {
  pid: number;
  /** One round; seconds. Throws with its last words when the process has ended. */
  round(order: object): Promise<number>;
  /** The same for a process that answers with more than seconds. */
  ask<Answer extends object>(order: object): Promise<Answer>;
  /** Says `{stop}` and waits for the end, however it comes. */
  stop(): Promise<void>;
}

/** Starts the process and waits until it says that it is ready. */
export async function talkTo(file: string, words: string[], env: Record<string, string>): Promise<Talk> {
  const child = spawn(file, words, { env: environment(env), stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const said = lastWords(child);
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`It ended with ${code}: ${said().trim().slice(-600)}`)));
  });
  // Who waits for an answer hears of it; who does not, does not care.
  ended.catch(() => undefined);
  const answer = async <Answer extends object>() =>
    ((await Promise.race([once(child, "message"), ended])) as [Answer])[0];
  await answer();
  return {
    pid: child.pid!,
    async round(order) {
      child.send(order);
      const { seconds } = await answer<{ seconds?: number }>();
      if (seconds === undefined) throw new Error("It answered without the seconds that a round took.");
      return seconds;
    },
    ask<Answer extends object>(order: object) {
      child.send(order);
      return answer<Answer>();
    },
    async stop() {
      if (child.connected) child.send({ stop: true });
      await ended.catch(() => undefined);
    },
  };
}
