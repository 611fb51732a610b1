/**
 * People of the installation: invited, signed in, given roles, away, disabled.
 *
 * A person is known by their e-mail address everywhere. An owner staffs their own workflows (viewer, reviewer, on-call);
 * every other role is an administrator's to give, and nobody gives themselves one while another administrator could. The
 * last administrator stays. Roles that a workflow's document names are changed there, not here.
 */
import type { Audit } from "../audit/record.ts";
import { SUPPORT_ROLES, type Role } from "../contract/access.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { JsonObject } from "../contract/json.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { mayAtOnce, type Caller, type Grant } from "./caller.ts";
import { makeLink, type LinkKind } from "./links.ts";
import * as store from "./people-store.ts";
import type { PersonRow } from "./people-store.ts";
import type { Sessions } from "./sessions.ts";

export type { HeldRole, PersonRow } from "./people-store.ts";
export { heldRoles, peopleWith, personByEmail } from "./people-store.ts";

/** Something that nobody here can do, or nobody as a second person. */
export interface Lack {
  workflow: string;
  code: "no_owner" | "no_approver" | "no_sponsor" | "no_reviewer";
  sentence: string;
}

export interface PeopleParts {
  database: Database;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  sessions: Sessions;
  /** Language and formats of people who are not told otherwise. */
  locale: string;
  /** Gives the leases of a person, by e-mail address, back to the team, and what would come back to them before `until`; answers how many leases. Handed in from reviews/. */
  returnLeases(tx: Tx, person: string, until?: number): Promise<number>;
}

export interface NewPerson {
  email: string;
  name: string;
  /** Default: that of the installation. */
  locale?: string | undefined;
  grants: readonly Grant[];
}

export interface People {
  invite(wanted: NewPerson, by: Caller): Promise<{ person: PersonRow; token: string; expiresAt: number }>;
  /** A new link for somebody who is there already, also to set a forgotten password. */
  inviteAgain(id: string, by: Caller): Promise<{ person: PersonRow; token: string; expiresAt: number }>;
  /** A link that signs in, from the machine itself; makes the person where there is none. */
  signInLink(
    wanted: Omit<NewPerson, "name"> & { name?: string | undefined },
    by: Actor,
  ): Promise<{ person: PersonRow; token: string; expiresAt: number }>;
  setRoles(id: string, grants: readonly Grant[], by: Caller): Promise<PersonRow>;
  setDisabled(id: string, disabled: boolean, by: Caller): Promise<PersonRow>;
  change(
    id: string,
    wanted: { name?: string | undefined; locale?: string | undefined; preferences?: JsonObject | undefined },
    by: Actor,
  ): Promise<PersonRow>;
  setAway(caller: Caller, until: number | null): Promise<{ awayUntil: number | null; returned: number }>;
  get(id: string): Promise<PersonRow>;
  /** Names of all workflows: where roles can be given. */
  workflows(): Promise<string[]>;
  /** What the people of this installation cannot do for want of somebody else, in sentences. */
  lacking(): Promise<Lack[]>;
  mayChange(reader: Caller, person: PersonRow): boolean;
  /** Whether the reader may make a link for this person, who holds these roles: what `inviteAgain` will judge by. */
  mayGetLink(reader: Caller, person: PersonRow, held: readonly Grant[]): boolean;
}

/** Who takes reviews. */
const WORKS: ReadonlySet<Role> = new Set<Role>(["reviewer", "owner"]);

