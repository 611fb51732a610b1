/**
 * The watch over certificates in force: it counts what went out alone since, by its coin labels, and takes a certificate back
 * that breaks its promise; and it tells an owner in time that one ends.
 *
 * A duty of the workers. Counting, suspending and the audit event are one transaction; the mail follows. It only takes back:
 * certifying anew is for people (certify.ts). The judgement is in certificate-guard.ts.
 */
import type { Audit } from "../audit/record.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import { suspendCertificates } from "../cases/decision/certificate-store.ts";
import { lockForChange, type Registry } from "../cases/workflow/registry.ts";
import { idBorder } from "../contract/ids.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { RULED } from "./label-sample.ts";
import { liveForWatch, type WatchedCertificate } from "./certificate-records.ts";
import { brokenBy, doubtPlan, judgeDoubt, judgeWatch, type WatchedGroup } from "./certificate-guard.ts";
import type { StoredEvidence } from "./certification.ts";
import { ACT_AT, type ChangeState } from "../statistics/change.ts";

export interface Lapsed {
  certificate: WatchedCertificate;
  because: Cause;
}

/** Too many wrong ones among labelled cases, or too many below the threshold among all. */
export type Cause =
  | { kind: "errors"; category: string | null; errors: number; n: number; evidence: number; limit: number }
  | { kind: "doubt"; errors: number; n: number; usual: number; evidence: number; limit: number };

export interface Ending {
  certificate: WatchedCertificate;
  daysLeft: number;
}

export interface CertificateWatchParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  worker: string;
  /** Called after it is stored. */
  tellLapsed(lapsed: Lapsed): void;
  tellEnding(ending: Ending): void;
}

const DAY = 86_400_000;
/** So long before its end an owner is told: time for a look, and for labels that are missing. */
const WARNED_BEFORE = 14 * DAY;
/** A look may take this part of the time at most. */
const PART_OF_TIME = 0.05;

/** The duty: looks at every certificate in force. */
export function watchCertificates(parts: CertificateWatchParts): () => Promise<void> {
  const { database, clock } = parts;
  const resting = new Map<string, { took: number; since: () => number }>();
  return async () => {
    const live = await liveForWatch(database);
    const inForce = live.filter((one) => lapseOf(one, one.dials, clock.now()) === undefined);
    for (const certificate of inForce) {
      const { id } = certificate;
      const rest = resting.get(id);
      if (rest && rest.since() < rest.took / PART_OF_TIME) continue;
      const watch = stopwatch();
      const because = await watchOne(parts, certificate);
      resting.set(id, { took: watch(), since: stopwatch() });
      if (because) parts.tellLapsed({ certificate, because });
      else await warn(parts, certificate);
    }
    for (const id of resting.keys()) if (!inForce.some((one) => one.id === id)) resting.delete(id);
  };
}

/** One look; answers what broke the promise, if this look took the certificate back. */
export async function watchOne(
  parts: Omit<CertificateWatchParts, "tellLapsed" | "tellEnding">,
  certificate: WatchedCertificate,
): Promise<Cause | undefined> {
  const { database, registry, clock, audit, worker } = parts;
  const { id, workflow, release, step, target } = certificate;
  return database.transaction(async (tx) => {
    const { mine } = await tx.one<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`certificate ${id}`}, 0)) as mine`,
    );
    if (!mine) return undefined;
    const { document } = await registry.release(tx, release);
    const groups = await countWatched(tx, certificate, document.confidence.of);
    const verdicts = judgeWatch(target, groups);
    const broken = brokenBy(verdicts);
    const [all] = verdicts;
    const now = clock.now();
    const doubt = await watchDoubt(tx, certificate);
    const categories = Object.fromEntries(
      groups.flatMap(({ category, n, errors }) => (category === null ? [] : [[category, { n, errors }]])),
    );
    await tx.run(sql`
      insert into certificate_watch (certificate, n, errors, categories, doubt, seen_at, seen_case, looked_at)
      values (${id}, ${all!.n}, ${all!.errors}, ${JSON.stringify(categories)}::jsonb, ${doubt ? JSON.stringify(doubt.state) : null}::jsonb,
        ${doubt?.seen ? time(doubt.seen.at) : null}, ${doubt?.seen?.id ?? null}, ${time(now)})
      on conflict (certificate) do update set n = excluded.n, errors = excluded.errors, categories = excluded.categories, looked_at = excluded.looked_at,
        doubt = excluded.doubt, seen_at = excluded.seen_at, seen_case = excluded.seen_case`);
    const because: Cause | undefined = broken ? { kind: "errors", ...broken } : doubt?.alarm;
    if (!because) return undefined;
    // Settlements that read it before are stored by then; those that come after read that it is suspended.
    await lockForChange(tx);
    const by = { kind: "system", name: worker } as const;
    const taken = await suspendCertificates(
      tx,
      audit,
      { ids: [id] },
      { because: reasonOf(because, target), by, now },
    );
    if (taken.length === 0) return undefined;
    await tx.run(
      sql`update certificate_watch set lapsed_at = ${time(now)}, told_at = ${time(now)} where certificate = ${id}`,
    );
    audit.record(tx, [
      {
        kind: "certificate.failed",
        actor: by,
        workflow,
        data: {
          certificate: id,
          release,
          step,
          by: because.kind,
          category: because.kind === "errors" ? because.category : null,
          counted: because.n,
          errors: because.errors,
          target: String(because.kind === "errors" ? target : because.usual),
          evidence: String(because.evidence),
          limit: String(because.limit),
        },
      },
    ]);
    return because;
  });
}

function reasonOf(cause: Cause, target: number): string {
  const { n, errors } = cause;
  const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`;
  if (cause.kind === "doubt")
    return `the release became unsure: ${errors} of ${n} cases in a row were below the threshold, where ${percent(cause.usual)} at most were usual`;
  const { category } = cause;
  const of = category === null ? "" : ` of category ${category.slice(0, 100)}`;
  return `${errors} of ${n} labelled cases${of} under it were wrong, and it promises at most ${percent(target)}`;
}

