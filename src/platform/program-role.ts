/**
 * The role under which the program works: it owns no table, and the audit tables it may only read and add to.
 *
 * Migrations run as the role of the connection, which owns the tables. The pools of the program then step down to
 * `pilotage_program`. That keeps a fault of the program, or a statement smuggled into one, from changing what was recorded;
 * whoever has the connection string itself can step up again. Where the role can neither be made nor used, the program
 * works as the owner and triggers alone protect: `doctor` and the status of the audit log say so.
 */
import pg from "pg";
import { MIGRATIONS_LOCK } from "./migrations.ts";

export const PROGRAM_ROLE = "pilotage_program";

/** Tables whose rows the program's role may add and read, never change or remove. Partitions are reached through them alone. */
const APPEND_ONLY = ["audit_event", "audit_log", "audit_checkpoint"];
const READ_ONLY = ["schema_migration"];

export interface ProgramRole {
  /** The role for the program's pools; undefined: they work as the owner. */
  role: string | undefined;
  /** What is missing, and what to do. */
  missing?: string;
}

const MISSING = {
  role: `The role ${PROGRAM_ROLE} does not exist, and the role of the connection may not make it. An administrator can: create role ${PROGRAM_ROLE} nologin; grant ${PROGRAM_ROLE} to <the role of the connection>.`,
  member: `The role of the connection may not act as ${PROGRAM_ROLE}. An administrator can: grant ${PROGRAM_ROLE} to <the role of the connection>.`,
};

/** What another process did at the same moment, and what is refused to a role without the right. */
const DONE_MEANWHILE = ["42710", "23505", "XX000"];
const REFUSED = "42501";

/** Makes the role, once per server, and gives it its rights in this database. Safe to run twice and at the same time. */
export async function prepareProgramRole(url: string): Promise<ProgramRole> {
  const client = new pg.Client({ connectionString: url, application_name: "pilotage migrations" });
  // A loss between two statements: the next one tells.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext($1))", [MIGRATIONS_LOCK]);
    const state = await make(client);
    if (state.role !== undefined) await grant(client);
    return state;
  } finally {
    await client.end();
  }
}

/** Whether the program can work under its role here; changes nothing. */
export async function lookAtProgramRole(client: pg.Client): Promise<ProgramRole> {
  const { rows } = await client.query<{ there: boolean; member: boolean | null }>(
    `select exists (select from pg_roles where rolname = $1) as there,
       (select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = $1) as member`,
    [PROGRAM_ROLE],
  );
  const { there, member } = rows[0]!;
  if (!there) return { role: undefined, missing: MISSING.role };
  return member ? { role: PROGRAM_ROLE } : { role: undefined, missing: MISSING.member };
}

async function make(client: pg.Client): Promise<ProgramRole> {
  const before = await lookAtProgramRole(client);
  if (before.role !== undefined) return usable(client);
  if (before.missing === MISSING.role) await attempt(client, `create role ${PROGRAM_ROLE} nologin`);
  await attempt(client, `grant ${PROGRAM_ROLE} to current_user`);
  const after = await lookAtProgramRole(client);
  return after.role === undefined ? after : usable(client);
}

/** Membership alone may not include acting as the role (PostgreSQL 16 tells them apart): it is tried. */
async function usable(client: pg.Client): Promise<ProgramRole> {
  try {
    await client.query(`set role ${PROGRAM_ROLE}`);
    await client.query("reset role");
    return { role: PROGRAM_ROLE };
  } catch (error) {
    if ((error as { code?: string }).code !== REFUSED) throw error;
    return { role: undefined, missing: MISSING.member };
  }
}

async function attempt(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code !== REFUSED && !DONE_MEANWHILE.includes(code)) throw error;
  }
}

/** Whatever the role lacks or has too much is put right; asks first, because most starts find everything in order. */
async function grant(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; rights: string }>(
    `with wanted as (
       select c.oid, quote_ident(c.relname) as name, case
         when c.relname = any($2) then array['SELECT', 'INSERT']
         when c.relname = any($3) or c.relkind = 'v' then array['SELECT']
         else array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] end as rights
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition)
     select name, array_to_string(rights, ', ') as rights from wanted
     where exists (
       select from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) as one
       where has_table_privilege($1, oid, one) <> (one = any(rights)))`,
    [PROGRAM_ROLE, APPEND_ONLY, READ_ONLY],
  );
  const statements = rows.map(
    ({ name, rights }) =>
      `revoke all on ${name} from ${PROGRAM_ROLE}; grant ${rights} on ${name} to ${PROGRAM_ROLE}`,
  );
  if (statements.length === 0) return;
  await client.query(
    [
      "begin",
      `grant usage on schema public to ${PROGRAM_ROLE}`,
      `grant usage, select on all sequences in schema public to ${PROGRAM_ROLE}`,
      ...statements,
      "commit",
    ].join("; "),
  );
}
