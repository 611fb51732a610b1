/**
 * Sessions of signed-in people: an opaque token in a cookie, of which only the hash is kept.
 *
 * A session ends after some hours without use, and after some days in any case. Its token changes every hour of use; the
 * one before is taken for a minute longer, because requests may be on their way, and after that its use ends the
 * session: somebody has a copy. Roles are read anew each time; what was read is believed for a second.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import type { Id } from "../contract/ids.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { SignedIn } from "./caller.ts";
import { heldRoles, personById } from "./people-store.ts";

export interface SessionRow {
  id: Id<"session">;
  device: string;
  started_at: number;
  seen_at: number;
  ends_at: number;
}

export interface Sessions {
  /** Signs a person in; the token is told once. */
  start(
    tx: Tx,
    person: { id: string; email: string },
    device: string | undefined,
    how: string,
  ): Promise<{ token: string; endsAt: number }>;
  /** Undefined for a token that opens nothing (any longer). `renewed` is the token from now on. */
  /** `rotates` false: the answer cannot carry a new token, so the old one stays. */
  find(token: string, rotates?: boolean): Promise<{ signedIn: SignedIn; renewed?: string } | undefined>;
  list(person: string): Promise<SessionRow[]>;
  /** Ends one session of a person; false when there is none. */
  end(id: string, person: string, why: string, by: Actor): Promise<boolean>;
  /** Ends all of a person's but one; answers how many. */
  endOthers(tx: Tx, person: string, except: string | undefined, why: string, by: Actor): Promise<number>;
}

const HOUR = 3_600_000;
const ROTATES_AFTER = HOUR;
const OLD_TOKEN_FOR = 60_000;
const SEEN_EVERY = 60_000;
const BELIEVED_FOR = 1_000;
const MOST_REMEMBERED = 10_000;
const TOKEN = /^pis_[\w-]{43}$/;

interface Found {
  id: string;
  person: string;
  current: boolean;
  rotated_at: number;
  seen_at: number;
  ends_at: number;
}

