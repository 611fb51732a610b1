/**
 * Which models programs may ask over the endpoint without a data policy: their provider gets whatever a program sends.
 *
 * For `pilotage doctor`. No fault, since such a model may be meant so; somebody should have decided it. Reads what is shown of
 * connections, so it needs no key. Nothing is said where no database answers or none was set up yet.
 */
import pg from "pg";
import type { Finding } from "./doctor.ts";

const MOST_NAMED = 10;

export async function openModels(url: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; open: boolean }>(
      `select c.name || '/' || (m ->> 'name') as name, not (m ? 'policy') as open
       from connection c cross join jsonb_array_elements(c.shown -> 'passThrough') m
       where c.kind = 'openai' and jsonb_typeof(c.shown -> 'passThrough') = 'array' order by 1`,
    );
    return rows.length === 0 ? [] : [findingOf(rows)];
  } catch {
    // The point about the database says why.
    return [];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function findingOf(models: { name: string; open: boolean }[]): Finding {
  const open = models.filter((one) => one.open).map((one) => one.name);
  const named = open.slice(0, MOST_NAMED).join(", ") + (open.length > MOST_NAMED ? " ..." : "");
  return {
    name: "offered models",
    ok: true,
    detail:
      open.length === 0
        ? `${models.length} over the endpoint, each with a data policy`
        : `${open.length} of ${models.length} without a data policy, so their provider gets all that programs send: ${named}. Give them one (passThrough[].policy) unless that is meant`,
  };
}
