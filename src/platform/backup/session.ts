/**
 * A connection for long work over whole tables: no time limits, and every value in the text form that all versions read.
 *
 * It is the owner's own connection, apart from the program's pool. `cut` ends it even while the server is sending.
 */
import { Socket } from "node:net";
import pg from "pg";
import { sendCopies, sendNewCopies } from "../copy.ts";
import type { Queryable, Tx } from "../database.ts";
import type { Sql } from "../sql.ts";

export interface Session {
  client: pg.Client;
  /** Ends it now; what is open is rolled back by the server. */
  cut(): void;
  /** Ends it when what was asked is answered. */
  close(): Promise<void>;
}

const SETTINGS = `
  set client_encoding = 'UTF8'; set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set client_min_messages = 'warning'`;

export async function openSession(url: string, name: string): Promise<Session> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    stream: () => socket,
  });
  // Whoever waits for an answer is told by the answer that does not come.
  client.on("error", () => {});
  await client.connect();
  await client.query(SETTINGS);
  return { client, cut: () => void socket.destroy(), close: () => client.end() };
}

/** The text of a name as SQL writes it. */
export const quoted = (name: string) => pg.escapeIdentifier(name);

export const quotedList = (names: readonly string[]) => names.map(quoted).join(", ");

/**
 * Does work of the program in the transaction that is open on this connection: its hooks run when the work is done.
 *
 * The caller commits; what waits for a known commit is not called, because this connection ends with it.
 */
export async function within<T>(client: pg.Client, work: (tx: Tx) => Promise<T>): Promise<T> {
  const hooks: (() => Promise<void>)[] = [];
  const result = await work({
    ...queryable(client),
    connection: client,
    copy: async (copies) => void (await sendCopies(client, copies)),
    copyNew: (copies) => sendNewCopies(client, copies),
    // Statements of a backup have no names: each is planned for what it is.
    planForMany: async () => {},
    beforeCommit: (hook) => hooks.push(hook),
    afterCommit: () => {},
    afterFailure: () => {},
  });
  for (const hook of hooks) await hook();
  return result;
}

function queryable(client: pg.Client): Queryable {
  const send = async <T>(query: Sql) => {
    const { text, values } = query.compile();
    return client.query<T & pg.QueryResultRow>(text, values);
  };
  return {
    all: async <T>(query: Sql) => (await send<T>(query)).rows,
    async one<T>(query: Sql) {
      const { rows } = await send<T>(query);
      if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
      return rows[0]!;
    },
    maybe: async <T>(query: Sql) => (await send<T>(query)).rows[0],
    run: async (query) => (await send(query)).rowCount ?? 0,
  };
}
