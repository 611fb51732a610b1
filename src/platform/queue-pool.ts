/**
 * The connections of the job queue, steadier than the queue itself.
 *
 * graphile-worker does not listen to what becomes of the ending of a job: a connection that is refused or lost in that
 * moment would end the whole process. Here whoever asks for a connection waits until there is one, and the ending of a
 * job whose answer was lost is passed over: the job stays with this run of the queue, which is told to begin anew.
 */
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { PilotageError } from "../contract/errors.ts";
import { explainFailure } from "./database-failure.ts";

type Taken = Parameters<pg.Pool["connect"]>[0];

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;
/** Names that the queue gives to the statements with which it ends a job. */
const ENDS_A_JOB = /^(?:complete|fail)_job/;
const NO_ROWS = { rows: [], rowCount: 0, command: "", oid: 0, fields: [] };

export interface QueuePoolParts {
  /** Called when it is not known whether a job was ended. */
  unsure(): void;
  /** Whether nobody works with the queue any more. */
  over(): boolean;
}

export function openQueuePool(config: pg.PoolConfig, parts: QueuePoolParts): pg.Pool {
  const pool = new QueuePool(config, parts.over);
  pool.on("connect", (client) => passOverLostEndings(client, parts.unsure));
  return pool;
}

class QueuePool extends pg.Pool {
  readonly #over: () => boolean;

  constructor(config: pg.PoolConfig, over: () => boolean) {
    super(config);
    this.#over = over;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<pg.PoolClient> | void {
    return callback === undefined ? this.#connectWhenThere() : super.connect(callback);
  }

  async #connectWhenThere(): Promise<pg.PoolClient> {
    for (let wait = FIRST_PAUSE; ; wait = Math.min(LONGEST_PAUSE, wait * 2)) {
      try {
        return await super.connect();
      } catch (error) {
        // Nobody waits for an answer any more, and nobody would hear a refusal.
        if (this.ending || this.#over()) return new Promise(() => undefined);
        if (!passes(error)) throw error;
        await pause(wait, undefined, { ref: false });
      }
    }
  }
}

function passOverLostEndings(client: pg.PoolClient, unsure: () => void): void {
  const ask = client.query.bind(client) as (...asked: unknown[]) => unknown;
  client.query = ((...asked: unknown[]) => {
    const answer = ask(...asked);
    const name = (asked[0] as { name?: unknown } | undefined)?.name;
    if (!(answer instanceof Promise) || typeof name !== "string" || !ENDS_A_JOB.test(name)) return answer;
    return answer.catch((error: unknown) => {
      if (!passes(error)) throw error;
      unsure();
      return NO_ROWS;
    });
  }) as typeof client.query;
}

function passes(error: unknown): boolean {
  const explained = explainFailure(error, undefined);
  return explained instanceof PilotageError && explained.code === "database_unavailable";
}
