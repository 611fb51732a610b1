/**
 * PostgreSQL: one pool, plain SQL, transactions with hooks.
 *
 * A lost connection becomes `database_unavailable` (database-failure.ts), so that a caller knows that nothing was
 * acknowledged; a database that answers nothing at all counts as lost, too, after a while. Hooks run inside the
 * transaction (`beforeCommit`) or after its commit is known (`afterCommit`). The audit trail uses them to write its
 * events with the change and to give up its numbers when the commit is not certain.
 */
import { Socket } from "node:net";
import pg from "pg";
import { PilotageError } from "../contract/errors.ts";
import { sendCopies, sendNewCopies, type Copy } from "./copy.ts";
import { explainFailure, isAftermath, isLost, isTaken, outcomeUnknown } from "./database-failure.ts";
import { endsWithin } from "./deadline.ts";
import type { Log } from "./log.ts";
import type { Sql } from "./sql.ts";
import { ask } from "./statement.ts";

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

/**
 * Statements that need not wait for each other are asked at once (`Promise.all`): they run in the order of asking, for one
 * wait. `copyNew` is not one of them.
 */
export interface Tx extends Queryable {
  /** The connection underneath; things that live as long as it does may be kept beside it. */
  readonly connection: object;
  /**
   * Rows into tables by COPY (copy.ts). They may wait for the next statement of the transaction, or for its commit and go with
   * it in one message; what is wrong with them is told there.
   */
  copy(copies: readonly Copy[]): Promise<void>;
  /**
   * The same, where somebody else may have been first: false, and none of these rows stored, when one of them is there
   * already. The transaction goes on either way. One that is done in hope is told true at once (see `Hope`).
   */
  copyNew(copies: readonly Copy[]): Promise<boolean>;
  /** From here on statements are planned with their values and for many rows, until the transaction ends. */
  planForMany(): Promise<void>;
  beforeCommit(hook: () => Promise<void>): void;
  afterCommit(hook: () => void): void;
  /** Runs when the outcome of the transaction is not a known commit. */
  afterFailure(hook: () => void): void;
}

/**
 * A transaction done in hope takes the rows of `copyNew` for new and sends them with all others, which spares a wait. Where one
 * of them, or of any other row, turns out taken, all is taken back and the work is done once more, without hope.
 */
export interface Hope {
  inHope?: boolean;
}

export interface Database extends Queryable {
  /** `names` say what is written, for those who watch the boundary. */
  transaction<T>(work: (tx: Tx) => Promise<T>, names?: readonly string[], hope?: Hope): Promise<T>;
  /**
   * Rows into tables by COPY, all or none, as a transaction of their own in one message: beside a transaction that begins,
   * copies and commits it spares two waits and half of the work. Resolves when they are committed.
   */
  store(copies: readonly Copy[], names?: readonly string[]): Promise<void>;
  /** The server moved (another process restarted it): new connections go there. */
  moveTo(url: string): void;
  /** A pool for the job queue, which brings its own statements. */
  readonly pool: pg.Pool;
  /** Ends every connection: in order, and by force those that do not end within a few seconds. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  log: Log;
  /** Connections at most; the job queue has its own. */
  size?: number;
  /** The role as which to work, when it is not that of the address (see program-role.ts). */
  role?: string | undefined;
  /** Seconds that a statement may take, and that a silent database is waited for. */
  patience?: number;
  /** What this machine knows about the database's trouble, for the people who meet it. */
  why?: (() => string | undefined) | undefined;
  /** Called right before each commit is sent and right after it is known: where durability is put to the test. */
  boundary?: ((moment: "before" | "after", names: readonly string[]) => void) | undefined;
}

const CLOSE_WITHIN = 2_000;
const PATIENCE = 30;
/** A client that is gone without a word is found out soon; the usual two hours would keep its rows locked. */
const SERVER_LOOKS = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

/**
 * In transactions a statement is planned once for a connection: planning it anew for each call, over tables of many
 * partitions, costs more than its work. Such a plan outlives the moment in which a table was small, so none reads a table
 * from end to end. What looks at many rows in a transaction calls `planForMany`. See decision 0017.
 */
const BEGIN = "begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off";

/** Plans that know their values, hash joins, whole tables (see Tx.planForMany). */
const PLAN_FOR_MANY =
  "set local plan_cache_mode = auto; set local enable_seqscan = on; set local enable_hashjoin = on";

/**
 * How statements are planned where they are sent: by PostgreSQL alone in the pool, once in a transaction, for many rows.
 * A prepared statement keeps the plan of whoever called it first, so each way has names of its own.
 */
type Planning = "pool" | "path" | "many";

