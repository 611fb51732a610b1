/**
 * The models that can be asked for: workflows by their names, models of connections as `connection/model`.
 *
 * Read about once a second for all calls of this process; a connection is unsealed again only when its row changed. What
 * a call needs of a connection is opened with it and closed when it changed, after the calls that are under way.
 */
import type { Budget } from "../models/budget.ts";
import { connectionSchema, type Connection } from "../models/connection.ts";
import { placeOf, splitTarget, storedPlace, type PassThroughModel } from "../models/pass-through.ts";
import { letsOn, type LetsOn } from "../models/policy-order.ts";
import { stopwatch } from "../platform/clock.ts";
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
  budget: Budget | undefined;
}

interface ConnectionRow {
  name: string;
  version: string;
  /** Sealed, in base64. */
  settings: string;
  budget: Budget | null;
}

/** The policy of a model that was offered and is not any more. */
interface KeptRow {
  connection: string;
  model: string;
  place: string;
  images: boolean;
  policy: unknown;
}

export interface Offered {
  connection: Known;
  model: PassThroughModel;
}

export interface Directory {
  /** The names of all workflows, in their order. */
  workflows: ReadonlySet<string>;
  connections: ReadonlyMap<string, Known>;
  /** The models that connections offer. */
  models: readonly Offered[];
  /** The model of this name, when its connection offers it. */
  offered(name: string): Offered | undefined;
  /**
   * What may go to a model that stands in for another: by its own offer, by the policy that was kept when it was withdrawn,
   * or by that of the same model of the same place under another name. Undefined: nothing was ever said of it.
   */
  letsOn(connection: Known, model: string): LetsOn | undefined;
}

const AGE = 1_000;
/** For a name that is not known: it may have been made a moment ago. */
const AGE_OF_UNKNOWN = 100;

/**
 * The directory as it was a second ago at most; one in which this name was looked for anew, when it was not there. Without
 * waiting where it is at hand.
 */
export function openDirectory(parts: {
  database: Database;
  vault: Vault;
  log: Log;
}): (name?: string) => Directory | Promise<Directory> {
  const { database, vault, log } = parts;
  let known = new Map<string, Known>();
  let last: { versions: string; directory: Directory } | undefined;

  const usual = recent(AGE, look);
  const anew = recent(AGE_OF_UNKNOWN, look);
  let atHand: { directory: Directory; age: () => number } | undefined;

  async function find(name: string | undefined): Promise<Directory> {
    const found = await usual();
    return name === undefined || isKnown(found, name) ? found : anew();
  }
  return (name) =>
    atHand !== undefined && atHand.age() < AGE && name !== undefined && isKnown(atHand.directory, name)
      ? atHand.directory
      : find(name);

  async function look(): Promise<Directory> {
    const age = stopwatch();
    const directory = await read();
    atHand = { directory, age };
    return directory;
  }

  async function read(): Promise<Directory> {
    const [workflows, { rows, kept }] = await Promise.all([
      database.all<{ name: string }>(sql`select name from workflow order by name`),
      // In one statement: a model that is withdrawn or offered again meanwhile is in one of the two.
      database.one<{ rows: ConnectionRow[]; kept: KeptRow[] }>(sql`
        select
          (select coalesce(jsonb_agg(jsonb_build_object('name', c.name,
              'version', c.xmin::text || coalesce(' ' || b.xmin::text, ''), 'settings', encode(c.settings, 'base64'),
              'budget', b.budget) order by c.name), '[]')
            from connection c left join connection_budget b on b.connection = c.name where c.kind = 'openai') as rows,
          (select coalesce(jsonb_agg(jsonb_build_object('connection', connection, 'model', model, 'place', place,
              'images', images, 'policy', policy) order by kept_at desc, connection, model, place), '[]')
            from kept_policy) as kept`),
    ]);
    const versions = JSON.stringify([workflows, rows.map((row) => [row.name, row.version]), kept]);
    if (last?.versions === versions) return last.directory;
    known = new Map(rows.flatMap((row) => opened(row) ?? []));
    const names = new Set(workflows.map((one) => one.name));
    last = { versions, directory: directoryOf(names, known, kept) };
    return last.directory;
  }

  /** One that does not open harms no other. */
  function opened(row: ConnectionRow): [string, Known][] | undefined {
    const before = known.get(row.name);
    if (before?.version === row.version) return [[row.name, before]];
    try {
      const settings = connectionSchema.parse(
        JSON.parse(
          Buffer.from(vault.open(`connection:${row.name}`, Buffer.from(row.settings, "base64"))).toString(
            "utf8",
          ),
        ),
      );
      return settings.kind === "openai"
        ? [[row.name, { name: row.name, settings, version: row.version, budget: row.budget ?? undefined }]]
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

function isKnown({ workflows, offered }: Directory, name: string): boolean {
  return workflows.has(name) || offered(name) !== undefined;
}

function directoryOf(
  workflows: ReadonlySet<string>,
  connections: ReadonlyMap<string, Known>,
  kept: readonly KeptRow[],
): Directory {
  const offers = new Map<string, Offered>();
  for (const connection of connections.values())
    for (const model of connection.settings.passThrough ?? [])
      offers.set(`${connection.name}/${model.name}`, { connection, model });
  const models = [...offers.values()];

  function letsOnOf(connection: Known, model: string): LetsOn | undefined {
    const offer = offers.get(`${connection.name}/${model}`);
    if (offer) return offer.model;
    const place = placeOf(connection.settings.baseUrl);
    const same = models.filter(
      (one) => one.model.name === model && placeOf(one.connection.settings.baseUrl) === place,
    );
    const here = kept.filter((one) => one.model === model && storedPlace(one.place) === place);
    const held =
      here.find((one) => one.connection === connection.name) ??
      kept.find((one) => one.connection === connection.name && one.model === model) ??
      (same.length > 0 ? undefined : here[0]);
    if (held) return letsOn(held.images, held.policy);
    // Where one lets everything on, programs may ask for that one: nothing is held back from this model.
    return same.some((one) => one.model.policy === undefined) ? undefined : same[0]?.model;
  }

  return { workflows, connections, models, offered: (name) => offers.get(name), letsOn: letsOnOf };
}

/** A model that is asked, and what it is offered for where clients may ask it themselves. */
export interface Target {
  connection: Known;
  model: string;
  larger: boolean;
  offer: LetsOn | undefined;
}

/** The models that are asked after one another, the first of them the one asked for. */
export function routesOf(directory: Directory, { connection, model }: Offered): [Target, ...Target[]] {
  const others = [
    ...(model.fallback ?? []).map((name) => ({ name, larger: false })),
    ...(model.larger === undefined ? [] : [{ name: model.larger, larger: true }]),
  ].flatMap(({ name, larger }) => {
    const parts = splitTarget(name);
    const its = parts && directory.connections.get(parts.connection);
    return its
      ? [{ connection: its, model: parts.model, larger, offer: directory.letsOn(its, parts.model) }]
      : [];
  });
  return [{ connection, model: model.name, larger: false, offer: model }, ...others];
}