export function openSessions(parts: {
  database: Database;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  /** Hours without use, and in any case. */
  idleHours: number;
  longestHours: number;
}): Sessions {
  const { database, clock, newId, audit } = parts;
  const believed = new Map<string, { signedIn: SignedIn; until: number }>();

  async function read(database: Queryable, hash: Buffer): Promise<Found | undefined> {
    return database.maybe<Found>(sql`
      select id, person, hash = ${hash} as current, rotated_at, seen_at, ends_at from session
      where (hash = ${hash} or previous = ${hash}) and ended_at is null`);
  }

  /** Only one of several requests at once turns the token; the others go on with the old one for its last minute. */
  async function rotate(found: Found, hash: Buffer, now: number): Promise<string | undefined> {
    const token = freshToken();
    const turned = await database.run(sql`
      update session set previous = hash, hash = ${hashOf(token)}, rotated_at = ${time(now)}, seen_at = ${time(now)}
      where id = ${found.id} and hash = ${hash} and ended_at is null`);
    return turned > 0 ? token : undefined;
  }

  async function endOne(tx: Tx, id: string, person: string, why: string, by: Actor): Promise<boolean> {
    const touched = await tx.run(
      sql`update session set ended_at = ${time(clock.now())}, why_ended = ${why} where id = ${id} and person = ${person} and ended_at is null`,
    );
    if (touched > 0) audit.record(tx, [{ kind: "session.ended", actor: by, data: { session: id, why } }]);
    tx.afterCommit(() => believed.clear());
    return touched > 0;
  }

  return {
    async start(tx, person, device, how) {
      const id = newId("session");
      const token = freshToken();
      const now = clock.now();
      const endsAt = now + parts.longestHours * HOUR;
      await tx.run(sql`
        insert into session (id, person, hash, rotated_at, device, started_at, seen_at, ends_at)
        values (${id}, ${person.id}, ${hashOf(token)}, ${time(now)}, ${deviceOf(device)}, ${time(now)}, ${time(now)}, ${time(endsAt)})`);
      await tx.run(sql`update person set last_seen_at = ${time(now)} where id = ${person.id}`);
      audit.record(tx, [
        {
          kind: "session.started",
          actor: { kind: "person", name: person.email, session: id },
          data: { session: id, person: person.id, how },
        },
      ]);
      return { token, endsAt };
    },

    async find(token, rotates = true) {
      if (!TOKEN.test(token)) return undefined;
      const known = believed.get(token);
      if (known && known.until > performance.now()) return { signedIn: known.signedIn };
      const hash = hashOf(token);
      const found = await read(database, hash);
      const now = clock.now();
      if (!found || found.ends_at <= now || found.seen_at + parts.idleHours * HOUR <= now) return undefined;
      const row = await personById(database, found.person);
      if (!row || row.disabled_at !== null) return undefined;
      if (!found.current && found.rotated_at + OLD_TOKEN_FOR < now) {
        await database.transaction((tx) =>
          endOne(tx, found.id, row.id, "an old token was used: somebody had a copy", {
            kind: "system",
            name: "sessions",
          }),
        );
        return undefined;
      }
      const signedIn: SignedIn = {
        session: found.id,
        person: row.id,
        email: row.email,
        name: row.name,
        grants: ((await heldRoles(database, row.email)).get(row.email) ?? []).map(({ role, workflow }) => ({
          role,
          workflow,
        })),
        endsAt: found.ends_at,
        awayUntil: row.away_until !== null && row.away_until > now ? row.away_until : null,
      };
      const renewed =
        rotates && found.current && found.rotated_at + ROTATES_AFTER <= now
          ? await rotate(found, hash, now)
          : undefined;
      if (renewed === undefined && found.seen_at + SEEN_EVERY <= now)
        await database.run(
          sql`update session set seen_at = ${time(now)} where id = ${found.id} and seen_at < ${time(now)}`,
        );
      if (renewed === undefined) {
        if (believed.size >= MOST_REMEMBERED) believed.clear();
        believed.set(token, { signedIn, until: performance.now() + BELIEVED_FOR });
      }
      return { signedIn, ...(renewed === undefined ? {} : { renewed }) };
    },

    list: (person) =>
      database.all<SessionRow>(sql`
        select id, device, started_at, seen_at, ends_at from session
        where person = ${person} and ended_at is null and ends_at > ${time(clock.now())} and seen_at > ${time(clock.now() - parts.idleHours * HOUR)}
        order by seen_at desc, id desc`),

    end: (id, person, why, by) => database.transaction((tx) => endOne(tx, id, person, why, by)),

    async endOthers(tx, person, except, why, by) {
      const ended = await tx.all<{ id: string }>(sql`
        update session set ended_at = ${time(clock.now())}, why_ended = ${why}
        where person = ${person} and ended_at is null and id is distinct from ${except ?? null} returning id`);
      audit.record(
        tx,
        ended.map(({ id }) => ({ kind: "session.ended" as const, actor: by, data: { session: id, why } })),
      );
      tx.afterCommit(() => believed.clear());
      return ended.length;
    },
  };
}

const freshToken = () => `pis_${randomBytes(32).toString("base64url")}`;

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The first that is named counts: most browsers also name those that they want to be taken for. */
const BROWSERS = { Edg: "Edge", OPR: "Opera", Firefox: "Firefox", Chrome: "Chrome", Safari: "Safari" };
const SYSTEMS = {
  Android: "Android",
  iPhone: "iPhone",
  iPad: "iPad",
  Windows: "Windows",
  Macintosh: "macOS",
  Linux: "Linux",
};

/** What a person knows their machine by; the rest of a user agent is nobody's business. */
function deviceOf(userAgent = ""): string {
  const named = (table: Record<string, string>) =>
    Object.entries(table).find(([word]) => userAgent.includes(word))?.[1];
  return [named(BROWSERS) ?? "Other", named(SYSTEMS)].filter((one) => one !== undefined).join(", ");
}
