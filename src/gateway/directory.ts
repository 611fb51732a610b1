/**
 * The models that can be asked for: workflows by their names, models of connections as `connection/model`.
 *
 * Read about once a second for all calls of this process; a connection is unsealed again only when its row changed. What
 * a call needs of a connection is opened with it and closed when it changed, after the calls that are under way.
 */
import { connectionSchema, type Connection } from "../models/connection.ts";
import { splitTarget, type PassThroughModel } from "../models/pass-through.ts";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { recent } from "../platform/recent.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";

export type ChatConnection = Extract<Connection, { kind: "openai" }>;

export interface Known {
  name: string;
  settings: ChatConnection;
  version: string;
}

export interface Offered {
  connection: Known;
  model: PassThroughModel;
}

export interface Directory {
  /** The names of all workflows, in their order. */
  workflows: ReadonlySet<string>;
  connections: ReadonlyMap<string, Known>;
  /** The model of this name, when its connection offers it. */
  offered(name: string): Offered | undefined;
}

const AGE = 1_000;

export function openDirectory(parts: {
  database: Database;
  vault: Vault;
  log: Log;
}): () => Promise<Directory> {
  const { database, vault, log } = parts;
  let known = new Map<string, Known>();
  let last: { versions: string; directory: Directory } | undefined;

  return recent(AGE, async () => {
    const [workflows, rows] = await Promise.all([
      database.all<{ name: string }>(sql`select name from workflow order by name`),
      database.all<{ name: string; version: string; settings: Uint8Array }>(
        sql`select name, xmin::text as version, settings from connection where kind = 'openai' order by name`,
      ),
    ]);
    const versions = JSON.stringify([workflows, rows.map((row) => [row.name, row.version])]);
    if (last?.versions === versions) return last.directory;
    known = new Map(rows.flatMap((row) => opened(row) ?? []));
    last = { versions, directory: directoryOf(new Set(workflows.map((one) => one.name)), known) };
    return last.directory;
  });

  /** One that does not open harms no other. */
  function opened(row: {
    name: string;
    version: string;
    settings: Uint8Array;
  }): [string, Known][] | undefined {
    const before = known.get(row.name);
    if (before?.version === row.version) return [[row.name, before]];
    try {
      const settings = connectionSchema.parse(
        JSON.parse(Buffer.from(vault.open(`connection:${row.name}`, row.settings)).toString("utf8")),
      );
      return settings.kind === "openai"
        ? [[row.name, { name: row.name, settings, version: row.version }]]
        : undefined;
    } catch (error) {
      log.warn(
        { connection: row.name, err: error instanceof Error ? error.message : String(error) },
        "a connection cannot be opened; its models are not offered",
      );
      return undefined;
    }
  }
}

function directoryOf(workflows: ReadonlySet<string>, connections: ReadonlyMap<string, Known>): Directory {
  const offers = new Map<string, Offered>();
  for (const connection of connections.values())
    for (const model of connection.settings.passThrough ?? [])
      offers.set(`${connection.name}/${model.name}`, { connection, model });
  return { workflows, connections, offered: (name) => offers.get(name) };
}

/** The models that are asked after one another, the first of them the one asked for. */
export function routesOf(
  directory: Directory,
  { connection, model }: Offered,
): { connection: Known; model: string; larger: boolean }[] {
  const others = [
    ...(model.fallback ?? []).map((name) => ({ name, larger: false })),
    ...(model.larger === undefined ? [] : [{ name: model.larger, larger: true }]),
  ].flatMap(({ name, larger }) => {
    const parts = splitTarget(name);
    const its = parts && directory.connections.get(parts.connection);
    return its ? [{ connection: its, model: parts.model, larger }] : [];
  });
  return [{ connection, model: model.name, larger: false }, ...others];
}
