/**
 * What was said under one improvement, as far as its reader may know it.
 *
 * Words may hold what a case holds, so they are for those who may read cases; the names of colleagues are for those who
 * answer for the workflow and for oneself, since names would add up to figures of single persons. Who judges a case blind
 * now reads nothing that others said of it.
 */
import type { Queryable } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import * as store from "./store.ts";
import { wordsOf } from "./words.ts";

const MOST = 200;

export interface Reader {
  /** As records name them; null for whoever cannot prove who they are. */
  person: string | null;
  holder: string;
  /** May read what cases hold. */
  content: boolean;
  /** May know which colleague said it. */
  names: boolean;
}

export interface OneSaid {
  id: string;
  at: number;
  door: store.Door;
  /** Null where the reader may not know it, or nobody said. */
  by: string | null;
  own: boolean;
  reason: string | null;
  field: string | null;
  caseId: string | null;
  /** Null where there are no words, where they are gone, and where they are kept from the reader. */
  text: string | null;
  withheld: boolean;
  alike: string[];
}

/** The newest first, two hundred at most. */
export async function saidUnder(
  { database, vault }: { database: Queryable; vault: Vault },
  improvement: string,
  reader: Reader,
): Promise<OneSaid[]> {
  const reports = await store.reportsOf(database, improvement, MOST);
  const cases = reports.flatMap((one) => one.case_id ?? []);
  const blind = await store.heldBlind(database, cases, reader.holder);
  const isOpen = (one: store.ReportRow) =>
    reader.content && !(one.case_id !== null && blind.has(one.case_id));
  const words = await wordsOf(database, vault, reports.filter(isOpen));
  return reports.map((one) => {
    const said = words.get(one.id);
    const own = isOwn(one, reader);
    return {
      id: one.id,
      at: one.said_at,
      door: one.door,
      // Who is outside named themselves with their words, or not at all; the address that they left is for the answer alone.
      by: one.door === "inbox" ? (own || reader.names ? one.person : null) : (said?.reporter ?? null),
      own,
      reason: one.reason,
      field: one.field,
      caseId: one.case_id,
      text: said?.text ?? null,
      withheld: !isOpen(one) && one.door !== "second_look",
      alike: one.alike,
    };
  });
}

/** What a colleague said themselves; a key is nobody. */
function isOwn(one: store.ReportRow, reader: Reader): boolean {
  return one.door === "inbox" && one.person !== null && one.person === reader.person;
}
