/** The items of a set, opened in groups and in their order, so that memory stays flat. */
import { openJson } from "../cases/content.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Queryable } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import type { Item } from "./evaluation-item.ts";
import { itemOwner } from "./evaluation-set.ts";
import type { Origin } from "./evaluation-writer.ts";

export interface OpenedItem {
  no: number;
  item: Item;
  /** The case that it was made of; undefined where it was imported. */
  origin: Origin | undefined;
}

const GROUP = 200;

export async function* itemsOf(
  { database, vault }: { database: Queryable; vault: Pick<Vault, "openKey"> },
  set: string,
): AsyncGenerator<OpenedItem[]> {
  for (let after = 0; ;) {
    const found = await database.all<{
      no: number;
      wrapped: Uint8Array;
      sealed: Uint8Array;
      case_id: string | null;
      label: string | null;
      source: string | null;
      probability: number | null;
    }>(sql`
      select no, wrapped, sealed, case_id, label, source, probability::float8 as probability from evaluation_item
      where set_id = ${set} and no > ${after} order by no limit ${GROUP}`);
    if (found.length === 0) return;
    after = found.at(-1)!.no;
    yield found.map(({ no, wrapped, sealed, case_id, label, source, probability }) => {
      const { input, output } = openJson(vault.openKey(itemOwner(set, no), wrapped), "item", sealed) as {
        input: JsonObject;
        output: JsonObject;
      };
      const origin =
        case_id === null ? undefined : { caseId: case_id, label: label!, source: source!, probability };
      return { no, item: { input, truth: output }, origin };
    });
  }
}
