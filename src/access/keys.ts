/**
 * API keys: `pil_<id>_<256 bits>`, stored as SHA-256, with scopes, an expiry, and optionally one workflow.
 *
 * A random key of this length needs no slow hash. A key that was read is believed for a second, so that a stream of
 * requests does not ask the database each time; a revoked key is dead within that second, everywhere.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import { isId, type Id } from "../contract/ids.ts";
import type { KeyLimits } from "../contract/keys.ts";
import type { Actor, Scope } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { callerOfKey, OPERATOR, personKey, type Caller } from "./caller.ts";

export interface KeyRow {
  id: Id<"key">;
  name: string;
  scopes: Scope[];
  workflow: string | null;
  simulated: boolean;
  made_at: number;
  made_by: string;
  /** The person behind it (see Caller.stands); null for a key from before this was kept, whose maker has no account. */
  stands: string | null;
  expires_at: number;
  revoked_at: number | null;
  /** What it may use of models; null: as much as it likes. */
  limits: KeyLimits | null;
}

export interface NewKey {
  name: string;
  scopes: Scope[];
  workflow: string | undefined;
  days: number;
  simulated: boolean;
  limits?: KeyLimits | null;
}

export interface Keys {
  make(wanted: NewKey, by: Actor): Promise<KeyRow & { secret: string }>;
  list(): Promise<KeyRow[]>;
  /** Undefined when there is no such key, or it is revoked. */
  limit(id: string, limits: KeyLimits | null, by: Actor): Promise<KeyRow | undefined>;
  /** False when there is no such key, or it is revoked already. */
  revoke(id: string, by: Actor): Promise<boolean>;
  /** The caller behind an Authorization header; throws `unauthenticated` without telling why to a stranger. */
  authenticate(header: string | undefined, as: string | undefined): Promise<Caller>;
  /** The same without waiting, where the key was read a moment ago and holds; undefined: `authenticate` knows. */
  believed(header: string | undefined): Caller | undefined;
}

const BELIEVED_FOR = 1_000;
const MOST_REMEMBERED = 10_000;
const DAY = 86_400_000;

