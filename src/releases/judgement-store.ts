/** What judging models said, as it is stored and read; lanes that judge at the same time share a statement. */
import type { FrozenJudge } from "../definition/judge.ts";
import type { Cost } from "../models/prices.ts";
import { coalesced } from "../platform/coalesce.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { hex, rows, sql } from "../platform/sql.ts";
import { krippendorffAlpha } from "../statistics/agreement.ts";
import type { RunLease } from "./evaluation-score.ts";

export interface Judgement {
  no: number;
  judge: string;
  about: "run" | "person";
  verdict?: boolean;
  person?: boolean;
  error?: string;
  milliseconds?: number;
  cost?: Cost | undefined;
  sealed?: Uint8Array;
}

/** Stores a judgement and answers whether the run is still this process's. */
export function judgementWriter(
  database: Database,
  lease: RunLease,
): (judgement: Judgement) => Promise<boolean> {
  let waiting: Judgement[] = [];
  let ours = true;
  const flush = coalesced(async () => {
    const group = waiting;
    waiting = [];
    if (group.length > 0 && (await insert(database, lease, group)) < group.length) ours = false;
  });
  return async (judgement) => {
    waiting.push(judgement);
    await flush(lease.id);
    return ours;
  };
}

async function insert(
  database: Database,
  { id, worker, leaseNo }: RunLease,
  group: Judgement[],
): Promise<number> {
  const list = group.map(({ cost, sealed, ...rest }) => ({
    ...rest,
    sealed: sealed === undefined ? null : hex(sealed),
    cost: cost?.amount ?? null,
    currency: cost?.currency ?? null,
    cost_estimated: cost?.estimated ?? null,
  }));
  return database.run(sql`
    insert into evaluation_judgement (run_id, no, judge, about, verdict, person, error, milliseconds, sealed, cost, currency, cost_estimated)
    select r.id, j.no, j.judge, j.about, j.verdict, j.person, j.error, j.milliseconds, j.sealed, j.cost, j.currency, j.cost_estimated
    from evaluation_run r, json_populate_recordset(null::evaluation_judgement, ${rows(list)}::json) j
    where r.id = ${id} and r.worker = ${worker} and r.lease_no = ${leaseNo}
    on conflict (run_id, no, judge, about) do nothing`);
}

/** Pairs of what a person and a judge said of the same answers: how often both yes, only one of them, both no. */
export interface Pairs {
  bothYes: number;
  onlyPerson: number;
  onlyJudge: number;
  bothNo: number;
}

/**
 * How far a judge agreed with people, over all runs of the workflow that asked this very judge. Each case counts once, however
 * many sets hold it, with the newest verdict; an item without a case goes by what it says. By its digest: a judge with another question, model or field is another one.
 */
export async function judgeAgainstPeople(
  database: Queryable,
  workflow: string,
  { name, digest }: Pick<FrozenJudge, "name" | "digest">,
): Promise<Pairs> {
  return database.one<Pairs>(sql`
    select count(*) filter (where person and verdict)::int as "bothYes", count(*) filter (where person and not verdict)::int as "onlyPerson",
      count(*) filter (where not person and verdict)::int as "onlyJudge", count(*) filter (where not person and not verdict)::int as "bothNo"
    from (select distinct on (coalesce(i.case_id, encode(i.digest, 'hex'))) j.person, j.verdict
      from evaluation_judgement j join evaluation_run r on r.id = j.run_id join evaluation_item i on i.set_id = r.set_id and i.no = j.no
      where r.workflow = ${workflow} and j.judge = ${name} and j.about = 'person' and j.verdict is not null
        and r.judges @> ${JSON.stringify([{ digest }])}::jsonb
      order by coalesce(i.case_id, encode(i.digest, 'hex')), r.id desc) newest`);
}

/** What run-evidence.ts needs of the judges that a run asked, by their names: over all that they judged beside people until now. */
export async function judgesOfRun(
  database: Queryable,
  { workflow, judges }: { workflow: string; judges: readonly FrozenJudge[] },
): Promise<Record<string, { cases: number; alpha: number }>> {
  const found: Record<string, { cases: number; alpha: number }> = {};
  for (const judge of judges)
    found[judge.name] = agreementOf(await judgeAgainstPeople(database, workflow, judge));
  return found;
}

/** For criterion.ts: cases that both judged, and Krippendorff's alpha; 0 where nobody ever said anything else, since that shows nothing. */
export function agreementOf({ bothYes, onlyPerson, onlyJudge, bothNo }: Pairs): {
  cases: number;
  alpha: number;
} {
  const times = (n: number, pair: readonly [boolean, boolean]) => Array.from({ length: n }, () => [...pair]);
  const units = [
    ...times(bothYes, [true, true]),
    ...times(onlyPerson, [true, false]),
    ...times(onlyJudge, [false, true]),
    ...times(bothNo, [false, false]),
  ];
  return { cases: units.length, alpha: krippendorffAlpha(units, "nominal") ?? 0 };
}
