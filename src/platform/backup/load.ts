/**
 * Loads rows into fresh tables fast: constraints, indexes and triggers go first and come back when the rows are there.
 *
 * What comes back is what the database itself described before, so nothing is listed here. Everything is checked when
 * it comes back: a row that breaks a key or a reference ends the restore. All within the caller's transaction.
 */
import type pg from "pg";
import { quoted, quotedList } from "./session.ts";

interface Constraint {
  table: string;
  name: string;
  kind: string;
  definition: string;
}

interface Index {
  name: string;
  definition: string;
}

interface Trigger {
  table: string;
  name: string;
}

/** What was taken off the tables, to be put back. */
export interface Stripped {
  constraints: Constraint[];
  indexes: Index[];
  triggers: Trigger[];
}

const OURS =
  "c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'schema_migration'";

/** Keys and references of whole tables; those of partitions follow. Checks of single rows stay and are made while loading. */
const CONSTRAINTS = `
  select c.relname::text as table, k.conname::text as name, k.contype::text as kind, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where ${OURS} and not c.relispartition and k.conparentid = 0 and k.contype in ('p', 'u', 'x', 'f')
  order by array_position('{p,u,x,f}'::text[], k.contype::text), c.relname collate "C", k.conname collate "C"`;

const INDEXES = `
  select i.relname::text as name, pg_get_indexdef(i.oid) as definition
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
  where ${OURS} and not c.relispartition and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
  order by i.relname collate "C"`;

const TRIGGERS = `
  select c.relname::text as table, t.tgname::text as name
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where ${OURS} and not t.tgisinternal and t.tgenabled = 'O'
  order by c.relname collate "C", t.tgname collate "C"`;

/** Takes keys, references, indexes and triggers off every table. */
export async function strip(client: pg.ClientBase): Promise<Stripped> {
  const read = async <T extends object>(query: string) => (await client.query<T>(query)).rows;
  const stripped: Stripped = {
    constraints: await read<Constraint>(CONSTRAINTS),
    indexes: await read<Index>(INDEXES),
    triggers: await read<Trigger>(TRIGGERS),
  };
  // References before the keys that they point at.
  for (const { table, name } of stripped.constraints.toReversed())
    await client.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
  for (const { name } of stripped.indexes) await client.query(`drop index ${quoted(name)}`);
  for (const { table, name } of stripped.triggers)
    await client.query(`alter table ${quoted(table)} disable trigger ${quoted(name)}`);
  return stripped;
}

/** Puts everything back; `begin` hears what is being worked on. */
export async function dress(
  client: pg.ClientBase,
  { constraints, indexes, triggers }: Stripped,
  begin: (what: string) => void,
): Promise<void> {
  const keys = constraints.filter(({ kind }) => kind !== "f");
  const references = constraints.filter(({ kind }) => kind === "f");
  const add = async ({ table, name, definition }: Constraint) => {
    begin(name);
    await client.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`);
  };
  for (const key of keys) await add(key);
  for (const { name, definition } of indexes) {
    begin(name);
    // As described, it would be the index of the parent alone.
    await client.query(definition.replace(" ON ONLY ", " ON "));
  }
  for (const reference of references) await add(reference);
  for (const { table, name } of triggers)
    await client.query(`alter table ${quoted(table)} enable trigger ${quoted(name)}`);
}

/**
 * Brings wrapped keys back into rows that have other columns, too.
 *
 * `fill` writes the rows of the keys' file to the table that it is given the name of.
 */
export async function mergeKeys(
  client: pg.ClientBase,
  table: string,
  columns: { key: string[]; wrapped: string },
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  const { key, wrapped } = columns;
  const target = quoted(table);
  await client.query(
    `create temporary table restored_keys on commit drop as select ${quotedList([...key, wrapped])} from ${target} with no data`,
  );
  await fill("restored_keys");
  const same = key.map((column) => `t.${quoted(column)} = k.${quoted(column)}`).join(" and ");
  await client.query(
    `update ${target} t set ${quoted(wrapped)} = k.${quoted(wrapped)} from restored_keys k where ${same}`,
  );
  await client.query("drop table restored_keys");
}
