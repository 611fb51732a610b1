/** What screens and programs read about cases: one case with its history, counts; lists are in search.ts. Never changes anything. */
import { isoTime } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { SHADOW_STATES } from "../contract/shadow.ts";
import type { Vault } from "../platform/secrets.ts";
import { keysOf, readContent } from "./content.ts";
import { costOfCase, shownCost } from "./cost.ts";
import { shownReasons, stageOf, type Stage } from "./decision/shown.ts";

export interface SummaryRow {
  id: string;
  workflow: string;
  state: string;
  arm: string;
  release: string;
  source: string;
  external_id: string;
  facets: JsonObject;
  received_at: number;
  due_at: number | null;
  decided_at: number | null;
  delivered_at: number | null;
  verdict: string | null;
  cold: boolean;
  drill: boolean;
}

export const SUMMARY = sql`id, workflow, state, arm, release, source, external_id, facets, received_at, due_at, decided_at, delivered_at, verdict, cold, drill`;

export function maybeIso(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

/** A cold case's output, and what follows from it, is shown after the verdict. */
export function outputHidden(row: { cold: boolean; verdict: string | null }): boolean {
  return row.cold && row.verdict === null;
}

export function summary(row: SummaryRow) {
  return {
    id: row.id,
    workflow: row.workflow,
    state: row.state as never,
    arm: row.arm,
    release: row.release,
    source: row.source,
    externalId: row.external_id,
    facets: outputHidden(row) ? inputFacets(row.facets) : row.facets,
    receivedAt: isoTime(row.received_at),
    dueAt: maybeIso(row.due_at),
    decidedAt: maybeIso(row.decided_at),
    deliveredAt: maybeIso(row.delivered_at),
    verdict: row.verdict,
    drill: row.drill,
  };
}

export type CaseSummary = ReturnType<typeof summary>;

/** Cases per state, of one workflow or of each. Rehearsals are left out. */
export async function countStates(
  database: Queryable,
  workflow?: string,
): Promise<Map<string, Record<string, number>>> {
  const found = await database.all<{ workflow: string; state: string; cases: number }>(sql`
    select workflow, state, count(*)::int as cases from case_
    where not drill and (${workflow ?? null}::text is null or workflow = ${workflow ?? null}) group by workflow, state`);
  const counts = new Map<string, Record<string, number>>();
  for (const row of found) counts.set(row.workflow, { ...counts.get(row.workflow), [row.state]: row.cases });
  return counts;
}

/** Of a planted case, too: its id is a case's for whoever has it. */
export async function workflowOf(database: Queryable, caseId: string): Promise<string | undefined> {
  const found = await database.maybe<{ workflow: string }>(sql`
    select workflow from case_ where id = ${caseId}
    union all select workflow from planted where id = ${caseId}`);
  return found?.workflow;
}

/** One case with everything that is kept about it in clear. */
export async function readCase(database: Queryable, id: string) {
  const row = await database.maybe<
    SummaryRow & { share: number; autonomy_coin: number; qa: boolean; team: string | null }
  >(sql`select ${SUMMARY}, share, autonomy_coin, qa, team from case_ where id = ${id}`);
  if (!row) return undefined;
  const [decision, attempts, reviews, deliveries, labels, shadow, attachments, history] = await Promise.all([
    database.maybe<{
      outcome: string;
      reasons: { code: string; detail?: string }[];
      confidence: number | null;
      threshold: number | null;
      certificate: string | null;
      step: number | null;
      decided_at: number;
    }>(
      sql`select outcome, reasons, confidence, threshold, certificate, step, decided_at from decision where case_id = ${id}`,
    ),
    database.all<{
      no: number;
      step: number;
      purpose: string;
      state: string;
      model_asked: string;
      model_answered: string | null;
      error: string | null;
      confidence: number | null;
      milliseconds: number | null;
      started_at: number;
      input_tokens: number | null;
      output_tokens: number | null;
      cost: string | null;
      currency: string | null;
      cost_estimated: boolean | null;
    }>(
      sql`select no, step, purpose, state, model_asked, model_answered, error, confidence, milliseconds, started_at,
        input_tokens, output_tokens, cost::text as cost, currency, cost_estimated from attempt where case_id = ${id} order by no`,
    ),
    database.all<{
      no: number;
      state: string;
      person: string | null;
      simulated: boolean;
      verdict: string | null;
      reason: string | null;
      fields: string[] | null;
      decided_at: number | null;
    }>(
      sql`select no, state, person, simulated, verdict, reason, fields, decided_at from review where case_id = ${id} order by no`,
    ),
    database.all<{
      target: string;
      key: string;
      state: string;
      tries: number;
      sent_at: number | null;
      error: string | null;
    }>(
      sql`select target, key, state, tries, sent_at, error from delivery where case_id = ${id} order by target`,
    ),
    database.all<{
      id: string;
      source: string;
      asked_for: string;
      probability: number | null;
      seen: boolean;
      wrong: boolean | null;
      wrong_fields: string[] | null;
      person: string;
      simulated: boolean;
      superseded_by: string | null;
      withdrawn_at: number | null;
      labelled_at: number;
    }>(
      sql`select id, source, asked_for, probability, seen, wrong, wrong_fields, person, simulated, superseded_by, withdrawn_at, labelled_at from label where case_id = ${id} order by id`,
    ),
    database.all<{
      release: string;
      state: (typeof SHADOW_STATES)[number];
      confidence: number | null;
      wrong: boolean | null;
    }>(sql`select release, state, confidence, wrong from shadow_run where case_id = ${id} order by release`),
    database.all<{ no: number; media_type: string; size: number }>(
      sql`select no, media_type, size from attachment where case_id = ${id} order by no`,
    ),
    database.all<{ id: string; kind: string; at: number; body: string }>(
      sql`select id, kind, at, body from audit_event where case_id = ${id} order by id limit 500`,
    ),
  ]);
  const stage = stageOf(row);
  const hidden = outputHidden(row);
  return {
    ...summary(row),
    share: row.share,
    // While a person may still decide, or undo and decide again, nothing tells that the quality coin chose the case:
    // not by itself, and not because every other reason for a review can be ruled out.
    autonomyCoin: stage.mayRedo ? null : row.autonomy_coin,
    qa: stage.mayRedo ? null : row.qa,
    cold: row.cold,
    team: row.team,
    decision: decision
      ? {
          outcome: decision.outcome,
          reasons: shownReasons(decision.reasons, stage),
          confidence: hidden ? null : decision.confidence,
          threshold: stage.mayRedo ? null : decision.threshold,
          certificate: stage.mayRedo ? null : decision.certificate,
          step: decision.step,
          at: isoTime(decision.decided_at),
        }
      : null,
    attempts: attempts.map((one) => ({
      no: one.no,
      step: one.step,
      purpose: one.purpose,
      state: one.state,
      modelAsked: one.model_asked,
      modelAnswered: one.model_answered,
      error: one.error,
      confidence: hidden ? null : one.confidence,
      milliseconds: one.milliseconds,
      startedAt: isoTime(one.started_at),
      inputTokens: one.input_tokens,
      outputTokens: one.output_tokens,
      cost: shownCost(one),
    })),
    cost: costOfCase(attempts),
    reviews: reviews.map((one) => ({
      no: one.no,
      state: one.state,
      person: one.person,
      simulated: one.simulated,
      verdict: one.verdict,
      reason: one.reason,
      fields: hidden ? null : one.fields,
      decidedAt: maybeIso(one.decided_at),
    })),
    deliveries: deliveries.map((one) => ({
      target: one.target,
      key: one.key,
      state: one.state,
      tries: one.tries,
      sentAt: maybeIso(one.sent_at),
      error: one.error,
    })),
    // A label would tell which coin asked for it, and whether the output was wrong.
    labels: (stage.mayRedo ? [] : labels).map((one) => ({
      id: one.id,
      source: one.source,
      askedFor: one.asked_for,
      probability: one.probability,
      seen: one.seen,
      wrong: one.wrong,
      wrongFields: one.wrong_fields,
      person: one.person,
      simulated: one.simulated,
      superseded: one.superseded_by !== null,
      withdrawnAt: maybeIso(one.withdrawn_at),
      at: isoTime(one.labelled_at),
    })),
    // What a release in shadow said sways nobody: not before the verdict, nor while it can be taken back.
    shadow: stage.mayRedo ? [] : shadow,
    attachments: attachments.map((one) => ({ no: one.no, mediaType: one.media_type, size: one.size })),
    history: history
      .filter((one) => !(stage.mayRedo && one.kind.startsWith("shadow.")))
      .map((one) => eventOf(one, stage)),
    content: null,
  };
}

function eventOf(row: { id: string; kind: string; at: number; body: string }, stage: Stage) {
  const { actor, data } = JSON.parse(row.body) as { actor: JsonObject; data?: JsonObject };
  return { id: row.id, kind: row.kind, at: isoTime(row.at), actor, data: shownEventData(data, stage) };
}

/** What an audit event says, as it may be shown: what would sway or tell a reviewer is left out as long as it could. */
export function shownEventData(data: JsonObject | undefined, stage: Stage): JsonObject {
  const shown = { ...data };
  if (!stage.mayRedo) return shown;
  for (const hidden of ["qa", "qaProbability", "certificate"]) delete shown[hidden];
  const codes = shown["reasons"] as string[] | undefined;
  if (codes)
    shown["reasons"] = shownReasons(
      codes.map((code) => ({ code })),
      stage,
    ).map((one) => one.code);
  if (stage.awaitsVerdict && stage.cold) for (const hidden of ["confidence", "edited"]) delete shown[hidden];
  return shown;
}

/** The output's facets would tell what a cold case's model said. */
function inputFacets(facets: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(facets).filter(([name]) => name.startsWith("input.")));
}