/**
 * Labelled cases that would have gone out alone under the certificate, had no coin bound them for review; one of a thread.
 * What people said afterwards of cases that did go out is no draw, and does not count. A case that a person rejected without
 * saying that the output was wrong should not have gone out either.
 */
async function countWatched(
  database: Queryable,
  certificate: WatchedCertificate,
  field: string | undefined,
): Promise<WatchedGroup[]> {
  const { id, workflow, release, per, simulated, certified_at } = certificate;
  return database.all<WatchedGroup>(sql`
    select category, count(*)::int as n, count(*) filter (where wrong)::int as errors from (
      select distinct on (coalesce(c.thread, c.id)) coalesce(l.wrong, true) as wrong,
        case when ${per === "category"}::boolean then coalesce(c.facets ->> ${`output.${field ?? ""}`}, '') end as category
      from label l join case_ c on c.id = l.case_id join decision d on d.case_id = l.case_id
      where l.workflow = ${workflow} and l.release = ${release} and l.case_id >= ${idBorder("case", Math.max(0, certified_at - DAY))}
        and d.certificate = ${id} and ${HELD_BY_COIN} and not c.drill
        and l.source in ('cold', 'qa', 'review') and l.superseded_by is null and l.withdrawn_at is null
        and (${simulated}::boolean or not l.simulated)
      order by coalesce(c.thread, c.id), c.id, array_position(array['cold', 'qa', 'review'], l.source), l.id) labelled
    group by category order by category`);
}

/** Decisions, as `d`, whose only reasons are coins that fell at intake. */
export const HELD_BY_COIN = sql`(jsonb_array_length(d.reasons) > 0 and d.certificate is not null and d.confidence >= d.threshold
  and not d.reasons @? '$[*] ? (!(@.code == "qa" || @.code == "cold" || (@.code == "autonomy" && !exists(@.detail))))')`;

/** Most decisions that one look takes; the next one goes on. */
const AT_ONCE = 5_000;
/** So long before its decision a case may have come, e.g. while all models were down: how far back a look reads. */
const LONGEST_WAIT = 14 * DAY;

/**
 * How unsure the release was since the last look; undefined where nobody knows what is usual. Decisions are taken in the order
 * in which they were made, each once, whenever their cases came.
 */
async function watchDoubt(
  tx: Queryable,
  { id, workflow, certified_at }: WatchedCertificate,
): Promise<
  | {
      state: ChangeState;
      seen: { at: number; id: string } | undefined;
      alarm: Extract<Cause, { kind: "doubt" }> | undefined;
    }
  | undefined
> {
  const { evidence, source, doubt, seen_at, seen_case } = await tx.one<{
    evidence: StoredEvidence;
    source: string;
    doubt: ChangeState | null;
    seen_at: number | null;
    seen_case: string | null;
  }>(sql`
    select k.evidence, k.source, w.doubt, w.seen_at, w.seen_case from certificate c join certification k on k.id = c.certification
    left join certificate_watch w on w.certificate = c.id where c.id = ${id}`);
  // Items of a set are no traffic: how many of them are sure says nothing of the cases that come.
  const plan = source === "set" ? undefined : doubtPlan(evidence);
  if (!plan) return undefined;
  const since = seen_at ?? certified_at;
  const found = await tx.all<{ id: string; at: number; below: boolean }>(sql`
    select d.case_id as id, d.decided_at as at, (coalesce(d.confidence < d.threshold, true) or ${RULED}) as below
    from case_ c join decision d on d.case_id = c.id
    where c.workflow = ${workflow} and c.id >= ${idBorder("case", Math.max(0, since - LONGEST_WAIT))} and not c.drill and d.certificate = ${id}
      and (d.decided_at, d.case_id) > (${time(since)}::timestamptz, ${seen_case ?? ""}) order by d.decided_at, d.case_id limit ${AT_ONCE}`);
  const { state, alarm, level } = judgeDoubt(
    plan,
    doubt,
    found.map((one) => one.below),
  );
  const last = found.at(-1);
  return {
    state,
    seen: last ?? (seen_at === null ? undefined : { at: seen_at, id: seen_case ?? "" }),
    alarm: alarm && { kind: "doubt", ...alarm, usual: plan.rate, evidence: level, limit: Math.log(ACT_AT) },
  };
}

async function warn(parts: CertificateWatchParts, certificate: WatchedCertificate): Promise<void> {
  const { database, clock, audit, worker } = parts;
  const now = clock.now();
  const left = certificate.expires_at - now;
  if (left > WARNED_BEFORE) return;
  const ending = { certificate, daysLeft: Math.max(0, Math.ceil(left / DAY)) };
  const first = await database.transaction(async (tx) => {
    const taken = await tx.run(sql`
      update certificate_watch set warned_at = ${time(now)} where certificate = ${certificate.id} and warned_at is null`);
    if (taken === 0) return false;
    audit.record(tx, [
      {
        kind: "certificate.expiring",
        actor: { kind: "system", name: worker },
        workflow: certificate.workflow,
        data: { certificate: certificate.id, release: certificate.release, days: ending.daysLeft },
      },
    ]);
    return true;
  });
  if (first) parts.tellEnding(ending);
}
