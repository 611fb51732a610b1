/** Connections of the installation: addresses and secrets under names, sealed; what may be shown is kept beside. */
import { endProviderRoles } from "../../access/provider-person.ts";
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { TrialOutcome } from "../../contract/connection-trial.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { Standing } from "../../access/standing.ts";
import { makeTrialsDue } from "../../models/breaker-board.ts";
import { connectionSchema, type Connection, type ConnectionKind } from "../../models/connection.ts";
import { nativeAddress } from "../../models/native-connection.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sql, time } from "../../platform/sql.ts";
import { offeredBefore, offeredIn, policyChanges, problemsOf, warningsOf } from "./offered-models.ts";
import { openPolicyChanges, type WaitingRow } from "./policy-changes.ts";
import { lockOffers, type PolicyChangeRow } from "./policy-store.ts";

export interface ConnectionRow {
  name: string;
  kind: string;
  shown: JsonObject;
  saved_at: number;
  saved_by: string;
}

export interface SavedConnection {
  name: string;
  kind: string;
  warnings: string[];
  /** Data policies that are not in force before a second person confirms them, those of earlier saves included. */
  waiting: WaitingRow[];
}

export interface Connections {
  /**
   * `keep`: secrets that stay as they are stored. Throws `bad_request` when one is not there, or would go to another address.
   * All of it is in force at once but for looser data policies (policy-changes.ts).
   */
  save(name: string, settings: JsonObject, by: Standing, keep?: readonly string[]): Promise<SavedConnection>;
  /** Changes the data policy of one offered model, with null to none; the rest of the connection stays. Throws `not_found`. */
  setPolicy(name: string, model: string, policy: JsonObject | null, by: Standing): Promise<SavedConnection>;
  /** Data policies that wait for a second person, and what became of earlier ones. */
  policyChanges(): Promise<PolicyChangeRow[]>;
  decidePolicy(id: string, decision: "applied" | "refused", by: Standing): Promise<PolicyChangeRow>;
  list(): Promise<ConnectionRow[]>;
  /** With its secrets, for the program itself; undefined when there is none of this name. */
  read(name: string): Promise<Connection | undefined>;
  /** All of one kind, with their secrets. */
  ofKind<K extends ConnectionKind>(
    kind: K,
  ): Promise<{ name: string; settings: Extract<Connection, { kind: K }> }[]>;
  /** A model that the newest release with this connection asks over it; undefined when there is none. */
  modelOver(name: string): Promise<string | undefined>;
  /** Puts on record that somebody tried a connection, and what came of it. */
  tried(name: string, kind: ConnectionKind, outcome: TrialOutcome, by: Actor): Promise<void>;
  /**
   * Throws `wrong_state` while the definition of a workflow or a release in use names it. False when there is none.
   */
  remove(name: string, by: Actor): Promise<boolean>;
}

