/**
 * Evidence for criteria that no evaluation set can show: figures of live cases, the pulse of the reviewers, and what a named
 * person attested. Where nothing was measured there is none, which is never a pass.
 */
import { idBorder } from "../contract/ids.ts";
import type { LiveFigure } from "../contract/gate.ts";
import { digestOf } from "../definition/digest.ts";
import type { CriterionDocument } from "../definition/document.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { LEAST_ANSWERS, roundAt } from "../reviews/feedback/pulse.ts";
import { DAYS, FAVOURABLE, unitOf } from "./criteria.ts";
import type { Evidence } from "./criterion.ts";
import { rightByCoins } from "./live-labels.ts";
import { billionths } from "./run-counts.ts";

const DAY = 86_400_000;
const ANSWERS = 5;

export interface About {
  workflow: string;
  release: string;
  now: number;
  /** When the criterion was frozen as it is defined: what was known before is no evidence for it. */
  frozenAt: number;
}

/** Undefined where nothing is known, or the criterion is measured by runs. */
export async function liveEvidence(
  database: Queryable,
  about: About,
  criterion: CriterionDocument,
): Promise<Evidence | undefined> {
  const { figure, survey, proof } = criterion;
  if (figure !== undefined) return figureEvidence[figure](database, { ...about, criterion });
  if (survey !== undefined) return pulseEvidence(database, about, survey, criterion.favourable ?? FAVOURABLE);
  if (proof !== undefined) {
    const said = await standingAttestation(database, about.workflow, criterion, about.now);
    return said && { kind: "proof", holds: said.holds };
  }
  return undefined;
}

type OfFigure = About & { criterion: CriterionDocument };

const windowOf = ({ now, criterion }: OfFigure) => now - (criterion.days ?? DAYS) * DAY;
const since = (of: OfFigure) => Math.max(windowOf(of), of.frozenAt);

/** The first day that began after the criterion was frozen: of days and rounds nobody knows which part came after. */
const dayAfter = (frozenAt: number) => Math.ceil(frozenAt / DAY) * DAY;

const figureEvidence: Record<
  LiveFigure,
  (database: Queryable, of: OfFigure) => Promise<Evidence | undefined>
