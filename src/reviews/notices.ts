/**
 * Mail about the queue: a digest once a working day when it opens, and a notice when cases fall due within the hour.
 *
 * Interrupts rarely: one digest a day and one notice an hour to each person at most, over all their workflows, never one
 * for a single case, none to whoever is away, none outside the opening hours. Counts and a link only, in the person's
 * language. A budget for calls of models that is nearly spent stands in the digest of its owner, and is reason enough for
 * one. It is written down that a mail goes out before it does: several workers send it once.
 */
import type { Audit } from "../audit/record.ts";
import { nextOpening } from "../cases/intake/due.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import type { Role } from "../contract/access.ts";
import type { BudgetState } from "../models/budget.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { dayIn, endOfDay, startOfDay } from "./local-day.ts";
import type { Queue } from "./mail-texts.ts";
import { countsByDue, isOpenWork, type DueCounts } from "./open-work.ts";
import type { Addressee, Post } from "./post.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A digest that could not go out in the morning is of no use in the afternoon. */
const MORNING = 3 * HOUR;

export interface NoticeParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  worker: string;
  post: Pick<Post, "toPerson">;
  peopleWith(workflow: string, role: Role): Promise<Addressee[]>;
  /** How the budget of a workflow stands; undefined where it has none. */
  budgetOf(view: WorkflowView): Promise<BudgetState | undefined>;
  isAway(person: Addressee, now: number): Promise<boolean>;
}

type Notice = "digest" | "at_risk";

interface Counts extends Omit<Queue, "workflow">, DueCounts {
  /** Of those at risk, what nobody works on: whoever has one knows. */
  atRiskFree: number;
}

/** What each person has in their workflows. */
interface Desk {
  person: Addressee;
  places: { view: WorkflowView; roles: Set<Role> }[];
}

/** The duty; looks once a minute, however often it is called. */
export function noticeDuty(parts: NoticeParts): () => Promise<void> {
  const { database, clock } = parts;
  let looked = -1;
  return async () => {
    const now = clock.now();
    const minute = Math.floor(now / MINUTE);
    if (minute === looked) return;
    looked = minute;
    const open = (await parts.registry.workflows(database)).filter(
      ({ document }) => nextOpening(now, document.calendar) === now,
    );
    if (open.length === 0) return;
    const counts = new Map<string, Counts>();
    for (const view of open) {
      const { row, document } = view;
      const budget = await parts.budgetOf(view);
      counts.set(row.name, {
        ...(await countsOf(database, row.name, now, document.calendar.zone)),
        budget: budget === "good" ? undefined : budget,
      });
    }
    for (const desk of await desksOf(parts, open)) {
      if (await parts.isAway(desk.person, now)) continue;
      await sendDigest(parts, desk, counts, now);
      await sendAtRisk(parts, desk, counts, now);
    }
  };
}

/** People with something to do in workflows that are open now. */
async function desksOf(parts: NoticeParts, open: WorkflowView[]): Promise<Desk[]> {
  const desks = new Map<string, Desk>();
  for (const view of open)
    for (const role of ["reviewer", "owner"] as const)
      for (const person of await parts.peopleWith(view.row.name, role)) {
        const desk = desks.get(person.email) ?? { person, places: [] };
        desks.set(person.email, desk);
        const place = desk.places.find((one) => one.view === view);
        if (place) place.roles.add(role);
        else desk.places.push({ view, roles: new Set([role]) });
      }
  return [...desks.values()];
}

async function sendDigest(
  parts: NoticeParts,
  { person, places }: Desk,
  counts: Map<string, Counts>,
  now: number,
): Promise<void> {
  const morning = places.filter(({ view }) => {
    const { calendar } = view.document;
    const opening = nextOpening(startOfDay(now, calendar.zone), calendar);
    return opening !== undefined && opening <= now && now < opening + MORNING;
  });
  if (morning.length === 0) return;
  const queues = places
    .map(({ view, roles }) => {
      const { atRisk: _, atRiskFree: __, budget, ...found } = counts.get(view.row.name)!;
      const owns = roles.has("owner");
      return {
        workflow: view.row.name,
        ...found,
        reports: owns ? found.reports : 0,
        budget: owns ? budget : undefined,
      };
    })
    .filter((queue) => queue.open + queue.reports > 0 || queue.budget !== undefined);
  if (queues.length === 0) return;
  const day = dayIn(now, morning[0]!.view.document.calendar.zone);
  const claimed = await parts.database.run(sql`
    insert into notice as n (person, kind, day, sent_at) values (${person.email}, 'digest', ${day}, ${time(now)})
    on conflict (person, kind) do update set day = excluded.day, sent_at = excluded.sent_at where n.day < excluded.day`);
  if (claimed === 1 && (await parts.post.toPerson(person, "digest", { queues })))
    await recordSent(parts, person, "digest");
}

async function sendAtRisk(
  parts: NoticeParts,
  { person, places }: Desk,
  counts: Map<string, Counts>,
  now: number,
): Promise<void> {
  const queues = places
    .filter(({ roles }) => roles.has("reviewer"))
    .map(({ view }) => ({ workflow: view.row.name, atRisk: counts.get(view.row.name)!.atRiskFree }))
    .filter((queue) => queue.atRisk > 0);
  if (queues.length === 0) return;
  const day = dayIn(now, places[0]!.view.document.calendar.zone);
  const claimed = await parts.database.run(sql`
    insert into notice as n (person, kind, day, sent_at) values (${person.email}, 'at_risk', ${day}, ${time(now)})
    on conflict (person, kind) do update set day = excluded.day, sent_at = excluded.sent_at where n.sent_at <= ${time(now - HOUR)}`);
  if (claimed === 1 && (await parts.post.toPerson(person, "at_risk", { queues })))
    await recordSent(parts, person, "at_risk");
}

async function recordSent(parts: NoticeParts, person: Addressee, notice: Notice): Promise<void> {
  await parts.database.transaction(async (tx) =>
    parts.audit.record(tx, [
      {
        kind: "notice.sent",
        actor: { kind: "system", name: parts.worker },
        data: { person: person.email, notice },
      },
    ]),
  );
}

async function countsOf(
  database: Queryable,
  workflow: string,
  now: number,
  zone: string,
): Promise<Omit<Counts, "budget">> {
  return database.one<Omit<Counts, "budget">>(sql`
    select ${countsByDue(now, endOfDay(now, zone))},
      count(*) filter (where due_at > ${time(now)} and due_at <= ${time(now + HOUR)} and (state = 'waiting' or lease_until <= ${time(now)}))::int as "atRiskFree",
      (select count(*)::int from improvement where workflow = ${workflow} and state = 'open') as reports
    from review where workflow = ${workflow} and ${isOpenWork(now)}`);
}