export function openConnections(parts: {
  database: Database;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}): Connections {
  const { database, vault, clock, audit } = parts;
  const policies = openPolicyChanges(parts);
  const readIn = async (queryable: Queryable, name: string) => {
    const row = await queryable.maybe<{ settings: Uint8Array }>(
      sql`select settings from connection where name = ${name}`,
    );
    return row && opened(name, row.settings);
  };
  const read = (name: string) => readIn(database, name);
  const sealed = (name: string, connection: Connection) =>
    vault.seal(`connection:${name}`, Buffer.from(JSON.stringify(connection), "utf8"));

  /** `find` reads what is to be stored once nobody else stores a connection any more. */
  async function store(
    name: string,
    find: (tx: Tx) => Promise<Connection>,
    by: Standing,
    model?: string,
  ): Promise<SavedConnection> {
    const stored = await database.transaction(async (tx) => {
      await lockOffers(tx);
      const { connection, waiting } = await policies.settle(tx, name, await find(tx), by, model);
      const offered = offeredIn(connection);
      const earlier = await offeredBefore(tx, name);
      await tx.run(sql`
        insert into connection (name, kind, settings, shown, saved_at, saved_by)
        values (${name}, ${connection.kind}, ${sealed(name, connection)}, ${JSON.stringify(shown(connection))}::jsonb, ${time(clock.now())}, ${by.actor.name})
        on conflict (name) do update set kind = excluded.kind, settings = excluded.settings, shown = excluded.shown, saved_at = excluded.saved_at, saved_by = excluded.saved_by`);
      await makeTrialsDue(tx, name, clock.now());
      const changed = policyChanges(earlier, offered);
      audit.record(tx, [
        {
          kind: "connection.saved",
          actor: by.actor,
          data: { name, connection: connection.kind, ...(changed.length === 0 ? {} : { policies: changed }) },
        },
      ]);
      return { offered, waiting, kind: connection.kind };
    });
    const { kind, offered, waiting } = stored;
    const warnings = [
      ...(await policies.told(waiting, by)),
      ...(await warningsOf(database, { offered, now: clock.now() })),
    ];
    return { name, kind, warnings, waiting };
  }

  return {
    async save(name, given, by, keep = []) {
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
        throw new PilotageError(
          "bad_request",
          `"${name.slice(0, 60)}" is no name for a connection; nothing was stored.`,
          { hint: "Use lower-case letters, digits and hyphens." },
        );
      const before = keep.length === 0 ? undefined : await read(name);
      const parsed = connectionSchema.safeParse(withKept(given, before, keep));
      if (!parsed.success)
        throw new PilotageError(
          "bad_request",
          `The settings of the connection are not valid: ${problemsOf(parsed.error)}. Nothing was stored.`,
        );
      const connection = parsed.data;
      if (before && shown(before)["address"] !== shown(connection)["address"])
        throw new PilotageError(
          "bad_request",
          "A stored secret only stays with its address, and this is another one. Nothing was stored.",
          { hint: "Give the secrets of the new address as well." },
        );
      return store(name, async () => connection, by);
    },
    setPolicy: (name, model, policy, by) =>
      store(
        name,
        async (tx) => {
          const connection = await readIn(tx, name);
          const models = connection === undefined ? [] : offeredIn(connection);
          if (!models.some((one) => one.name === model))
            throw new PilotageError(
              "not_found",
              `No model ${model.slice(0, 100)} is offered by the connection ${name.slice(0, 60)}. Nothing was changed.`,
              { hint: "`pilotage connection show <name>` shows what one offers." },
            );
          const passThrough = models.map((one) => {
            const { policy: _, ...rest } = one;
            return one.name !== model ? one : { ...rest, ...(policy === null ? {} : { policy }) };
          });
          const parsed = connectionSchema.safeParse({ ...connection, passThrough });
          if (!parsed.success)
            throw new PilotageError(
              "bad_request",
              `The data policy is not valid: ${problemsOf(parsed.error)}. Nothing was changed.`,
            );
          return parsed.data;
        },
        by,
        model,
      ),
    policyChanges: () => policies.list(),
    decidePolicy: (id, decision, by) =>
      policies.decide(id, decision, by, {
        read: readIn,
        async rewrite(tx, name, connection) {
          await tx.run(
            sql`update connection set settings = ${sealed(name, connection)}, shown = ${JSON.stringify(shown(connection))}::jsonb where name = ${name}`,
          );
        },
      }),
    list: () =>
      database.all<ConnectionRow>(
        sql`select name, kind, shown, saved_at, saved_by from connection order by name`,
      ),
    read,
    async ofKind<K extends ConnectionKind>(kind: K) {
      const found = await database.all<{ name: string; settings: Uint8Array }>(
        sql`select name, settings from connection where kind = ${kind} order by name`,
      );
      return found.map(({ name, settings }) => ({
        name,
        settings: opened(name, settings) as Extract<Connection, { kind: K }>,
      }));
    },
    async modelOver(name) {
      const found = await database.maybe<{ model: string }>(sql`
        select m #>> '{}' as model
        from release r, jsonb_path_query(r.document::jsonb, '$.** ? (@.connection == $name).name', jsonb_build_object('name', ${name}::text)) m
        where jsonb_typeof(m) = 'string' order by r.published_at desc limit 1`);
      return found?.model;
    },
    tried: (name, kind, outcome, by) =>
      database.transaction(async (tx) => {
        audit.record(tx, [
          { kind: "connection.tested", actor: by, data: { name, connection: kind, outcome } },
        ]);
      }),
    remove: (name, by) =>
      database.transaction(async (tx) => {
        const users = await usersOf(tx, name);
        if (users.length > 0)
          throw new PilotageError(
            "wrong_state",
            `The connection ${name} is in use: ${users.join(", ")}. Nothing was removed.`,
            {
              hint: "Take it out of the definition or of the other connection first, or store other settings under the same name.",
            },
          );
        await policies.withdraw(tx, name, by);
        const removed = await tx.maybe<{ kind: string; settings: Uint8Array }>(
          sql`delete from connection where name = ${name} returning kind, settings`,
        );
        if (!removed) return false;
        const settings = opened(name, removed.settings);
        // Whoever signed in through it got roles from it; without it nobody would ever take them back.
        if (settings.kind === "oidc") await endProviderRoles(tx, settings.issuer);
        audit.record(tx, [
          { kind: "connection.removed", actor: by, data: { name, connection: removed.kind } },
        ]);
        return true;
      }),
  };

  function opened(name: string, settings: Uint8Array): Connection {
    return connectionSchema.parse(
      JSON.parse(Buffer.from(vault.open(`connection:${name}`, settings)).toString("utf8")),
    );
  }
}

