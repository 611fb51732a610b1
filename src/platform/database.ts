/**
 * PostgreSQL: one pool, plain SQL, transactions with hooks.
 *
 * A lost connection becomes `database_unavailable`, so that a caller knows that nothing was acknowledged. Hooks run
 * inside the transaction (`beforeCommit`) or after its commit is known (`afterCommit`). The audit trail uses them to
 * write its events with the change and to advance its counter only when the commit is certain.
 */
import pg from "pg";
import { PilotageError } from "../contract/errors.ts";
import type { Log } from "./log.ts";
import type { Sql } from "./sql.ts";

const TIMESTAMPTZ = 1184;
const INT8 = 20;
const NUMERIC = 1700;
// Sessions ask for UTC, but a pooler may leave that out: any offset is read, and PostgreSQL writes whole hours without minutes.
pg.types.setTypeParser(TIMESTAMPTZ, (text) =>
  Date.parse(text.replace(" ", "T").replace(/[+-]\d\d$/, "$&:00")),
);
pg.types.setTypeParser(INT8, Number);
pg.types.setTypeParser(NUMERIC, Number);

export interface Queryable {
  /** All rows. */
  all<T>(query: Sql): Promise<T[]>;
  /** The only row; throws when there is none or more than one. */
  one<T>(query: Sql): Promise<T>;
  /** The row or undefined. */
  maybe<T>(query: Sql): Promise<T | undefined>;
  /** The number of rows touched. */
  run(query: Sql): Promise<number>;
}

export interface Tx extends Queryable {
  /** The connection underneath; things that live as long as it does may be kept beside it. */
  readonly connection: object;
  beforeCommit(hook: () => Promise<void>): void;
  afterCommit(hook: () => void): void;
  /** Runs when the outcome of the transaction is not a known commit. */
  afterFailure(hook: () => void): void;
}

export interface Database extends Queryable {
  /** `names` say what is written, for those who watch the boundary. */
  transaction<T>(work: (tx: Tx) => Promise<T>, names?: readonly string[]): Promise<T>;
  /** The server moved (another process restarted it): new connections go there. */
  moveTo(url: string): void;
  /** A pool for the job queue, which brings its own statements. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  log: Log;
  /** Connections at most; the job queue has its own. */
  size?: number;
  /** Called right before each commit is sent and right after it is known: where durability is put to the test. */
  boundary?: ((moment: "before" | "after", names: readonly string[]) => void) | undefined;
}

export function openDatabase(options: DatabaseOptions): Database {
  let pool = newPool(options);
  const names = new Map<string, string>();

  async function send<T>(
    client: pg.Pool | pg.PoolClient,
    query: Sql,
  ): Promise<pg.QueryResult<T & pg.QueryResultRow>> {
    const { text, values } = query.compile();
    let name = names.get(text);
    if (!name) names.set(text, (name = `p${names.size}`));
    try {
      return await client.query<T & pg.QueryResultRow>({ name, text, values });
    } catch (error) {
      throw translate(error);
    }
  }

  /** What is stored stays stored, and what failed has failed, whatever a hook that hears of it does. */
  function guarded(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      options.log.error({ err: error }, "a hook after a transaction failed");
    }
  }

  function queryable(client: () => pg.Pool | pg.PoolClient): Queryable {
    return {
      all: async <T>(query: Sql) => (await send<T>(client(), query)).rows,
      async one<T>(query: Sql) {
        const { rows } = await send<T>(client(), query);
        if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
        return rows[0]!;
      },
      maybe: async <T>(query: Sql) => (await send<T>(client(), query)).rows[0],
      run: async (query) => (await send(client(), query)).rowCount ?? 0,
    };
  }

  return {
    ...queryable(() => pool),
    get pool() {
      return pool;
    },
    async transaction(work, names = ["transaction"]) {
      const client = await pool.connect().catch((error: unknown) => {
        throw translate(error);
      });
      const before: (() => Promise<void>)[] = [];
      const after: (() => void)[] = [];
      const failed: (() => void)[] = [];
      let broken: Error | undefined;
      // A connection that dies while we hold it emits an error on the client itself.
      const onError = (error: Error) => (broken = error);
      client.on("error", onError);
      try {
        await client.query("begin");
        const result = await work({
          ...queryable(() => client),
          connection: client,
          beforeCommit: (hook) => before.push(hook),
          afterCommit: (hook) => after.push(hook),
          afterFailure: (hook) => failed.push(hook),
        });
        for (const hook of before) await hook();
        options.boundary?.("before", names);
        const { command } = await client.query("commit");
        // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback, and no error.
        if (command !== "COMMIT")
          throw new PilotageError(
            "internal",
            "A statement of this transaction had failed before its end; nothing was stored.",
          );
        options.boundary?.("after", names);
        for (const hook of after) guarded(hook);
        return result;
      } catch (error) {
        for (const hook of failed) guarded(hook);
        await client.query("rollback").catch((rollback: Error) => (broken ??= rollback));
        throw translate(error);
      } finally {
        client.off("error", onError);
        client.release(broken);
      }
    },
    moveTo(url) {
      const old = pool;
      pool = newPool({ ...options, url });
      old
        .end()
        .catch((error: unknown) => options.log.warn({ err: error }, "closing the old database pool failed"));
    },
    async close() {
      await pool.end();
    },
  };
}

function newPool({ url, log, size = 12 }: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    application_name: "pilotage",
    // The path joins a handful of rows to large tables by their keys. While statistics are young the planner prefers to
    // hash a whole partition, which grows with every case; a question that wants a hash join asks for it in its own transaction.
    options: "-c timezone=UTC -c statement_timeout=120000 -c enable_hashjoin=off -c enable_mergejoin=off",
  });
  pool.on("error", (error) => log.warn({ err: error.message }, "an idle database connection was lost"));
  return pool;
}

/** Connection trouble becomes `database_unavailable`; everything else stays what it is. */
function translate(error: unknown): unknown {
  if (error instanceof PilotageError || !(error instanceof Error)) return error;
  const code = (error as { code?: string }).code ?? "";
  const connection =
    [
      "ECONNREFUSED",
      "ECONNRESET",
      "EPIPE",
      "ETIMEDOUT",
      "ENOTFOUND",
      "57P01",
      "57P02",
      "57P03",
      "53300",
    ].includes(code) ||
    code.startsWith("08") ||
    /connection terminated|connection timeout|Connection ended|not queryable|Client was closed|timeout exceeded when trying to connect|after calling end/i.test(
      error.message,
    );
  if (connection)
    return new PilotageError(
      "database_unavailable",
      "The database cannot be reached; nothing was stored. Pilotage keeps trying; send the request again.",
      { cause: error },
    );
  if (code === "53100")
    return new PilotageError(
      "database_unavailable",
      "The database's disk is full; nothing was stored. Make room on the disk of the database, then send the request again.",
      { cause: error },
    );
  // A NUL character in a text: the program keeps it in sealed content, where the database sees only bytes.
  if (code === "22021" || code === "22P05")
    return new PilotageError(
      "bad_request",
      "A text holds a NUL character where none can be stored, in an id, a name or a reason; nothing was stored.",
      { hint: "Send it without that character.", cause: error },
    );
  return error;
}
