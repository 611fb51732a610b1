/**
 * What becomes of a set after it was made: opened for development, exported in clear, removed by a person or by its time.
 *
 * A sealed set is opened once and for good. Whoever has its items can tune on them, so exporting a sealed set opens it
 * in the same transaction, before the first item is read. Removing destroys items and answers; what was counted stays.
 */
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import { itemsOf } from "./evaluation-items.ts";
import { findSet, nameOf, type SetRow } from "./evaluation-set.ts";

export interface KeepParts {
  database: Database;
  vault: Vault;
  clock: Clock;
  audit: Audit;
}

/** Makes a sealed set one for development. Throws `wrong_state` where it is one. */
export async function openSet(
  { database, clock, audit }: Omit<KeepParts, "vault">,
  { workflow, wanted, because, by }: { workflow: string; wanted: string; because: string; by: Actor },
): Promise<SetRow> {
  return database.transaction(async (tx) => {
    const set = await holdSet(tx, workflow, wanted);
    if (set.kind === "development")
      throw new PilotageError(
        "wrong_state",
        `${nameOf(set)} is for development already; nothing was changed.`,
      );
    await open(tx, set, { because, by, now: clock.now() });
    audit.record(tx, [
      {
        kind: "evaluation.opened",
        actor: by,
        workflow,
        data: { set: set.id, name: set.name, version: set.version, looks: set.looks, reason: because },
      },
    ]);
    return findSet(tx, workflow, set.id);
  });
}

/** Puts the export on record, and opens a sealed set where that was said; then answers its items in groups. */
export async function exportSet(
  { database, vault, clock, audit }: KeepParts,
  { workflow, wanted, opens, by }: { workflow: string; wanted: string; opens: boolean; by: Actor },
): Promise<AsyncGenerator<JsonObject[]>> {
  const set = await database.transaction(async (tx) => {
    const held = await holdSet(tx, workflow, wanted);
    const sealed = held.kind === "sealed";
    if (sealed && !opens)
      throw new PilotageError(
        "wrong_state",
        `${nameOf(held)} is sealed: whoever has its items can tune on them, so exporting it makes it a set for development, for good. Nothing was exported.`,
        { hint: "Say so with --open (`open=true`), or export a set for development." },
      );
    if (sealed) await open(tx, held, { because: "it was exported", by, now: clock.now() });
    audit.record(tx, [
      {
        kind: "evaluation.exported",
        actor: by,
        workflow,
        data: {
          set: held.id,
          name: held.name,
          version: held.version,
          items: held.items - held.removed,
          opened: sealed,
        },
      },
    ]);
    return held;
  });
  return (async function* () {
    for await (const group of itemsOf({ database, vault }, set.id))
      yield group.map(({ item }) => ({ input: item.input, output: item.truth }));
  })();
}

/** Destroys the items of a set and the answers to them. Throws `wrong_state` while a run is under way. */
export async function removeSet(
  parts: Omit<KeepParts, "vault">,
  { workflow, wanted, because, by }: { workflow: string; wanted: string; because: string; by: Actor },
): Promise<{ set: SetRow; items: number }> {
  return parts.database.transaction(async (tx) => {
    const set = await holdSet(tx, workflow, wanted);
    const run = await tx.maybe<{ id: string }>(
      sql`select id from evaluation_run where set_id = ${set.id} and state in ('waiting', 'running') limit 1`,
    );
    if (run)
      throw new PilotageError(
        "wrong_state",
        `${nameOf(set)} is being evaluated (${run.id}); nothing was removed.`,
        { hint: "Wait until the run is done." },
      );
    return { set, items: await remove(parts, tx, set, { because, by }) };
  });
}

/** Removes sets whose time is over; one that is being evaluated waits for the next look. */
export async function removeOverSets(parts: Omit<KeepParts, "vault"> & { worker: string }): Promise<number> {
  const { database, clock, worker } = parts;
  const over = await database.all<{ workflow: string; id: string }>(sql`
    select workflow, id from evaluation_set s where state = 'ready' and keep_until <= ${time(clock.now())}
      and not exists (select from evaluation_run r where r.set_id = s.id and r.state in ('waiting', 'running')) limit 100`);
  const by = { kind: "system", name: worker } as const;
  let removed = 0;
  for (const { workflow, id } of over) {
    try {
      await removeSet(parts, { workflow, wanted: id, because: "its time was over", by });
      removed++;
    } catch (error) {
      // Removed by a person, or taken up by a run, in this moment.
      if (!(error instanceof PilotageError) || !["not_found", "wrong_state"].includes(error.code))
        throw error;
    }
  }
  return removed;
}

async function holdSet(tx: Tx, workflow: string, wanted: string): Promise<SetRow> {
  const { id } = await findSet(tx, workflow, wanted);
  await tx.run(sql`select 1 from evaluation_set where id = ${id} for update`);
  return findSet(tx, workflow, id);
}

async function open(
  tx: Tx,
  { id }: SetRow,
  { because, by, now }: { because: string; by: Actor; now: number },
): Promise<void> {
  await tx.run(sql`
    update evaluation_set set kind = 'development', opened_at = ${time(now)}, opened_by = ${by.name}, opened_because = ${because} where id = ${id}`);
}

async function remove(
  { clock, audit }: Omit<KeepParts, "vault">,
  tx: Tx,
  set: SetRow,
  { because, by }: { because: string; by: Actor },
): Promise<number> {
  const items = await tx.run(sql`delete from evaluation_item where set_id = ${set.id}`);
  await tx.run(sql`
    update evaluation_set set state = 'removed', removed_at = ${time(clock.now())}, removed_by = ${by.name}, removed_because = ${because} where id = ${set.id}`);
  const { id, name, version, workflow } = set;
  audit.record(tx, [
    {
      kind: "evaluation.removed",
      actor: by,
      workflow,
      data: { set: id, name, version, items, reason: because },
    },
  ]);
  return items;
}

const DAY = 86_400_000;

/** An answer that was on its way when its item went is sealed with a key that is gone; its bytes go, too. */
export async function emptyLateAnswers(database: Database, now: number): Promise<void> {
  await database.run(sql`
    update evaluation_score s set sealed = '' from evaluation_run r join evaluation_set e on e.id = r.set_id
    where (e.removed > 0 or e.state = 'removed') and coalesce(r.finished_at, ${time(now)}) > ${time(now - DAY)} and s.run_id = r.id and s.sealed <> ''
      and not exists (select from evaluation_item i where i.set_id = r.set_id and i.no = s.no)`);
}