export interface CaseContent {
  input: JsonValue;
  output: JsonValue;
  final: JsonValue;
  /** Answers of people whose lease had ended, or who came second. */
  late: { lease: string; answer: JsonValue }[];
  /** Why attempts brought no answer, in the words of whoever refused: they may quote the case, so they are content. */
  failures: { attempt: number; message: string }[];
  /** What releases in shadow said; empty as long as it could sway a verdict. */
  shadow: { release: string; output: JsonValue }[];
  withheld: boolean;
}

/**
 * What a case holds. A cold case's output is withheld until its verdict; what was said in shadow until no verdict can be
 * given or taken back any more.
 */
export async function readCaseContent(
  database: Queryable,
  vault: Vault,
  id: string,
  { state, cold, verdict }: { state: string; cold: boolean; verdict: string | null },
): Promise<CaseContent | undefined> {
  const withheld = outputHidden({ cold, verdict });
  const mayShow = !stageOf({ state, cold, verdict }).mayRedo;
  const keys = await keysOf(database, vault, [id]);
  const kept = await database.all<{ kind: string }>(
    sql`select kind from case_content where case_id = ${id} and (kind like 'late.%' or kind like 'reply.%' or (${mayShow} and kind like 'shadow.%')) order by kind`,
  );
  const kinds = kept.map((row) => row.kind);
  const lateKinds = kinds.filter((kind) => kind.startsWith("late."));
  const content = (await readContent(database, keys, ["input", "output", "final", ...kinds])).get(id);
  if (!content) return undefined;
  return {
    input: content.get("input") ?? null,
    output: withheld ? null : (content.get("output") ?? null),
    final: content.get("final") ?? null,
    late: lateKinds.map((kind) => ({ lease: kind.slice("late.".length), answer: content.get(kind) ?? null })),
    failures: kinds.flatMap((kind) => {
      const reply = kind.startsWith("reply.") ? content.get(kind) : undefined;
      const message = isJsonObject(reply) ? reply["failure"] : undefined;
      return typeof message === "string" ? [{ attempt: Number(kind.slice("reply.".length)), message }] : [];
    }),
    shadow: kinds.flatMap((kind) => {
      const said = kind.startsWith("shadow.") ? content.get(kind) : undefined;
      return isJsonObject(said) && said["output"] !== undefined
        ? [{ release: kind.slice("shadow.".length), output: said["output"] }]
        : [];
    }),
    withheld,
  };
}
