/**
 * The truth about a queue, by cause, for the one who asks: what is open, what they could take, what others hold, what is
 * late, what was put off or waits for a sender, what came back to them.
 *
 * Nothing here tells a coin's case or a blind second look from another. Counts are of this moment; "today" is the day
 * where the workflow is.
 */
import { personKey } from "../access/caller.ts";
import { openEach } from "../cases/content.ts";
import { outputHidden } from "../cases/view.ts";
import { idBorder, type CaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { correctionsWaiting, type CorrectionWaiting } from "./corrections-waiting.ts";
import { endOfDay, startOfDay } from "./local-day.ts";
import { countsByCause, countsByDue, isOpenWork, type CauseCounts, type DueCounts } from "./open-work.ts";
import { recalledIn, type Recalled } from "./recall.ts";
import { comesBy, type Claimer } from "./store.ts";
import { LEAST_PEOPLE } from "./time.ts";
import type { Reviewer, ReviewParts } from "./verdict.ts";

/** A list shows so many; the counts say how many there are. */
const MOST_LISTED = 50;

export interface Listed {
  caseId: CaseId;
  externalId: string;
  turn: string;
  facets: JsonObject;
  dueAt: number | null;
  /** When it comes back by itself. */
  until: number | null;
  note: string | null;
  at: number;
}

/** What is open, by whether the reader can take it. */
interface Counts extends DueCounts {
  free: number;
  held: number;
  /** Nobody has it, and it does not come to the reader: it is for owners, for another pair of eyes, or for a colleague first. */
  forOthers: number;
  causes: CauseCounts;
}

export interface Inbox extends Counts {
  mine: { caseId: CaseId; externalId: string; lease: string; leaseUntil: number }[];
  snoozed: Listed[];
  asked: Listed[];
  returned: Listed[];
  escalated: Listed[];
  corrections: CorrectionWaiting[];
  recalled: { open: number; cases: Recalled[] };
  /** What the team decided is told from five people on: of fewer it would tell what a colleague did. */
  team: { decidedToday: number | null; arrivedToday: number };
  own: { decidedToday: number };
}

export async function inboxOf(
  parts: Pick<ReviewParts, "database" | "registry" | "vault" | "clock">,
  workflow: string,
  reviewer: Reviewer,
): Promise<Inbox> {
  const { database } = parts;
  const { document } = await parts.registry.workflow(database, workflow);
  const now = parts.clock.now();
  const { zone } = document.calendar;
  const morning = startOfDay(now, zone);
  const night = endOfDay(now, zone);
  const me = claimerOf(reviewer);
  const [counts, mine, done, arrived, lists, corrections, recalled] = await Promise.all([
    countsOf(database, workflow, me, { now, night }),
    database.all<{ case_id: CaseId; external_id: string; lease: string; lease_until: number }>(sql`
      select r.case_id, c.external_id, r.lease, r.lease_until from review r join case_ c on c.id = r.case_id
      where r.person = ${reviewer.name} and r.holder = ${reviewer.holder} and r.state = 'claimed' and r.workflow = ${workflow} and r.lease_until > ${time(now)}
      order by r.lease_until limit 100`),
    database.one<{ team: number; own: number; people: number }>(sql`
      select count(*)::int as team, (count(*) filter (where person = ${reviewer.name}))::int as own,
        count(distinct coalesce(stands, lower(person)))::int as people
      from review where workflow = ${workflow} and decided_at >= ${time(morning)} and state = 'decided'`),
    database.one<{ n: number }>(sql`
      select count(*)::int as n from review where case_id >= ${idBorder("case", morning)} and workflow = ${workflow} and no = 1`),
    listsOf(parts, workflow, me, now),
    correctionsWaiting(database, workflow, reviewer),
    recalledIn(database, workflow, reviewer.holder),
  ]);
  return {
    ...counts,
    mine: mine.map((one) => ({
      caseId: one.case_id,
      externalId: one.external_id,
      lease: one.lease,
      leaseUntil: one.lease_until,
    })),
    ...lists,
    corrections,
    recalled,
    team: { decidedToday: done.people >= LEAST_PEOPLE ? done.team : null, arrivedToday: arrived.n },
    own: { decidedToday: done.own },
  };
}

export function claimerOf(reviewer: Reviewer): Claimer {
  return {
    person: reviewer.name,
    key: reviewer.stands,
    keys: [...new Set([reviewer.stands, personKey(reviewer.name)])],
    holder: reviewer.holder,
    simulated: reviewer.simulated,
    owner: reviewer.owner,
  };
}

async function countsOf(
  database: Queryable,
  workflow: string,
  me: Claimer,
  { now, night }: { now: number; night: number },
): Promise<Counts> {
  const live = sql`(state = 'claimed' and lease_until > ${time(now)})`;
  const { open, free, held, forOthers, dueToday, overdue, atRisk, ...causes } = await database.one<
    Omit<Counts, "causes"> & CauseCounts
  >(sql`
    select ${countsByDue(now, night)}, ${countsByCause()},
      (count(*) filter (where not ${live} and (${comesBy(me, now)})))::int as free,
      (count(*) filter (where ${live} and holder <> ${me.holder}))::int as held,
      (count(*) filter (where not ${live} and (${comesBy(me, now)}) is not true))::int as "forOthers"
    from review where workflow = ${workflow} and ${isOpenWork(now)}`);
  return { open, free, held, forOthers, dueToday, overdue, atRisk, causes };
}

interface Row {
  case_id: CaseId;
  external_id: string;
  turn: string;
  facets: JsonObject;
  cold: boolean;
  verdict: string | null;
  due_at: number | null;
  until: number | null;
  at: number;
  /** The kind of content that holds the words. */
  words: string | null;
}

async function listsOf(
  { database, vault }: Pick<ReviewParts, "database" | "vault">,
  workflow: string,
  me: Claimer,
  now: number,
): Promise<Pick<Inbox, "snoozed" | "asked" | "returned" | "escalated">> {
  const at = time(now);
  const list = (which: Sql, until: Sql, since: Sql, words: Sql, order: Sql) =>
    database.all<Row>(sql`
      select r.case_id, c.external_id, r.turn, c.facets, c.cold, c.verdict, r.due_at, ${until} as until, ${since} as at, ${words} as words
      from review r join case_ c on c.id = r.case_id
      where r.workflow = ${workflow} and r.turn <> 'blind' and ${which} order by ${order} limit ${MOST_LISTED}`);
  const lastNote = (kinds: string[]) => sql`
    (select case when n.kind in ('question', 'answer') then n.kind || '.' || n.review else 'note.' || n.no end
     from review_note n where n.case_id = r.case_id and n.kind = any(${kinds}) order by n.no desc limit 1)`;
  const noUntil = sql`null::timestamptz`;
  const [snoozed, asked, returned, escalated] = await Promise.all([
    list(
      sql`r.state = 'waiting' and r.snoozed_until > ${at}`,
      sql`r.snoozed_until`,
      sql`r.opened_at`,
      lastNote(["snoozed"]),
      sql`r.snoozed_until`,
    ),
    list(
      sql`r.state = 'asked' and r.asked_until is not null`,
      sql`r.asked_until`,
      sql`r.ended_at`,
      lastNote(["question"]),
      sql`r.asked_until`,
    ),
    list(
      sql`r.state = 'waiting' and r.prefer = ${me.key} and (r.snoozed_until is null or r.snoozed_until <= ${at}) and not (${me.keys}::text[] && r.behind)`,
      noUntil,
      sql`coalesce(r.snoozed_until, r.opened_at)`,
      lastNote(["answer", "snoozed", "question"]),
      sql`coalesce(r.urgent_at, r.due_at, r.opened_at), r.case_id`,
    ),
    me.owner
      ? list(
          sql`r.state in ('waiting', 'claimed') and r.turn = 'escalated'`,
          noUntil,
          sql`r.opened_at`,
          lastNote(["escalated", "skipped"]),
          sql`coalesce(r.urgent_at, r.due_at, r.opened_at), r.case_id`,
        )
      : [],
  ]);
  const rows = [...snoozed, ...asked, ...returned, ...escalated];
  const opened = await openEach(
    database,
    vault,
    [...new Set(rows.map((row) => row.case_id))],
    [...new Set(rows.flatMap((row) => row.words ?? []))],
  );
  const shown = (row: Row): Listed => {
    const found = opened.get(row.case_id);
    const note = found?.ok && row.words !== null ? found.content.get(row.words) : undefined;
    return {
      caseId: row.case_id,
      externalId: row.external_id,
      turn: row.turn,
      facets: outputHidden(row) ? inputOnly(row.facets) : row.facets,
      dueAt: row.due_at,
      until: row.until,
      note: typeof note === "string" ? note : null,
      at: row.at,
    };
  };
  return {
    snoozed: snoozed.map(shown),
    asked: asked.map(shown),
    returned: returned.map(shown),
    escalated: escalated.map(shown),
  };
}

/** The output's facets would tell what a cold case's model said. */
function inputOnly(facets: JsonObject): JsonObject {
  return isJsonObject(facets)
    ? Object.fromEntries(Object.entries(facets).filter(([name]) => name.startsWith("input.")))
    : {};
}
