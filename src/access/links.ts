/**
 * One-time links: an invitation lets a person set a password, a sign-in link from the machine itself signs them in.
 *
 * 256 random bits of which only the hash is kept. A new link of a person kills the older ones; used up is used up, also
 * when two open it at the same moment. The token stands behind `#`, so that no server log holds it.
 */
import { createHash, randomBytes } from "node:crypto";
import { PilotageError } from "../contract/errors.ts";
import type { NewId } from "../platform/chance.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export type LinkKind = "invitation" | "sign_in";
const LASTS: Record<LinkKind, number> = { invitation: 7 * 86_400_000, sign_in: 60 * 60_000 };

export interface FoundLink {
  id: string;
  person: string;
  kind: LinkKind;
}

export async function makeLink(
  tx: Tx,
  newId: NewId,
  wanted: { person: string; kind: LinkKind; by: string; now: number },
): Promise<{ token: string; expiresAt: number }> {
  const token = `pin_${randomBytes(32).toString("base64url")}`;
  const expiresAt = wanted.now + LASTS[wanted.kind];
  await tx.run(
    sql`update one_time_link set used_at = ${time(wanted.now)} where person = ${wanted.person} and kind = ${wanted.kind} and used_at is null`,
  );
  await tx.run(sql`
    insert into one_time_link (id, person, kind, hash, made_at, made_by, expires_at)
    values (${newId("invitation")}, ${wanted.person}, ${wanted.kind}, ${hashOf(token)}, ${time(wanted.now)}, ${wanted.by}, ${time(expiresAt)})`);
  return { token, expiresAt };
}

/** The link behind a token, without using it up; throws `unauthenticated` for one that opens nothing. */
export async function findLink(database: Queryable, token: string, now: number): Promise<FoundLink> {
  const found = await database.maybe<FoundLink>(sql`
    select l.id, l.person, l.kind from one_time_link l join person p on p.id = l.person
    where l.hash = ${hashOf(token)} and l.used_at is null and l.expires_at > ${time(now)} and p.disabled_at is null`);
  if (!found) throw linkIsDead();
  return found;
}

/** Uses a link up; of two at the same moment one gets it. */
export async function useLink(tx: Tx, link: FoundLink, now: number): Promise<void> {
  const used = await tx.run(
    sql`update one_time_link set used_at = ${time(now)} where id = ${link.id} and used_at is null`,
  );
  if (used === 0) throw linkIsDead();
}

function linkIsDead(): PilotageError {
  return new PilotageError(
    "unauthenticated",
    "This link opens nothing: it was used already, is too old, or a newer one took its place. Nothing was done.",
    { hint: "Ask whoever sent it for a new one." },
  );
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
