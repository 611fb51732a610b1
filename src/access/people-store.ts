/** The questions about people: who they are, which roles they have and where these come from. */
import { isRole, type Role } from "../contract/access.ts";
import type { Id } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql, time } from "../platform/sql.ts";

export interface PersonRow {
  id: Id<"person">;
  email: string;
  name: string;
  locale: string;
  password: string | null;
  provider: string | null;
  preferences: JsonObject;
  disabled_at: number | null;
  away_until: number | null;
  last_seen_at: number | null;
}

export interface HeldRole {
  role: Role;
  /** Null: for the whole installation. */
  workflow: string | null;
  from: "granted" | "workflow" | "provider";
}

const COLUMNS = raw(
  "id, email, name, locale, password, provider, preferences, disabled_at, away_until, last_seen_at",
);

export async function allPeople(database: Queryable): Promise<PersonRow[]> {
  return database.all<PersonRow>(sql`select ${COLUMNS} from person order by name, email`);
}

export async function personById(database: Queryable, id: string): Promise<PersonRow | undefined> {
  return database.maybe<PersonRow>(sql`select ${COLUMNS} from person where id = ${id}`);
}

export async function personByEmail(database: Queryable, email: string): Promise<PersonRow | undefined> {
  return database.maybe<PersonRow>(sql`select ${COLUMNS} from person where email = ${email.toLowerCase()}`);
}

export async function personBySubject(
  database: Queryable,
  provider: string,
  subject: string,
): Promise<PersonRow | undefined> {
  return database.maybe<PersonRow>(
    sql`select ${COLUMNS} from person where provider = ${provider} and subject = ${subject}`,
  );
}

/** Which role the keys of `people` in a workflow's document stand for. */
const NAMED_ROLES: Record<string, Role> = {
  owner: "owner",
  deputy: "owner",
  sponsor: "sponsor",
  steward: "steward",
  compliance: "compliance",
  approver: "approver",
  onCall: "on_call",
};

/** All roles of all people, or of one: what was granted, what a provider says, and what workflows name. */
export async function heldRoles(database: Queryable, email?: string): Promise<Map<string, HeldRole[]>> {
  const of = email?.toLowerCase() ?? null;
  const granted = await database.all<{
    email: string;
    role: string;
    workflow: string | null;
    source: string;
  }>(sql`
    select p.email, g.role, g.workflow, g.source from role_grant g join person p on p.id = g.person
    where ${of}::text is null or p.email = ${of} order by g.workflow nulls first, g.role`);
  const named = await database.all<{ name: string; part: string; email: string }>(sql`
    select w.name, p.part, lower(e.email) as email
    from workflow w, jsonb_each(w.dials -> 'people') as p (part, value),
      lateral (select jsonb_array_elements_text(case jsonb_typeof(p.value) when 'array' then p.value else jsonb_build_array(p.value) end)) as e (email)
    where jsonb_typeof(w.dials -> 'people') = 'object' and (${of}::text is null or lower(e.email) = ${of}) order by w.name, p.part`);
  const held = new Map<string, HeldRole[]>();
  const add = (who: string, one: HeldRole) => {
    const list = held.get(who) ?? [];
    if (
      !list.some(
        (other) => other.role === one.role && other.workflow === one.workflow && other.from === one.from,
      )
    )
      list.push(one);
    held.set(who, list);
  };
  for (const { email: who, role, workflow, source } of granted)
    if (isRole(role)) add(who, { role, workflow, from: source as "granted" | "provider" });
  for (const { email: who, name, part } of named) {
    const role = NAMED_ROLES[part];
    if (role !== undefined) add(who, { role, workflow: name, from: "workflow" });
  }
  return held;
}

/** People who can be told and who have a role in a workflow, in the order in which a workflow names them; with null in the whole installation. */
export async function peopleWith(
  database: Queryable,
  workflow: string | null,
  role: Role,
): Promise<{ email: string; name: string; locale: string }[]> {
  const held = await heldRoles(database);
  const emails = [...held]
    .filter(([, roles]) =>
      roles.some((one) => one.role === role && (one.workflow === null || one.workflow === workflow)),
    )
    .map(([email]) => email);
  const known = new Map((await allPeople(database)).map((person) => [person.email, person]));
  return emails.flatMap((email) => {
    const person = known.get(email);
    if (person?.disabled_at) return [];
    return [{ email, name: person?.name ?? email, locale: person?.locale ?? "de-DE" }];
  });
}

export async function insertPerson(
  tx: Queryable,
  row: { id: string; email: string; name: string; locale: string; now: number; by: string },
): Promise<void> {
  await tx.run(sql`
    insert into person (id, email, name, locale, made_at, made_by)
    values (${row.id}, ${row.email.toLowerCase()}, ${row.name}, ${row.locale}, ${time(row.now)}, ${row.by})`);
}

/** Puts these in the place of a person's roles of one source. */
export async function replaceGrants(
  tx: Queryable,
  person: string,
  source: "granted" | "provider",
  grants: readonly { role: Role; workflow: string | null }[],
  by: string,
  now: number,
): Promise<void> {
  await tx.run(sql`delete from role_grant where person = ${person} and source = ${source}`);
  for (const { role, workflow } of grants)
    await tx.run(sql`
      insert into role_grant (person, role, workflow, source, granted_at, granted_by)
      values (${person}, ${role}, ${workflow}, ${source}, ${time(now)}, ${by}) on conflict do nothing`);
}