> = {
  /** One case a thread, as all statistics count. */
  async automatic(database, of) {
    const { right, n } = await database.one<{ right: number; n: number }>(sql`
      select count(*)::int as n, (count(*) filter (where verdict = 'auto'))::int as right from (
        select distinct on (coalesce(thread, id)) verdict from case_
        where workflow = ${of.workflow} and release = ${of.release} and not drill and verdict is not null
          and id >= ${idBorder("case", since(of))} order by coalesce(thread, id), id) c`);
    return n === 0 ? undefined : { kind: "share", right, n, unanswered: 0 };
  },

  async accepted(database, of) {
    const { right, n } = await database.one<{ right: number; n: number }>(sql`
      select count(*)::int as n, (count(*) filter (where verdict = 'approve'))::int as right from (
        select distinct on (coalesce(c.thread, c.id)) r.verdict
        from case_ c join decision d on d.case_id = c.id
          join review r on r.case_id = c.id and r.state = 'decided' and not r.simulated
        where c.workflow = ${of.workflow} and c.release = ${of.release} and not c.drill and not c.cold and d.attempt is not null
          and c.id >= ${idBorder("case", since(of))} order by coalesce(c.thread, c.id), c.id, r.no) v`);
    return n === 0 ? undefined : { kind: "share", right, n, unanswered: 0 };
  },

  right: (database, of) => rightByCoins(database, { ...of, since: windowOf(of) }),

  /** Of the whole workflow: time is stored as sums of teams of five or more, by day, and of no single case. */
  async "handling-time"(database, of) {
    const days = await database.all<{ milliseconds: number; tasks: number }>(sql`
      select sum(milliseconds)::float8 as milliseconds, sum(tasks)::int as tasks from review_time_day
      where workflow = ${of.workflow} and day >= ${time(Math.max(since(of), dayAfter(of.frozenAt)))}::timestamptz::date and tasks > 0 group by day order by day`);
    if (days.length === 0) return undefined;
    return {
      kind: "amount",
      groups: days.map(({ milliseconds, tasks }) => [[Math.round(milliseconds / tasks), tasks]]),
    };
  },

  async "cost-per-case"(database, of) {
    const unit = unitOf(of.criterion);
    const rows = await database.all<{
      day: string;
      cost: string | null;
      currency: string | null;
      n: number;
    }>(sql`
      select day, cost::text as cost, currency, count(*)::int as n from (
        select (timezone('UTC', c.received_at))::date::text as day, max(a.currency) as currency,
          case when bool_and(a.cost is not null) and count(distinct a.currency) <= 1 then sum(a.cost) end as cost
        from case_ c join attempt a on a.case_id = c.id and a.state <> 'reserved'
        where c.workflow = ${of.workflow} and c.release = ${of.release} and not c.drill and c.id >= ${idBorder("case", since(of))}
        group by c.id, c.received_at) spent
      group by day, cost, currency order by day`);
    if (rows.length === 0) return undefined;
    const unknown = rows.reduce((sum, { cost, n }) => sum + (cost === null ? n : 0), 0);
    if (unknown > 0) return { kind: "failed", problem: `the cost of ${unknown} cases is not known` };
    const currency = unit.kind === "money" ? unit.currency : undefined;
    const other = rows.find((row) => row.currency !== currency);
    if (other)
      return { kind: "failed", problem: `costs are in ${other.currency}, the level is in ${currency}` };
    return {
      kind: "amount",
      groups: [...Map.groupBy(rows, ({ day }) => day).values()].map((day) =>
        day.map(({ cost, n }) => [billionths({ amount: cost! }), n]),
      ),
    };
  },
};

/**
 * The latest round that is over and that began after the criterion was frozen. Of fewer than five answers nothing is told; of five and more only how many were favourable,
 * so that no gate shows more of single answers than it needs.
 */
async function pulseEvidence(
  database: Queryable,
  { workflow, now, frozenAt }: About,
  question: "helps" | "trust",
  favourable: number,
): Promise<Evidence | undefined> {
  const { round } = roundAt(now);
  const scores = await database.all<{ score: number; helps: number; trust: number }>(sql`
    select score, helps, trust from pulse_answer where workflow = ${workflow} and round = (
      select max(round) from pulse_answer where workflow = ${workflow} and round < ${round}::date
        and round >= ${time(dayAfter(frozenAt))}::timestamptz::date)`);
  if (scores.length === 0) return undefined;
  const count = (counts: (score: number) => boolean) =>
    scores.reduce((sum, one) => sum + (counts(one.score) ? one[question] : 0), 0);
  const answers = Array.from({ length: ANSWERS }, () => 0);
  if (count(() => true) >= LEAST_ANSWERS) {
    answers[favourable - 1] = count((score) => score >= favourable);
    answers[0] = count((score) => score < favourable);
  }
  return { kind: "survey", answers };
}

export interface Attestation {
  id: string;
  criterion: string;
  holds: boolean;
  said: string;
  person: string;
  at: number;
  until: number;
}

/** The newest word on a criterion as it is worded now, while it holds; another wording needs another word. */
export function standingAttestation(
  database: Queryable,
  workflow: string,
  criterion: CriterionDocument,
  now: number,
): Promise<Attestation | undefined> {
  return database.maybe<Attestation>(sql`
    select id, criterion, holds, said, person, at, until from (
      select * from attestation where workflow = ${workflow} and criterion = ${criterion.name}
        and digest = ${proofDigest(criterion)} order by id desc limit 1) newest
    where until > ${time(now)}`);
}

/** What is attested is the wording, whatever the group it stands in. */
export function proofDigest({ name, proof }: CriterionDocument): string {
  return digestOf({ name, proof });
}
