/**
 * Which tables an installation has, as its database says: a new table comes along without being named anywhere.
 *
 * Partitions go through their parent. The queue's own schema is left out, because its jobs only wake: what is to be done
 * stands in the rows. Wrapped keys are told apart by the name of their column, see `partsOf`.
 */
import type pg from "pg";

export interface Table {
  name: string;
  /** Without generated ones. */
  columns: string[];
  /** The columns of the primary key. */
  key: string[];
  /** What the planner believes; 0 when it has never looked. */
  rowsExpected: number;
  /** On disk, without indexes. */
  bytes: number;
}

/** Where a sequence stands. */
export interface Sequence {
  name: string;
  value: string | null;
}

/** A part of a table that goes into one file. */
export interface Part {
  table: string;
  columns: string[];
  /** Columns that are written empty here, because they lie among the keys. */
  emptied: string[];
}

/** Every column of this name holds a key that is wrapped by the master key, and nothing else does. */
export const KEY_COLUMN = "wrapped";

const TABLES = `
  select c.relname::text as name,
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    coalesce((select array_agg(a.attname::text order by a.attnum) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
     where i.indrelid = c.oid and i.indisprimary), '{}') as key,
    size.rows::float8 as "rowsExpected", size.bytes::float8 as bytes
  from pg_class c
  cross join lateral (
    select coalesce(sum(greatest(l.reltuples, 0)), 0) as rows, coalesce(sum(pg_table_size(l.oid)), 0) as bytes
    from pg_class l where l.oid = c.oid or l.oid in (select relid from pg_partition_tree(c.oid) where isleaf)) size
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
    and c.relname <> 'schema_migration'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by c.relname collate "C"`;

const SEQUENCES = `
  select sequencename::text as name, last_value::text as value from pg_sequences
  where schemaname = current_schema() order by sequencename collate "C"`;

/** Month partitions are named after their month, whatever their table. */
const MONTHS = `
  select distinct substring(c.relname from '_(\\d{4}_\\d\\d)$') as month from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relname ~ '_\\d{4}_\\d\\d$' order by 1`;

export async function readTables(client: pg.ClientBase): Promise<Table[]> {
  return (await client.query<Table>(TABLES)).rows;
}

export async function readSequences(client: pg.ClientBase): Promise<Sequence[]> {
  return (await client.query<Sequence>(SEQUENCES)).rows;
}

/** Such as "2026_11". */
export async function readMonths(client: pg.ClientBase): Promise<string[]> {
  return (await client.query<{ month: string }>(MONTHS)).rows.map(({ month }) => month);
}

/**
 * What of a table goes among the records and what among the keys.
 *
 * A table that holds nothing but keys goes there whole; of any other the primary key and the wrapped key do.
 */
export function partsOf(table: Pick<Table, "name" | "columns" | "key">): { records?: Part; keys?: Part } {
  const { name, columns, key } = table;
  if (!columns.includes(KEY_COLUMN)) return { records: { table: name, columns, emptied: [] } };
  const keys: Part = { table: name, columns: [...key, KEY_COLUMN], emptied: [] };
  const others = columns.filter((column) => column !== KEY_COLUMN && !key.includes(column));
  return others.length === 0 ? { keys } : { records: { table: name, columns, emptied: [KEY_COLUMN] }, keys };
}
