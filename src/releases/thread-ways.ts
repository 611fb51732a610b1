/**
 * Where the threads go whose release was taken out.
 *
 * There may be millions of them, and intake waits while a release is taken out. So that step writes one row, which intake
 * reads from the next case on (cases/intake/admit.ts); a duty rewrites the threads behind it, some at a time.
 */
import type { Database, Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

/** In the transaction that takes the release out, which holds the workflow. */
export async function leadThreads(
  tx: Tx,
  { workflow, release, to }: { workflow: string; release: string; to: string },
): Promise<void> {
  if (release === to) return;
  // What led away from where the threads go now is past; what led to this release leads on.
  await tx.run(sql`delete from thread_way where workflow = ${workflow} and release = ${to}`);
  await tx.run(
    sql`update thread_way set leads_to = ${to} where workflow = ${workflow} and leads_to = ${release}`,
  );
  await tx.run(sql`
    insert into thread_way (workflow, release, leads_to) values (${workflow}, ${release}, ${to})
    on conflict (workflow, release) do update set leads_to = excluded.leads_to, rewritten_to = ''`);
}

const AT_ONCE = 5_000;

/** The duty: rewrites some threads of one release, and forgets the way after the last of them. One worker at a time. */
export function rewriteThreads(database: Database, atOnce = AT_ONCE): () => Promise<void> {
  return async () => {
    // The last thread of a part is the first of the next, so that none is left out; rewriting it again changes nothing. In a
    // transaction, where each part is a range of the key however many threads there are.
    await database.transaction(async (tx) => {
      await tx.run(sql`
      with way as materialized (select * from thread_way order by workflow, release limit 1 for update skip locked),
      reached as materialized (
        select max(t.thread) as thread, count(*) = ${atOnce} as more from way w cross join lateral (
          select thread from thread_arm where workflow = w.workflow and thread >= w.rewritten_to order by thread limit ${atOnce}) t),
      rewritten as (
        update thread_arm t set release = w.leads_to, arm = case when w.leads_to = 'manual' then 'manual' else 'stable' end
        from way w, reached r where t.workflow = w.workflow and t.thread >= w.rewritten_to and t.thread <= r.thread and t.release = w.release),
      ended as (
        delete from thread_way y using way w, reached r
        where y.workflow = w.workflow and y.release = w.release and not r.more)
      update thread_way y set rewritten_to = r.thread from way w, reached r
      where y.workflow = w.workflow and y.release = w.release and r.more`);
    });
  };
}
