/**
 * Looks a text through for personal identifiers: which kinds, and where.
 *
 * Pure, and linear in the text. Where two finds lie over each other the surer one stands: a number within a bank account is
 * a part of it. The limits of this are named in docs/reference/gateway.md: names, postal addresses, pictures and other
 * encodings are not found by it.
 */
import { addressesIn } from "./addresses.ts";
import { loadChecks } from "./checks.ts";
import { fold } from "./fold.ts";
import { kindNames, type Found, type PersonalKind } from "./kinds.ts";
import { numbersIn } from "./numbers.ts";

export interface Scanner {
  /** In the order of the text, none over another. `lead` is what stands before it, such as the name of its field. */
  find(text: string, lead?: string): Found[];
}

/** Without one of these nothing can be found. */
const WORTH_A_LOOK = /[\p{Nd}\p{No}@＠﹫]|[([{] ?(?:at|ät)|&[a-z]/iu;

/** The surer kind first. */
const RANK = new Map<PersonalKind, number>(
  (
    [
      "iban",
      "card",
      "socialInsurance",
      "taxId",
      "email",
      "birthDate",
      "vatId",
      "ip",
      "phone",
      "suspect",
    ] as const
  ).map((kind, rank) => [kind, rank]),
);

export async function openScanner(): Promise<Scanner> {
  const checks = await loadChecks();
  return {
    find(text, lead = "") {
      if (!WORTH_A_LOOK.test(text)) return [];
      const whole = lead + text;
      const folded = fold(whole);
      const found = [...numbersIn(folded.text, checks), ...addressesIn(folded.text, checks)];
      return apart(found)
        .map(({ kind, start, end }) => ({ kind, ...folded.original(start, end) }))
        .filter(({ start }) => start >= lead.length)
        .map(({ kind, start, end }) => ({ kind, start: start - lead.length, end: end - lead.length }));
    },
  };
}

/** Finds that do not lie over each other, in their order. */
export function apart<T extends Found>(found: readonly T[]): T[] {
  const sure = found.toSorted(
    (a, b) =>
      (RANK.get(a.kind) ?? kindNames.length) - (RANK.get(b.kind) ?? kindNames.length) || a.start - b.start,
  );
  const inOrder = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  // Nearly always nothing lies over another.
  if (inOrder.every((one, i) => i === 0 || inOrder[i - 1]!.end <= one.start)) return inOrder;
  const taken = new Set<number>();
  const kept = sure.filter(({ start, end }) => {
    for (let at = start; at < end; at++) if (taken.has(at)) return false;
    for (let at = start; at < end; at++) taken.add(at);
    return true;
  });
  return kept.toSorted((a, b) => a.start - b.start);
}