/** Which definitions in force name a connection, in words. */
async function usersOf(database: Queryable, name: string): Promise<string[]> {
  const found = await database.all<{ user: string }>(sql`
    with named as (select '$.**.connection ? (@ == $name)'::jsonpath as path, jsonb_build_object('name', ${name}::text) as name)
    select 'workflow ' || w.name as user from workflow w, named where jsonb_path_exists(w.document::jsonb, named.path, named.name)
    union all
    select 'release ' || r.id from named, release r
    where r.id in (select unnest(array[stable_release, candidate_release, shadow_release]) from workflow)
      and jsonb_path_exists(r.document::jsonb, named.path, named.name)
    union all
    select distinct 'fallback of ' || c.name || '/' || (m ->> 'name')
    from connection c cross join jsonb_array_elements(c.shown -> 'passThrough') m
      cross join jsonb_array_elements_text(coalesce(m -> 'fallback', '[]') || coalesce(jsonb_build_array(m -> 'larger') - 'null', '[]')) as target
    where c.name <> ${name} and c.kind = 'openai' and jsonb_typeof(c.shown -> 'passThrough') = 'array' and split_part(target, '/', 1) = ${name}
    order by 1`);
  return found.map((row) => row.user);
}

/** Settings that are never shown. */
const SECRETS = [
  "apiKey",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "secret",
  "password",
  "clientSecret",
] as const;

/** Which secrets a connection has; headers one by one, because any of them may be one. */
function storedIn(connection: Connection): string[] {
  const settings = connection as Record<string, unknown>;
  const headers = connection.kind === "openai" ? Object.keys(connection.headers ?? {}) : [];
  return [
    ...SECRETS.filter((name) => settings[name] !== undefined),
    ...headers.map((name) => `headers.${name}`),
  ];
}

/** New settings with what stays of the old ones. */
function withKept(given: JsonObject, before: Connection | undefined, keep: readonly string[]): JsonObject {
  if (keep.length === 0) return given;
  const stored = before?.kind === given["kind"] ? before : undefined;
  const there = new Set(stored && storedIn(stored));
  const missing = keep.filter((name) => !there.has(name));
  if (missing.length > 0)
    throw new PilotageError(
      "bad_request",
      `The connection has no stored ${missing.map((name) => name.slice(0, 60)).join(", ")} that could stay. Nothing was stored.`,
    );
  const settings = stored as unknown as Record<string, JsonObject[string]>;
  const all = (settings["headers"] ?? {}) as Record<string, string>;
  const names = keep.flatMap((name) => (name.startsWith("headers.") ? [name.slice("headers.".length)] : []));
  const headers = Object.fromEntries(names.map((name) => [name, all[name]!]));
  return {
    ...Object.fromEntries(
      keep.flatMap((name) => (name.startsWith("headers.") ? [] : [[name, settings[name]!]])),
    ),
    ...given,
    ...(names.length === 0
      ? {}
      : { headers: { ...headers, ...(given["headers"] as JsonObject | undefined) } }),
  };
}

/** Where a connection goes and what it has, never what opens it. */
function shown(connection: Connection): JsonObject {
  const stored = storedIn(connection);
  return { ...facts(connection), ...(stored.length === 0 ? {} : { stored }) };
}

function facts(connection: Connection): JsonObject {
  if (connection.kind === "scripted") return { rules: connection.script.rules.length };
  switch (connection.kind) {
    case "openai": {
      const { baseUrl, passThrough } = connection;
      const models = passThrough as unknown as JsonObject[] | undefined;
      return {
        address: baseUrl,
        ...notesOf(connection),
        ...(models === undefined ? {} : { passThrough: models }),
      };
    }
    case "anthropic":
    case "bedrock":
    case "google":
      return { address: nativeAddress(connection), ...notesOf(connection) };
    case "smtp":
      return {
        address: `${connection.host}:${connection.port}`,
        from: connection.from,
        host: connection.host,
        port: connection.port,
        security: connection.security,
        ...(connection.user === undefined ? {} : { user: connection.user }),
      };
    case "oidc":
      return {
        address: connection.issuer,
        name: connection.name,
        clientId: connection.clientId,
        scopes: connection.scopes,
        groupsClaim: connection.groupsClaim,
        groups: connection.groups,
        makePeople: connection.makePeople,
        trustEmail: connection.trustEmail,
      };
    case "http":
      return { address: connection.url, ...notesOf(connection) };
    case "webhook":
      return { address: connection.url };
  }
}

/** What was noted about where the model runs, what was agreed, when it retires, and how many calls it takes at once; for people. */
function notesOf(connection: {
  region?: string;
  contract?: string;
  mostInFlight?: number;
  shutdownDates?: Record<string, string>;
  passThrough?: readonly { name: string; shutdownDate?: string }[];
}): JsonObject {
  const { region, contract, mostInFlight, passThrough = [] } = connection;
  const dates = {
    ...Object.fromEntries(
      passThrough.flatMap(({ name, shutdownDate }) =>
        shutdownDate === undefined ? [] : [[name, shutdownDate]],
      ),
    ),
    ...connection.shutdownDates,
  };
  return {
    ...(Object.keys(dates).length === 0 ? {} : { shutdownDates: dates }),
    ...(region === undefined ? {} : { region }),
    ...(contract === undefined ? {} : { contract }),
    ...(mostInFlight === undefined ? {} : { mostInFlight }),
  };
}
