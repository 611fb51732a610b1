/**
 * The items of a finished evaluation run with their truth and all their answers, as every figure, comparison and gate reads them.
 *
 * In groups and in their order, so that memory stays flat for large sets. Items that the release was trained with measure nothing, and
 * items whose key was destroyed can be read by nobody: both are left out and counted. Measuring is in measure.ts, pure.
 */
import { openJson } from "../cases/content.ts";
import type { Registry, ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { facetsOf, type FacetValue } from "../definition/facets.ts";
import type { Cost } from "../models/prices.ts";
import type { Queryable } from "../platform/database.ts";
import type { ContentKey, Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import { itemOwner } from "./evaluation-set.ts";
import { readRun, type RunRow } from "./run-row.ts";

export interface RunAnswer {
  /** Null: the model answered, but nothing that the output schema allows. Undefined: no answer came back. */
  answer: JsonObject | null | undefined;
  milliseconds: number;
  /** Undefined: unknown. */
  cost: Cost | undefined;
  confidence: number | undefined;
}

export interface RunItem {
  no: number;
  /** Thread or case: what is drawn again together. */
  group: string;
  truth: JsonObject;
  /** As a case has them, `input.<path>` and `output.<path>`; those of the output are of the truth, since a slice must not follow from the answer. */
  facets: Readonly<Record<string, FacetValue>>;
  /** One per repeat, in their order; fewer where the run was cut short. */
  answers: RunAnswer[];
  /** What judging models said of the (first) answer, by the judge's name. */
  judged?: Readonly<Record<string, boolean>>;
}

export interface LeftOut {
  /** Items that the release was trained with. */
  trained: number;
  /** Items whose key was destroyed. */
  destroyed: number;
}

export interface RunItemParts {
  database: Queryable;
  registry: Registry;
  vault: Pick<Vault, "openKey">;
}

const GROUP = 200;

/** Groups of items of a finished run; what was left out is the generator's result. Throws `not_found`, and `wrong_state` for a run that is not done. */
export async function* readRunItems(parts: RunItemParts, run: string): AsyncGenerator<RunItem[], LeftOut> {
  const row = await readRun(parts.database, run);
  if (row.state !== "done")
    throw new PilotageError("wrong_state", `The evaluation ${run} is ${row.state}: it has no whole answer.`, {
      hint: "Wait until it is done, or evaluate again where it was given up.",
    });
  return yield* itemsSoFar(parts, row);
}

/** All of them at once, for what needs the whole: a comparison, a gate. */
export async function wholeRun(
  parts: RunItemParts,
  run: string,
): Promise<{ items: RunItem[]; leftOut: LeftOut }> {
  const items: RunItem[] = [];
  const groups = readRunItems(parts, run);
  for (;;) {
    const next = await groups.next();
    if (next.done) return { items, leftOut: next.value };
    items.push(...next.value);
  }
}

/** The same for a run in any state: what was answered so far. */
export async function* itemsSoFar(
  parts: RunItemParts,
  { id, set_id: set, release: releaseId }: Pick<RunRow, "id" | "set_id" | "release">,
): AsyncGenerator<RunItem[], LeftOut> {
  const release = await parts.registry.release(parts.database, releaseId);
  const leftOut = { trained: 0, destroyed: 0 };
  for (let after = 0; ;) {
    const rows = await nextRows(parts.database, { id, set }, after);
    if (rows.length === 0) return leftOut;
    after = rows.at(-1)!.no;
    const items: RunItem[] = [];
    for (const row of rows) {
      if (row.state === "left_out") {
        leftOut.trained++;
        continue;
      }
      const item = openRow(parts, release, { id, set }, row);
      if (item) items.push(item);
      else leftOut.destroyed++;
    }
    if (items.length > 0) yield items;
  }
}

interface AnswerRow {
  state: "answered" | "failed";
  error: string | null;
  confidence: number | null;
  milliseconds: number | null;
  cost: string | null;
  currency: string | null;
  estimated: boolean | null;
  sealed: Uint8Array | null;
}

interface ItemRow extends Omit<AnswerRow, "state"> {
  no: number;
  state: AnswerRow["state"] | "left_out";
  /** Null where the item is gone. */
  wrapped: Uint8Array | null;
  item: Uint8Array | null;
  /** Of the case that the item was made of. */
  thread: string | null;
  case_id: string | null;
  /** By judge. */
  judged: Record<string, boolean> | null;
  /** Its answers beyond the first. */
  repeats: (AnswerRow & { no: number; repeat: number })[];
}

interface Which {
  id: string;
  set: string;
}

async function nextRows(database: Queryable, { id, set }: Which, after: number): Promise<ItemRow[]> {
  const rows = await database.all<ItemRow>(sql`
    select s.no, s.state, s.error, s.confidence, s.milliseconds, s.cost::text as cost, s.currency, s.cost_estimated as estimated, s.sealed,
      i.wrapped, i.sealed as item, i.case_id, c.thread,
      (select jsonb_object_agg(j.judge, j.verdict) from evaluation_judgement j
        where j.run_id = ${id} and j.no = s.no and j.about = 'run' and j.verdict is not null) as judged
    from evaluation_score s left join evaluation_item i on i.set_id = ${set} and i.no = s.no left join case_ c on c.id = i.case_id
    where s.run_id = ${id} and s.no > ${after} order by s.no limit ${GROUP}`);
  const repeats =
    rows.length === 0
      ? []
      : await database.all<ItemRow["repeats"][number]>(sql`
          select no, repeat, state, error, confidence, milliseconds, cost::text as cost, currency, cost_estimated as estimated, sealed
          from evaluation_repeat where run_id = ${id} and no between ${rows[0]!.no} and ${rows.at(-1)!.no} order by no, repeat`);
  const byNo = Map.groupBy(repeats, ({ no }) => no);
  for (const row of rows) row.repeats = byNo.get(row.no) ?? [];
  return rows;
}

/** Undefined where the key does not open it any more, or the item is gone. */
function openRow(
  { vault }: RunItemParts,
  release: ReleaseView,
  { id, set }: Which,
  row: ItemRow,
): RunItem | undefined {
  if (row.wrapped === null || row.item === null) return undefined;
  let key: ContentKey;
  let content: { input: JsonObject; output: JsonObject };
  try {
    key = vault.openKey(itemOwner(set, row.no), row.wrapped);
    content = openJson(key, "item", row.item) as typeof content;
  } catch {
    return undefined;
  }
  const first = row as AnswerRow;
  const answers = [
    openAnswer(key, outputKind(id, 1), first),
    ...row.repeats.map((one) => openAnswer(key, outputKind(id, one.repeat), one)),
  ];
  const { input, output: truth } = content;
  return {
    no: row.no,
    group: row.thread ?? row.case_id ?? String(row.no),
    truth,
    facets: facetsOf(release.document, input, truth),
    answers,
    ...(row.judged && { judged: row.judged }),
  };
}

/** The cases that items of a set were made of, by the number of the item. */
export async function casesBehind(
  database: Queryable,
  set: string,
  items: readonly number[],
): Promise<Map<number, string>> {
  if (items.length === 0) return new Map();
  const found = await database.all<{ no: number; case_id: string }>(
    sql`select no, case_id from evaluation_item where set_id = ${set} and no = any(${[...items]}::int[]) and case_id is not null`,
  );
  return new Map(found.map(({ no, case_id }) => [no, case_id]));
}

/** Under which name an answer to an item is sealed; the first one as before there were more. */
export function outputKind(run: string, repeat: number): string {
  return repeat === 1 ? `output.${run}` : `output.${run}.${repeat}`;
}

function openAnswer(key: ContentKey, kind: string, row: AnswerRow): RunAnswer {
  const { cost, currency, estimated } = row;
  return {
    answer: answerOf(key, kind, row),
    milliseconds: row.milliseconds ?? 0,
    cost:
      cost === null || currency === null
        ? undefined
        : { amount: cost, currency, estimated: estimated ?? true, priceDate: undefined },
    confidence: row.confidence ?? undefined,
  };
}

function answerOf(key: ContentKey, kind: string, { state, error, sealed }: AnswerRow): RunAnswer["answer"] {
  if (state === "failed") return error === "model_bad_answer" ? null : undefined;
  return (openJson(key, kind, sealed!) as { output: JsonObject }).output;
}
