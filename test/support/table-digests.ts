/** What a database holds, table by table: how many rows, and a digest that does not depend on their order. */
import pg from "pg";

export interface TableDigest {
  rows: number;
  digest: string;
}

/**
 * Every table but those of the queue and the list of migrations; partitions through their parent.
 *
 * `without` leaves rows out, as a condition by table.
 */
export async function tableDigests(
  url: string,
  without: Record<string, string> = {},
): Promise<Record<string, TableDigest>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // The text of a row is its identity, so every session has to write it alike.
    await client.query(
      "set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set extra_float_digits = 1; set statement_timeout = 0",
    );
    const { rows: tables } = await client.query<{ name: string }>(`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relpersistence = 'p' and not relispartition and relname <> 'schema_migration' order by relname`);
    const digests: Record<string, TableDigest> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<TableDigest>(`
        select count(*)::int as rows, coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::int8::numeric), 0)::text as digest
        from ${pg.escapeIdentifier(name)} t where not (${without[name] ?? "false"})`);
      digests[name] = rows[0]!;
    }
    return digests;
  } finally {
    await client.end();
  }
}

/** The names of tables that differ. */
export function differingTables(
  one: Record<string, TableDigest>,
  other: Record<string, TableDigest>,
): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]),
  );
}
