/**
 * One statement on a connection, and its answer within time.
 *
 * In place of the driver's promise and its `query_timeout`. Both write `query.callback = () => ...` for each statement, and V8
 * makes a function that stands right behind the `=` of a property among the old objects, as if it were a method: with it the
 * values and rows of every statement stay until the next full collection, and full collections come several times as often.
 */
import type { ClientBase, QueryConfig, QueryResult, QueryResultRow } from "pg";

/** How the driver answers. */
export type Answer<T> = (error: Error | null | undefined, answer?: T) => void;

/**
 * What `send` is answered. After `within` milliseconds without an answer it fails as a lost connection does
 * (`isLost` in database-failure.ts), and the connection is of no use any more.
 */
export function answered<T>(within: number | undefined, send: (answer: Answer<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const silent =
      within === undefined ? undefined : setTimeout(() => reject(new Error("Query read timeout")), within);
    send((error, answer) => {
      clearTimeout(silent);
      if (error) reject(error);
      else resolve(answer as T);
    });
  });
}

/** The answer to one statement, a text or one with values. */
export function ask<T extends QueryResultRow>(
  client: ClientBase,
  statement: string | QueryConfig,
  within?: number,
): Promise<QueryResult<T>> {
  return answered<QueryResult<T>>(within, (answer) =>
    client.query<T>(statement as QueryConfig, answer as (error: Error, result: QueryResult<T>) => void),
  );
}
