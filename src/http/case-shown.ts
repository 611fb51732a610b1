/**
 * A case as this reader may see it.
 *
 * Whoever holds it for a blind second look, before the delivery or after it, or holds a planted one, sees it as any case
 * before its verdict (case-blind.ts). Who decided what is told to those who answer for it (whoever may read the audit log)
 * and to those who worked on the case themselves; for everybody else names would add up to figures of single persons.
 */
import { may, type Caller } from "../access/caller.ts";
import { readCase, readCaseContent, type CaseContent } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import {
  correctionsOf,
  correctionsSaid,
  type CorrectionContent,
  type CorrectionShown,
} from "../reviews/corrections-shown.ts";
import { recallStateOf } from "../reviews/recall.ts";
import { openWords, saidOf, type Said } from "../reviews/said.ts";
import type { RecallState } from "../contract/rollout.ts";
import { beforeVerdict, blindTurn, plantedFor } from "./case-blind.ts";

export type ShownCase = Omit<NonNullable<Awaited<ReturnType<typeof readCase>>>, "content"> & {
  corrections: CorrectionShown[];
  recall: RecallState | null;
  content: ShownContent | null;
};
export type ShownContent = CaseContent & { corrections: CorrectionContent[]; said: Said[] };

export interface ShowParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
}

const SOMEBODY = "somebody";

/** Undefined for a case that does not exist for this reader. */
export async function caseFor(
  parts: ShowParts,
  caller: Caller,
  id: string,
  { content }: { content: boolean },
): Promise<ShownCase | undefined> {
  const { database } = parts;
  const read = await readCase(database, id);
  if (!read) return plantedFor(parts, caller, id, content);
  const corrections = await correctionsOf(database, id, read.state, caller.stands);
  const found = {
    ...read,
    corrections,
    recall: await recallStateOf(database, id),
    content: content ? await contentOf(parts, { ...read, corrections }) : null,
  };
  const turn = await blindTurn(parts, found, caller.holder);
  if (turn) return beforeVerdict(found, turn);
  const named = may(caller, "audit.read", found.workflow) || (await tookPart(database, id, caller.person));
  return named ? found : withoutNames(found);
}

async function contentOf(
  { database, vault }: ShowParts,
  found: Omit<ShownCase, "content" | "recall">,
): Promise<ShownContent | null> {
  const held = await readCaseContent(database, vault, found.id, found);
  const opened = held && (await openWords(database, vault, found.id));
  if (!held || !opened) return null;
  const said = await saidOf(database, found.id, opened, found.reviews);
  return {
    ...held,
    corrections: correctionsSaid(found.corrections, opened),
    // Words of a verdict that was taken back could tell what a cold case's model said.
    said: held.withheld ? said.filter((one) => one.kind !== "verdict") : said,
  };
}

async function tookPart(database: Database, id: string, person: string): Promise<boolean> {
  return (
    (await database.maybe(sql`
      select 1 from review where case_id = ${id} and person = ${person}
      union all select 1 from correction where case_id = ${id} and person = ${person}
      union all select 1 from correction_proposal where case_id = ${id} and ${person} in (person, ended_by) limit 1`)) !==
    undefined
  );
}

/** The same without the names of people; the program and keys of machines keep theirs. */
function withoutNames(found: ShownCase): ShownCase {
  const { content } = found;
  return {
    ...found,
    reviews: found.reviews.map((one) => ({ ...one, person: null })),
    corrections: found.corrections.map((one) => ({ ...one, person: null, second: null })),
    labels: found.labels.map((one) => ({ ...one, person: SOMEBODY })),
    history: found.history.map((one) => {
      if (one.actor["kind"] === "system" || !/^(review|case\.(correct|confirm))/.test(one.kind)) return one;
      const { person: _, ...data } = one.data;
      return { ...one, actor: { kind: one.actor["kind"]!, name: SOMEBODY }, data };
    }),
    content: content && { ...content, said: content.said.map((one) => ({ ...one, person: null })) },
  };
}
