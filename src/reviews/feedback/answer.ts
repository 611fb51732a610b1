/** Whom the answer of an improvement still has to reach by mail: everybody who said it and left an address, each once. */
import type { Queryable } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { isAddress } from "../post.ts";
import type { Reporter } from "./store.ts";
import { wordsOf } from "./words.ts";

/** Reports whose words are opened at once. */
const AT_ONCE = 500;

/** Addresses of those who came late, without those whom the same words reached before. */
export async function addressesFor(
  parts: { database: Queryable; vault: Vault },
  { late, before }: { late: readonly Reporter[]; before: readonly Reporter[] },
): Promise<string[]> {
  if (late.length === 0) return [];
  const known = await addressesOf(parts, before);
  return [...(await addressesOf(parts, late))].filter((address) => !known.has(address));
}

/** Colleagues by their name in records, whoever wrote from outside by the address that they left with their words. */
async function addressesOf(
  { database, vault }: { database: Queryable; vault: Vault },
  reporters: readonly Reporter[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < reporters.length; at += AT_ONCE) {
    const some = reporters.slice(at, at + AT_ONCE);
    const words = await wordsOf(database, vault, some);
    for (const { id, person } of some) {
      const said = words.get(id);
      for (const address of [person, said?.email, said?.reporter])
        if (address && isAddress(address.trim())) found.add(address.trim().toLowerCase());
    }
  }
  return found;
}