export function openDatabase(options: DatabaseOptions): Database {
  const sockets = new Set<Socket>();
  const newPool = (url: string) => openPool({ ...options, url }, sockets);
  let pool = newPool(options.url);
  const translate = (error: unknown) => explainFailure(error, options.why?.());
  const within = silence(options.patience);
  const numbers = new Map<string, number>();

  /** A statement with a name is prepared once for a connection. */
  function nameOf(text: string, planning: Planning): string {
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    return `${planning}${number}`;
  }

  async function send<T>(client: pg.PoolClient, query: Sql, planning: Planning) {
    const { text, values } = query.compile();
    const statement = query.anew ? { text, values } : { name: nameOf(text, planning), text, values };
    try {
      return await ask<T & pg.QueryResultRow>(client, statement, within);
    } catch (error) {
      // Who asked is worth more than where the driver read the answer.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw translate(error);
    }
  }

  async function sendAlone<T>(query: Sql) {
    const client = await connect();
    try {
      const result = await send<T>(client, query, "pool");
      letGo(client);
      return result;
    } catch (error) {
      letGo(client, isLost(error) ? (error as Error) : undefined);
      throw error;
    }
  }

  function connect(): Promise<pg.PoolClient> {
    return pool.connect().catch((error: unknown) => {
      throw translate(error);
    });
  }

  /** What is stored stays stored, and what failed has failed, whatever a hook that hears of it does. */
  function guarded(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      options.log.error({ err: error }, "a hook after a transaction failed");
    }
  }

  function queryable(ask: <T>(query: Sql) => ReturnType<typeof send<T>>): Queryable {
    return {
      all: async <T>(query: Sql) => (await ask<T>(query)).rows,
      async one<T>(query: Sql) {
        const { rows } = await ask<T>(query);
        if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
        return rows[0]!;
      },
      maybe: async <T>(query: Sql) => (await ask<T>(query)).rows[0],
      run: async (query) => (await ask(query)).rowCount ?? 0,
    };
  }

  async function attempt<T>(
    work: (tx: Tx) => Promise<T>,
    names: readonly string[],
    hopeful: boolean,
  ): Promise<T> {
    const client = await connect();
    const before: (() => Promise<void>)[] = [];
    const after: (() => void)[] = [];
    const failed: (() => void)[] = [];
    let broken: Error | undefined;
    let committing = false;
    let planning: Planning = "path";
    /** Rows that go with the next statement, or with the commit. */
    let held: Copy[] = [];
    let over = false;
    /** Behind its end a statement would be stored alone. */
    const stillOpen = () => {
      if (over) throw new PilotageError("internal", "A statement was asked after its transaction was over.");
    };
    /** What failed first: all that was sent behind it says only that something had. */
    let failure: unknown;
    const told = (error: unknown) => {
      if (!isAftermath(error)) failure ??= error;
      return failure ?? error;
    };
    const sendHeld = async () => {
      const copies = held;
      held = [];
      if (copies.length === 0) return;
      await sendCopies(client, copies, { within }).catch((error: unknown) => {
        throw told(translate(error));
      });
    };
    // A connection that dies while we hold it emits an error on the client itself.
    const onError = (error: Error) => (broken = error);
    client.on("error", onError);
    // What comes first goes right behind it, and is answered after it.
    const begun = ask(client, BEGIN, within);
    begun.catch(() => undefined);
    try {
      const result = await work({
        ...queryable(async <T>(query: Sql) => {
          stillOpen();
          // All of it is sent before anything of it is waited for, so that statements asked at once go in the order of asking.
          const sent = Promise.all([begun, sendHeld(), send<T>(client, query, planning)]);
          const [, , answer] = await sent.catch((error: unknown) => {
            throw told(error);
          });
          return answer;
        }),
        connection: client,
        async planForMany() {
          stillOpen();
          await ask(client, PLAN_FOR_MANY, within);
          planning = "many";
        },
        async copy(copies) {
          stillOpen();
          held.push(...copies);
        },
        async copyNew(copies) {
          stillOpen();
          if (hopeful) {
            held.push(...copies);
            return true;
          }
          await sendHeld();
          return sendNewCopies(client, copies, within).catch((error: unknown) => {
            throw translate(error);
          });
        },
        beforeCommit: (hook) => before.push(hook),
        afterCommit: (hook) => after.push(hook),
        afterFailure: (hook) => failed.push(hook),
      });
      for (const hook of before) await hook();
      over = true;
      await begun;
      options.boundary?.("before", names);
      committing = true;
      const command =
        held.length > 0
          ? await sendCopies(client, held, { last: "commit", within })
          : (await ask(client, "commit", within)).command;
      committing = false;
      // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback, and no error.
      if (command !== "COMMIT")
        throw (
          failure ??
          new PilotageError(
            "internal",
            "A statement of this transaction had failed before its end; nothing was stored.",
          )
        );
      options.boundary?.("after", names);
      for (const hook of after) guarded(hook);
      return result;
    } catch (error) {
      over = true;
      for (const hook of failed) guarded(hook);
      // A lost connection is thrown away: to ask it for a rollback would be to wait for its silence once more.
      if (isLost(error)) broken ??= error as Error;
      else await ask(client, "rollback", within).catch((rollback: Error) => (broken ??= rollback));
      if (committing && isLost(error)) throw outcomeUnknown(error, options.why?.());
      throw translate(isAftermath(error) ? told(error) : error);
    } finally {
      client.off("error", onError);
      letGo(client, broken);
    }
  }

  return {
    ...queryable(sendAlone),
    get pool() {
      return pool;
    },
    async transaction(work, names = ["transaction"], { inHope = false } = {}) {
      if (!inHope) return attempt(work, names, false);
      try {
        return await attempt(work, names, true);
      } catch (error) {
        if (!isTaken(error)) throw error;
        return attempt(work, names, false);
      }
    },
    async store(copies, names = ["store"]) {
      const client = await connect();
      let broken: Error | undefined;
      const onError = (error: Error) => (broken = error);
      client.on("error", onError);
      try {
        options.boundary?.("before", names);
        await sendCopies(client, copies, { within });
        options.boundary?.("after", names);
      } catch (error) {
        if (!isLost(error)) throw translate(error);
        broken ??= error as Error;
        throw outcomeUnknown(error, options.why?.());
      } finally {
        client.off("error", onError);
        letGo(client, broken);
      }
    },
    moveTo(url) {
      const old = pool;
      pool = newPool(url);
      old
        .end()
        .catch((error: unknown) => options.log.warn({ err: error }, "closing the old database pool failed"));
    },
    async close() {
      const ended = pool.end();
      if (await endsWithin(CLOSE_WITHIN, ended)) return;
      options.log.warn(
        { connections: sockets.size },
        "database connections did not end in time; they are cut, and the database takes back what was open",
      );
      for (const socket of sockets) socket.destroy();
      await endsWithin(CLOSE_WITHIN, ended);
    },
  };
}