export function openKeys(parts: { database: Database; clock: Clock; newId: NewId; audit: Audit }): Keys {
  const { database, clock, newId, audit } = parts;
  const believed = new Map<string, { row: KeyRow; caller: Caller; until: number }>();

  async function find(token: string): Promise<KeyRow> {
    const known = believed.get(token);
    if (known && known.until > performance.now()) return known.row;
    const id = /^pil_(key_[0-9a-z]{26})_[\w-]{43}$/.exec(token)?.[1];
    const row = id && isId("key", id) ? await read(database, id) : undefined;
    if (!row || !timingSafeEqual(row.hash, hashOf(token))) throw stranger();
    const { hash: _, ...key } = row;
    if (believed.size >= MOST_REMEMBERED) believed.clear();
    const caller = callerOfKey(key, undefined);
    believed.set(token, { row: key, caller, until: performance.now() + BELIEVED_FOR });
    return key;
  }

  return {
    async make(wanted, by) {
      const id = newId("key");
      const secret = `pil_${id}_${randomBytes(32).toString("base64url")}`;
      const now = clock.now();
      const limits = wanted.limits ?? null;
      await database.transaction(async (tx) => {
        await tx.run(sql`
          insert into api_key (id, name, hash, scopes, workflow, simulated, made_at, made_by, stands, expires_at, limits)
          values (${id}, ${wanted.name}, ${hashOf(secret)}, ${wanted.scopes}, ${wanted.workflow ?? null}, ${wanted.simulated}, ${time(now)}, ${by.name}, ${await standsBehind(tx, by)}, ${time(now + wanted.days * DAY)}, ${limits === null ? null : JSON.stringify(limits)}::jsonb)`);
        audit.record(tx, [
          {
            kind: "key.made",
            actor: by,
            data: {
              key: id,
              name: wanted.name,
              scopes: wanted.scopes,
              workflow: wanted.workflow ?? null,
              simulated: wanted.simulated,
              ...(limits === null ? {} : { limits }),
            },
          },
        ]);
      });
      const { hash: _, ...row } = (await read(database, id))!;
      return { ...row, secret };
    },
    list: () =>
      database.all<KeyRow>(
        sql`select id, name, scopes, workflow, simulated, made_at, made_by, stands, expires_at, revoked_at, limits from api_key order by id desc`,
      ),
    async limit(id, limits, by) {
      const touched = await database.transaction(async (tx) => {
        const found = await tx.run(
          sql`update api_key set limits = ${limits === null ? null : JSON.stringify(limits)}::jsonb where id = ${id} and revoked_at is null`,
        );
        if (found > 0) audit.record(tx, [{ kind: "key.limited", actor: by, data: { key: id, limits } }]);
        return found;
      });
      believed.clear();
      const row = touched > 0 ? await read(database, id) : undefined;
      if (!row) return undefined;
      const { hash: _, ...key } = row;
      return key;
    },
    async revoke(id, by) {
      return database.transaction(async (tx) => {
        const touched = await tx.run(
          sql`update api_key set revoked_at = ${time(clock.now())} where id = ${id} and revoked_at is null`,
        );
        if (touched > 0) audit.record(tx, [{ kind: "key.revoked", actor: by, data: { key: id } }]);
        believed.clear();
        return touched > 0;
      });
    },
    async authenticate(header, as) {
      const token = /^Bearer (pil_\S+)$/.exec(header ?? "")?.[1];
      if (!token) throw stranger();
      const key = await find(token);
      if (key.revoked_at !== null)
        throw new PilotageError("unauthenticated", "This API key was revoked; nothing was done.", {
          hint: "Ask for a new key.",
        });
      if (key.expires_at <= clock.now())
        throw new PilotageError("unauthenticated", "This API key has expired; nothing was done.", {
          hint: "Make a new one: `pilotage key make`.",
        });
      if (as !== undefined && !key.scopes.includes("operator"))
        throw new PilotageError("forbidden", "Only the local operator's key may act for a named person.", {
          hint: "Leave --as away, or use the command line of the machine itself.",
        });
      return callerOfKey(key, as);
    },
    believed(header) {
      const known = header?.startsWith(BEARER) ? believed.get(header.slice(BEARER.length)) : undefined;
      if (known === undefined || known.until <= performance.now()) return undefined;
      return known.row.revoked_at === null && known.row.expires_at > clock.now() ? known.caller : undefined;
    },
  };
}

const BEARER = "Bearer ";

/** The named person of a request; throws `bad_request` when the name cannot stand in a record. */
export function personNamed(name: string): string {
  const person = name.normalize("NFC").trim();
  if (person === "" || person.length > 200 || /\p{Cc}/u.test(person) || !person.isWellFormed())
    throw new PilotageError(
      "bad_request",
      "The person named for this request cannot be recorded: a name of 1 to 200 ordinary characters is needed. Nothing was done.",
      { hint: "Send the name percent-encoded in `X-Pilotage-As`." },
    );
  return person;
}

async function read(database: Queryable, id: string): Promise<(KeyRow & { hash: Buffer }) | undefined> {
  return database.maybe<KeyRow & { hash: Buffer }>(sql`
    select id, name, hash, scopes, workflow, simulated, made_at, made_by, stands, expires_at, revoked_at, limits from api_key where id = ${id}`);
}

/** Who answers for a key: its maker, or whoever answers for the key that it was made with. */
async function standsBehind(tx: Queryable, by: Actor): Promise<string> {
  if (by.kind === "system") return OPERATOR;
  if (by.key === undefined) return personKey(by.name);
  const maker = await tx.maybe<{ stands: string | null }>(
    sql`select stands from api_key where id = ${by.key} and not ('operator' = any (scopes))`,
  );
  return maker?.stands ?? OPERATOR;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function stranger(): PilotageError {
  return new PilotageError("unauthenticated", "The API key is missing or unknown; nothing was done.", {
    hint: "Send the header `Authorization: Bearer pil_...`.",
  });
}
