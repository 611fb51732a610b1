/** Connections of the installation: addresses and secrets under names, sealed; what may be shown is kept beside. */
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import { connectionSchema, type Connection } from "../../models/connection.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sql, time } from "../../platform/sql.ts";

export interface ConnectionRow {
  name: string;
  kind: string;
  shown: JsonObject;
  saved_at: number;
  saved_by: string;
}

export interface Connections {
  save(name: string, settings: JsonObject, by: Actor): Promise<{ name: string; kind: string }>;
  list(): Promise<ConnectionRow[]>;
}

export function openConnections(parts: {
  database: Database;
  vault: Vault;
  clock: Clock;
  audit: Audit;
}): Connections {
  const { database, vault, clock, audit } = parts;
  return {
    async save(name, settings, by) {
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
        throw new PilotageError(
          "bad_request",
          `"${name.slice(0, 60)}" is no name for a connection; nothing was stored.`,
          { hint: "Use lower-case letters, digits and hyphens." },
        );
      const parsed = connectionSchema.safeParse(settings);
      if (!parsed.success)
        throw new PilotageError(
          "bad_request",
          `The settings of the connection are not valid: ${parsed.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message.replace(/\.$/, "")}`).join("; ")}. Nothing was stored.`,
        );
      const connection = parsed.data;
      const sealed = vault.seal(`connection:${name}`, Buffer.from(JSON.stringify(connection), "utf8"));
      await database.transaction(async (tx) => {
        await tx.run(sql`
          insert into connection (name, kind, settings, shown, saved_at, saved_by)
          values (${name}, ${connection.kind}, ${sealed}, ${JSON.stringify(shown(connection))}::jsonb, ${time(clock.now())}, ${by.name})
          on conflict (name) do update set kind = excluded.kind, settings = excluded.settings, shown = excluded.shown, saved_at = excluded.saved_at, saved_by = excluded.saved_by`);
        audit.record(tx, [
          { kind: "connection.saved", actor: by, data: { name, connection: connection.kind } },
        ]);
      });
      return { name, kind: connection.kind };
    },
    list: () =>
      database.all<ConnectionRow>(
        sql`select name, kind, shown, saved_at, saved_by from connection order by name`,
      ),
  };
}

/** Where a connection goes, never what opens it. */
function shown(connection: Connection): JsonObject {
  if (connection.kind === "scripted") return { rules: connection.script.rules.length };
  return { address: connection.kind === "openai" ? connection.baseUrl : connection.url };
}