/** Back into the pool, or away: one that still waits for an answer would wait for it to end in order. */
function letGo(client: pg.PoolClient, broken?: Error): void {
  if (broken) (client as unknown as { connection: pg.Connection }).connection.stream.destroy();
  client.release(broken);
}

function openPool(
  { url, log, size = 12, patience = PATIENCE, role }: DatabaseOptions,
  sockets: Set<Socket>,
): pg.Pool {
  const { address, asked } = withoutOptions(url);
  const pool = new pg.Pool({
    ...attentive(patience),
    // statement.ts looks at the time.
    query_timeout: 0,
    // A statement may be sent before the one in front of it is answered.
    pipeline: true,
    connectionString: address,
    max: size,
    idleTimeoutMillis: 30_000,
    application_name: "pilotage",
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    },
    // The path joins a handful of rows to large tables by their keys. While statistics are young the planner prefers to
    // hash a whole partition, which grows with every case (see Tx.planForMany). Compiling a plan never pays for so few rows.
    options: `-c timezone=UTC -c statement_timeout=${patience * 1000} -c idle_in_transaction_session_timeout=${patience * 2_000} ${SERVER_LOOKS} -c jit=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off ${role === undefined ? "" : `-c role=${role} `}${asked}`,
  });
  pool.on("error", (error) => log.warn({ err: error.message }, "an idle database connection was lost"));
  // Between the pool's hand and ours nobody listens, and a loss that nobody hears ends the process. The next statement tells.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** What the address asks for comes last, and so counts; the driver would take it in place of the program's own. */
function withoutOptions(url: string): { address: string; asked: string } {
  if (!url.includes("options=")) return { address: url, asked: "" };
  const address = new URL(url);
  const asked = address.searchParams.get("options") ?? "";
  address.searchParams.delete("options");
  return { address: address.href, asked };
}

/**
 * For every pool of connections: none waits for ever for a database that says nothing.
 *
 * The server ends a slow statement by itself and says so; only when it does not even do that is the connection given up.
 */
export function attentive(patience = PATIENCE): pg.PoolConfig {
  return {
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: silence(patience),
  };
}

/** Milliseconds after which a database that says nothing counts as lost: a little more than it takes to end a statement. */
const silence = (patience = PATIENCE) => patience * 1000 + 2_000;
