/**
 * Compares the answers of a release in shadow with the truth, by that release's own `error`.
 *
 * A label marks the runs of its case in its own transaction (a trigger of the schema does it), so a late, a superseded
 * or a withdrawn label has them compared anew, and nothing is looked through in vain. What was compared is stored with
 * the label's id: the evidence is decided elsewhere (shadow-sample.ts), and can be recomputed.
 */
import { openEach } from "../cases/content.ts";
import type { Telling } from "../cases/model/telling.ts";
import { tracesOf } from "../cases/trace.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { isJsonObject } from "../contract/json.ts";
import { isWrong } from "../definition/error-rule.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { rows, sql } from "../platform/sql.ts";

export interface ScoreParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  telling: Pick<Telling, "judged" | "listens">;
}

interface Compared {
  case_id: string;
  release: string;
  workflow: string;
  label: string | null;
  wrong: boolean | null;
  wrong_fields: string[] | null;
}

const AT_ONCE = 200;

/** Compares whatever is marked, some at a time; answers how many runs that were. */
export async function scoreShadows(parts: ScoreParts): Promise<number> {
  // Nearly always there is nothing: one small question instead of a transaction.
  const marked = await parts.database.maybe(
    sql`select 1 from shadow_run where to_score and state = 'answered' limit 1`,
  );
  if (!marked) return 0;
  for (let total = 0; ;) {
    const scored = await parts.database.transaction((tx) => scoreSome(parts, tx));
    total += scored.length;
    if (parts.telling.listens) await tell(parts, scored);
    if (scored.length < AT_ONCE) return total;
  }
}

/** What came of the comparisons, once they are stored; it stands with the case. What cannot be told is no fault of them. */
async function tell({ database, telling }: ScoreParts, compared: readonly Compared[]): Promise<void> {
  const said = compared.filter((one) => one.label !== null);
  const ids = said.map((one) => one.case_id);
  const traces = await tracesOf(database, ids).catch(() => new Map<string, string>());
  for (const { case_id, release, workflow, wrong } of said)
    telling.judged({
      judge: "shadow",
      wrong: wrong ?? undefined,
      standing: { traceparent: traces.get(case_id), of: case_id },
      own: {
        "pilotage.case.id": case_id,
        "pilotage.workflow": workflow,
        "pilotage.release": release,
        "pilotage.arm": "shadow",
      },
    });
}

async function scoreSome(parts: ScoreParts, tx: Tx): Promise<Compared[]> {
  // Locked first, then the labels are read: a label that comes meanwhile waits, and marks the run again.
  const runs = await tx.all<{ case_id: string; release: string; workflow: string }>(sql`
    select case_id, release, workflow from shadow_run where to_score and state = 'answered' order by case_id limit ${AT_ONCE} for update skip locked`);
  if (runs.length === 0) return [];
  const ids = [...new Set(runs.map((run) => run.case_id))];
  const labels = await labelsInForce(tx, ids);
  const kinds = [
    ...[...labels.values()].map((id) => `label.${id}`),
    ...new Set(runs.map((run) => `shadow.${run.release}`)),
  ];
  const opened = await openEach(tx, parts.vault, ids, kinds);
  const compared: Compared[] = [];
  for (const { case_id, release, workflow } of runs) {
    const label = labels.get(case_id) ?? null;
    const found = opened.get(case_id);
    const content = found?.ok ? found.content : undefined;
    const answer = content?.get(`shadow.${release}`);
    const output = isJsonObject(answer) ? answer["output"] : undefined;
    const truth = label === null ? undefined : content?.get(`label.${label}`);
    const { error } = (await parts.registry.release(tx, release)).document;
    const verdict = isJsonObject(output) && isJsonObject(truth) ? isWrong(error, output, truth) : undefined;
    compared.push({
      case_id,
      release,
      workflow,
      label,
      wrong: verdict?.wrong ?? null,
      wrong_fields: verdict?.fields ?? null,
    });
  }
  await tx.run(sql`
    update shadow_run s set to_score = false, label = c.label, wrong = c.wrong, wrong_fields = c.wrong_fields
    from json_populate_recordset(null::shadow_run, ${rows(compared)}::json) c where s.case_id = c.case_id and s.release = c.release`);
  return compared;
}

/**
 * The label that speaks for each case: of those in force the one that a coin asked for before all others (the cold one,
 * which nothing swayed, first), else the newest. A planted case says nothing about its case, and feedback from outside
 * seldom says what would have been right.
 */
async function labelsInForce(tx: Tx, ids: string[]): Promise<Map<string, string>> {
  const found = await tx.all<{ case_id: string; id: string }>(sql`
    select distinct on (case_id) case_id, id from label
    where case_id = any(${ids}) and superseded_by is null and withdrawn_at is null and not drill and source not in ('planted', 'feedback')
    order by case_id, (source = 'cold') desc, (source = 'qa') desc, id desc`);
  return new Map(found.map((row) => [row.case_id, row.id]));
}
