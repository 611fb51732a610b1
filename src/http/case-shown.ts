/**
 * A case as this reader may see it.
 *
 * Whoever holds it for a blind second look, or holds a planted one, sees it as any case before its verdict: what others
 * decided would sway them, or tell them what it is. Who decided what is told to those who answer for it (whoever may read
 * the audit log) and to those who worked on the case themselves; for everybody else names would add up to figures of
 * single persons.
 */
import { may, type Caller } from "../access/caller.ts";
import { readCase, readCaseContent, type CaseContent } from "../cases/view.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import type { Clock } from "../platform/clock.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import { holdsBlind } from "../reviews/blind-store.ts";
import { plantedContent, plantedInHandOf, receivedAt } from "../reviews/planted-desk.ts";

export type ShownCase = Omit<NonNullable<Awaited<ReturnType<typeof readCase>>>, "content"> & {
  content: CaseContent | null;
};

const SOMEBODY = "somebody";
/** What happened to a case before anybody judged it. */
const BEFORE: ReadonlySet<string> = new Set(["case.admitted", "case.running", "case.answered"]);

/** Undefined for a case that does not exist for this reader. */
export async function caseFor(
  parts: { database: Database; vault: Vault; clock: Clock },
  caller: Caller,
  id: string,
  { content }: { content: boolean },
): Promise<ShownCase | undefined> {
  const { database, vault } = parts;
  const found = await readCase(database, id);
  if (!found) return plantedFor(parts, caller, id, content);
  const held = content ? ((await readCaseContent(database, vault, id, found)) ?? null) : null;
  if (await holdsBlind(database, id, caller.holder)) return beforeVerdict({ ...found, content: held });
  const named = may(caller, "audit.read", found.workflow) || (await tookPart(database, id, caller.person));
  return named ? { ...found, content: held } : { ...withoutNames(found), content: held };
}

async function tookPart(database: Database, id: string, person: string): Promise<boolean> {
  return (
    (await database.maybe(sql`
      select 1 from review where case_id = ${id} and person = ${person}
      union all select 1 from correction where case_id = ${id} and person = ${person} limit 1`)) !== undefined
  );
}

async function plantedFor(
  parts: { database: Database; vault: Vault; clock: Clock },
  caller: Caller,
  id: string,
  content: boolean,
): Promise<ShownCase | undefined> {
  const row = await plantedInHandOf(parts, id, caller.holder);
  const origin = row && (await readCase(parts.database, row.origin));
  const held = row && (await plantedContent(parts, row));
  if (!origin || !held) return undefined;
  const received = isoTime(receivedAt(id, row.shown_at));
  const shown = beforeVerdict({
    ...origin,
    content: { ...held, final: null, late: [], failures: [], shadow: [], withheld: false },
    // The output is shown here, whatever it was for the origin.
    cold: false,
  });
  return {
    ...shown,
    id,
    receivedAt: received,
    dueAt: row.due_at === null ? null : isoTime(row.due_at),
    history: [],
    content: content ? shown.content : null,
  };
}

/** As if nobody had judged it: no verdict, no label, no delivery, no name, and of a cold case no output. */
export function beforeVerdict(found: ShownCase): ShownCase {
  const { cold, decision, content } = found;
  const stage = { awaitsVerdict: true, mayRedo: true, cold };
  return {
    ...found,
    state: "in_review" as never,
    verdict: null,
    decidedAt: null,
    deliveredAt: null,
    autonomyCoin: null,
    qa: null,
    facets: Object.fromEntries(
      Object.entries(found.facets).filter(([name]) => !cold || name.startsWith("input.")),
    ),
    decision: decision && {
      ...decision,
      outcome: decision.outcome === "auto" ? "review" : decision.outcome,
      reasons: shownReasons(decision.reasons.length > 0 ? decision.reasons : [{ code: "routine" }], stage),
      confidence: cold ? null : decision.confidence,
      threshold: null,
      certificate: null,
    },
    attempts: found.attempts.map((one) => (cold ? { ...one, confidence: null } : one)),
    reviews: [],
    deliveries: [],
    labels: [],
    shadow: [],
    history: found.history.filter((one) => BEFORE.has(one.kind)).map((one) => ({ ...one, data: {} })),
    content: content && {
      ...content,
      output: cold ? null : content.output,
      final: null,
      late: [],
      shadow: [],
      withheld: cold,
    },
  };
}

/** The same without the names of people; the program and keys of machines keep theirs. */
function withoutNames<C extends Omit<ShownCase, "content">>(found: C): C {
  return {
    ...found,
    reviews: found.reviews.map((one) => ({ ...one, person: null })),
    labels: found.labels.map((one) => ({ ...one, person: SOMEBODY })),
    history: found.history.map((one) => {
      if (one.actor["kind"] === "system" || !one.kind.startsWith("review.")) return one;
      const { person: _, ...data } = one.data;
      return { ...one, actor: { kind: one.actor["kind"]!, name: SOMEBODY }, data };
    }),
  };
}