export function openPeople(parts: PeopleParts): People {
  const { database, clock, newId, audit, sessions } = parts;

  async function must(queryable: Queryable, id: string): Promise<PersonRow> {
    const found = await store.personById(queryable, id);
    if (!found) throw noPerson(id);
    return found;
  }

  async function make(tx: Tx, wanted: NewPerson, by: Actor): Promise<PersonRow> {
    const id = newId("person");
    const now = clock.now();
    await store.insertPerson(tx, { id, ...wanted, locale: wanted.locale ?? parts.locale, now, by: by.name });
    await store.replaceGrants(tx, id, "granted", wanted.grants, by.name, now);
    audit.record(tx, [
      { kind: "person.made", actor: by, data: { person: id, email: wanted.email.toLowerCase() } },
      ...(wanted.grants.length > 0
        ? [
            {
              kind: "person.roles" as const,
              actor: by,
              data: { person: id, roles: grantsText(wanted.grants) },
            },
          ]
        : []),
    ]);
    return must(tx, id);
  }

  async function link(tx: Tx, person: PersonRow, kind: LinkKind, by: Actor) {
    const made = await makeLink(tx, newId, { person: person.id, kind, by: by.name, now: clock.now() });
    audit.record(tx, [{ kind: "person.link", actor: by, data: { person: person.id, link: kind } }]);
    return { person, ...made };
  }

  /** What is given or taken must be the giver's to give and take. */
  async function demandMayGive(
    tx: Tx,
    by: Caller,
    person: PersonRow | undefined,
    touched: readonly Grant[],
  ): Promise<void> {
    for (const { role, workflow } of touched) {
      if (mayAtOnce(by, "people.manage", null)) continue;
      if (SUPPORT_ROLES.includes(role) && workflow !== null && mayAtOnce(by, "people.staff", workflow))
        continue;
      throw new PilotageError(
        "forbidden",
        `You may not give or take the role ${role.replaceAll("_", "-")} ${workflow === null ? "for the whole installation" : `of ${workflow}`}: an owner gives ${SUPPORT_ROLES.map((one) => one.replaceAll("_", "-")).join(", ")} of the own workflow, an administrator every role. Nothing was changed.`,
        { hint: "Ask an administrator." },
      );
    }
    await demandSound(tx, touched);
    const own = person !== undefined && by.signedIn?.person === person.id && touched.length > 0;
    if (own && (await administrators(tx)).some((one) => one !== person.id))
      throw new PilotageError(
        "forbidden",
        "Nobody changes their own roles while another administrator can. Nothing was changed.",
        { hint: "Ask another administrator." },
      );
  }

  async function demandSound(tx: Tx, grants: readonly Grant[]): Promise<void> {
    for (const { role, workflow } of grants) {
      if (role === "administrator" && workflow !== null)
        throw new PilotageError(
          "bad_request",
          "An administrator is one of the whole installation, not of one workflow. Nothing was changed.",
        );
      if (workflow !== null && !(await tx.maybe(sql`select 1 from workflow where name = ${workflow}`)))
        throw new PilotageError(
          "not_found",
          `There is no workflow "${workflow.slice(0, 80)}". Nothing was changed.`,
        );
    }
  }

  /** The active ones, locked: of two that take the role from each other at the same moment, one comes second. */
  async function lockAdministrators(tx: Tx): Promise<string[]> {
    await tx.run(sql`select 1 from role_grant where role = 'administrator' order by person for update`);
    return administrators(tx);
  }

  async function administrators(tx: Queryable): Promise<string[]> {
    const found = await tx.all<{ person: string }>(sql`
      select distinct g.person from role_grant g join person p on p.id = g.person
      where g.role = 'administrator' and g.workflow is null and p.disabled_at is null`);
    return found.map((row) => row.person);
  }

  async function demandAnAdministratorStays(tx: Tx, before: string[]): Promise<void> {
    if (before.length > 0 && (await administrators(tx)).length === 0)
      throw new PilotageError(
        "wrong_state",
        "That would leave the installation without an administrator. Nothing was changed.",
        { hint: "Make another person an administrator first." },
      );
  }

  function mayReach(by: Caller, person: PersonRow, held: readonly Grant[]): boolean {
    if (mayAtOnce(by, "people.manage", null)) return true;
    // An owner reaches only people of the own workflows who hold nothing beyond what an owner could give, and who have no
    // way in of their own yet: with a new password for a colleague, one person could be two.
    return (
      person.password === null &&
      person.provider === null &&
      held.length > 0 &&
      held.every(
        ({ role, workflow }) =>
          SUPPORT_ROLES.includes(role) && workflow !== null && mayAtOnce(by, "people.staff", workflow),
      )
    );
  }

  async function heldBy(queryable: Queryable, person: PersonRow): Promise<store.HeldRole[]> {
    return (await store.heldRoles(queryable, person.email)).get(person.email) ?? [];
  }

  return {
    get: (id) => must(database, id),

    invite(wanted, by) {
      return database.transaction(async (tx) => {
        await demandMayGive(tx, by, undefined, wanted.grants);
        if (wanted.grants.length === 0 && !mayAtOnce(by, "people.manage", null))
          throw new PilotageError(
            "forbidden",
            "An owner invites people into a workflow, with a role there. Nothing was done.",
          );
        if (await store.personByEmail(tx, wanted.email))
          throw new PilotageError("conflict", `${wanted.email} is there already. Nothing was done.`, {
            hint: "Change the roles of that person, or make a new link.",
          });
        return link(tx, await make(tx, wanted, by.actor), "invitation", by.actor);
      });
    },

    inviteAgain(id, by) {
      return database.transaction(async (tx) => {
        const person = await must(tx, id);
        // A link to set a password is a way into the account: whoever makes it could take the place of its owner.
        if (!mayReach(by, person, await heldBy(tx, person)))
          throw new PilotageError(
            "forbidden",
            "Only an administrator makes a link for somebody with these roles, or who has signed in before. Nothing was done.",
            { hint: "Ask an administrator." },
          );
        if (person.disabled_at !== null)
          throw new PilotageError("wrong_state", `${person.email} is disabled; nothing was done.`, {
            hint: "Take that back first.",
          });
        return link(tx, person, "invitation", by.actor);
      });
    },

    signInLink(wanted, by) {
      return database.transaction(async (tx) => {
        await demandSound(tx, wanted.grants);
        const known = await store.personByEmail(tx, wanted.email);
        if (known && known.disabled_at !== null)
          throw new PilotageError("wrong_state", `${known.email} is disabled; no link was made.`, {
            hint: "`pilotage user enable` takes that back.",
          });
        const first = known === undefined && (await administrators(tx)).length === 0;
        const grants: Grant[] = [
          ...wanted.grants,
          ...(first ? [{ role: "administrator" as const, workflow: null }] : []),
        ];
        const person =
          known ??
          (await make(
            tx,
            {
              email: wanted.email,
              name: wanted.name ?? wanted.email.split("@")[0]!,
              locale: wanted.locale,
              grants,
            },
            by,
          ));
        if (known && wanted.grants.length > 0) {
          const now = clock.now();
          for (const { role, workflow } of wanted.grants)
            await tx.run(sql`
              insert into role_grant (person, role, workflow, source, granted_at, granted_by)
              values (${known.id}, ${role}, ${workflow}, 'granted', ${time(now)}, ${by.name}) on conflict do nothing`);
          audit.record(tx, [
            { kind: "person.roles", actor: by, data: { person: known.id, roles: grantsText(wanted.grants) } },
          ]);
        }
        return link(tx, person, "sign_in", by);
      });
    },

    setRoles(id, grants, by) {
      return database.transaction(async (tx) => {
        const person = await must(tx, id);
        const before = (await heldBy(tx, person)).filter((one) => one.from === "granted");
        const same = (a: Grant, b: Grant) => a.role === b.role && a.workflow === b.workflow;
        const touched = [
          ...grants.filter((one) => !before.some((old) => same(old, one))),
          ...before.filter((old) => !grants.some((one) => same(old, one))),
        ];
        await demandMayGive(tx, by, person, touched);
        const admins = await lockAdministrators(tx);
        await store.replaceGrants(tx, id, "granted", grants, by.actor.name, clock.now());
        await demandAnAdministratorStays(tx, admins);
        // Who may not work there any more has nothing in their hands; what they still may, they take again.
        if (before.some((old) => WORKS.has(old.role) && !grants.some((one) => same(old, one))))
          await parts.returnLeases(tx, person.email);
        if (touched.length > 0)
          audit.record(tx, [
            {
              kind: "person.roles",
              actor: by.actor,
              data: { person: id, roles: grantsText(grants), before: grantsText(before) },
            },
          ]);
        return must(tx, id);
      });
    },

    setDisabled(id, disabled, by) {
      return database.transaction(async (tx) => {
        const person = await must(tx, id);
        if (by.signedIn?.person === id)
          throw new PilotageError("forbidden", "Nobody disables their own account. Nothing was changed.");
        if ((person.disabled_at !== null) === disabled) return person;
        const admins = await lockAdministrators(tx);
        await tx.run(
          sql`update person set disabled_at = ${disabled ? time(clock.now()) : null} where id = ${id}`,
        );
        await demandAnAdministratorStays(tx, admins);
        if (disabled) {
          await sessions.endOthers(tx, id, undefined, "the person was disabled", by.actor);
          await parts.returnLeases(tx, person.email);
          await tx.run(
            sql`update one_time_link set used_at = ${time(clock.now())} where person = ${id} and used_at is null`,
          );
        }
        audit.record(tx, [
          { kind: disabled ? "person.disabled" : "person.enabled", actor: by.actor, data: { person: id } },
        ]);
        return must(tx, id);
      });
    },

    change(id, wanted, by) {
      return database.transaction(async (tx) => {
        await must(tx, id);
        await tx.run(sql`
          update person set name = coalesce(${wanted.name ?? null}, name), locale = coalesce(${wanted.locale ?? null}, locale),
            preferences = coalesce(${wanted.preferences === undefined ? null : JSON.stringify(wanted.preferences)}::jsonb, preferences) where id = ${id}`);
        if (wanted.name !== undefined)
          audit.record(tx, [{ kind: "person.changed", actor: by, data: { person: id } }]);
        return must(tx, id);
      });
    },

    setAway(caller, until) {
      const { signedIn } = caller;
      if (!signedIn)
        throw new PilotageError("wrong_state", "A key is not away; only people are. Nothing was changed.");
      return database.transaction(async (tx) => {
        await tx.run(
          sql`update person set away_until = ${until === null ? null : time(until)} where id = ${signedIn.person}`,
        );
        const returned = until === null ? 0 : await parts.returnLeases(tx, caller.person, until);
        audit.record(tx, [
          {
            kind: "person.away",
            actor: caller.actor,
            data: { person: signedIn.person, until: until === null ? null : String(until), returned },
          },
        ]);
        return { awayUntil: until, returned };
      });
    },

    async workflows() {
      const found = await database.all<{ name: string }>(sql`select name from workflow order by name`);
      return found.map((row) => row.name);
    },

    async lacking() {
      const [held, people, workflows] = await Promise.all([
        store.heldRoles(database),
        store.allPeople(database),
        database.all<{ name: string }>(sql`select name from workflow order by name`),
      ]);
      const active = new Set(
        people.filter((one) => one.disabled_at === null && one.last_seen_at !== null).map((one) => one.email),
      );
      const holders = (role: Role, workflow: string) =>
        [...held]
          .filter(
            ([email, roles]) =>
              active.has(email) &&
              roles.some((one) => one.role === role && (one.workflow === null || one.workflow === workflow)),
          )
          .map(([email]) => email);
      return workflows.flatMap(({ name }) => {
        const owners = holders("owner", name);
        const lack = (code: Lack["code"], what: string): Lack => ({
          workflow: name,
          code,
          sentence: `${name}: ${what}`,
        });
        const pairWith = (role: Role) =>
          holders(role, name).some((one) => owners.some((owner) => owner !== one));
        return [
          ...(owners.length === 0
            ? [
                lack(
                  "no_owner",
                  "no owner has an account in use, so nobody can change its dials from the console",
                ),
              ]
            : []),
          ...(owners.length > 0 && !pairWith("approver")
            ? [lack("no_approver", "no second person with the role approver, so nothing can be loosened")]
            : []),
          ...(owners.length > 0 && !pairWith("sponsor")
            ? [lack("no_sponsor", "no second person with the role sponsor, so there is no go")]
            : []),
          ...(holders("reviewer", name).length === 0 && owners.length === 0
            ? [lack("no_reviewer", "nobody can take reviews")]
            : []),
        ];
      });
    },

    mayGetLink: (reader, person, held) => person.disabled_at === null && mayReach(reader, person, held),

    mayChange: (reader, person) =>
      person.id !== reader.signedIn?.person &&
      (mayAtOnce(reader, "people.manage", null) ||
        (reader.signedIn?.grants ?? []).some(
          (one) => one.workflow !== null && mayAtOnce(reader, "people.staff", one.workflow),
        )),
  };
}

function grantsText(grants: readonly Grant[]): string[] {
  return grants.map(({ role, workflow }) => (workflow === null ? role : `${role} of ${workflow}`)).sort();
}

function noPerson(id: string): PilotageError {
  return new PilotageError("not_found", `There is no person ${id.slice(0, 60)}.`);
}
