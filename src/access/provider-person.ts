/**
 * Who somebody is that an OpenID provider vouches for, and which roles they have from it.
 *
 * A person is tied to the provider's own identifier at the first sign-in and found by it ever after; the e-mail address,
 * which must be verified, counts only for that first time. Roles from groups take the place of those of the sign-in
 * before; what was granted here stays. How the provider is asked is in oidc.ts.
 */
import type { Audit } from "../audit/record.ts";
import type { Role } from "../contract/access.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import type { Grant } from "./caller.ts";
import * as store from "./people-store.ts";
import type { PersonRow } from "./people-store.ts";
import { refusal } from "./provider-refusals.ts";

/** What a provider said, checked by oidc.ts. */
export interface VouchedFor {
  issuer: string;
  /** The provider's identifier of the person; never given to somebody else. */
  subject: string;
  /** Verified. */
  email: string;
  name: string;
  locale: string;
  grants: readonly Grant[];
  /** Whether somebody whom nobody invited may come in. */
  makePeople: boolean;
}

/** The person, made or tied where that may be, with the roles of this sign-in. Throws `unauthenticated` for whoever may not come in. */
export async function personOfProvider(
  tx: Tx,
  parts: { clock: Clock; newId: NewId; audit: Audit },
  given: VouchedFor,
): Promise<PersonRow> {
  const { clock, newId, audit } = parts;
  const now = clock.now();
  const by = { kind: "system", name: `provider ${given.issuer}` } as const;
  let person = await store.personBySubject(tx, given.issuer, given.subject);
  if (person === undefined) {
    const known = await store.personByEmail(tx, given.email);
    // Already tied to another account, there or elsewhere: an address that changed hands opens nothing.
    if (known?.provider) throw refusal("not_yours", { who: given.email });
    if (known === undefined) {
      if (!given.makePeople) throw refusal("nobody_invited", { who: given.email });
      const { email, name, locale } = given;
      const id = newId("person");
      await store.insertPerson(tx, { id, email, name, locale, now, by: by.name });
      audit.record(tx, [
        { kind: "person.made", actor: by, data: { person: id, email: email.toLowerCase() } },
      ]);
    }
    const email = given.email.toLowerCase();
    await tx.run(
      sql`update person set provider = ${given.issuer}, subject = ${given.subject} where email = ${email} and provider is null`,
    );
    person = (await store.personBySubject(tx, given.issuer, given.subject))!;
  }
  if (person.disabled_at !== null) throw refusal("not_yours", { who: given.email });
  const grants = await thatExist(tx, given.grants);
  const before = await providerRoles(tx, person.id);
  const after = textsOf(grants);
  if (before.join() !== after.join()) {
    await store.replaceGrants(tx, person.id, "provider", grants, by.name, now);
    audit.record(tx, [
      {
        kind: "person.roles",
        actor: by,
        data: { person: person.id, roles: after, before, from: "provider" },
      },
    ]);
  }
  return person;
}

/** Takes back what a provider's groups gave, when the provider is no longer asked. */
export async function endProviderRoles(tx: Tx, issuer: string): Promise<void> {
  await tx.run(sql`
    delete from role_grant where source = 'provider' and person in (select id from person where provider = ${issuer})`);
}

async function providerRoles(database: Queryable, person: string): Promise<string[]> {
  const found = await database.all<{ role: Role; workflow: string | null }>(
    sql`select role, workflow from role_grant where person = ${person} and source = 'provider'`,
  );
  return textsOf(found);
}

/** A group may name a workflow that is not applied yet, or no longer. */
async function thatExist(database: Queryable, grants: readonly Grant[]): Promise<Grant[]> {
  const names = grants.flatMap(({ workflow }) => workflow ?? []);
  const found = await database.all<{ name: string }>(
    sql`select name from workflow where name = any(${names}::text[])`,
  );
  const there = new Set(found.map((row) => row.name));
  return grants.filter(({ role, workflow }) =>
    workflow === null ? true : role !== "administrator" && there.has(workflow),
  );
}

function textsOf(grants: readonly Grant[]): string[] {
  return [
    ...new Set(grants.map(({ role, workflow }) => (workflow === null ? role : `${role} of ${workflow}`))),
  ].sort();
}
