/**
 * A correction after delivery: a linked record with a delivery and keys of its own, never a change of what was decided.
 *
 * The case goes once more from `decided`, with its undo window, over `delivering` to `delivered`; targets get the new
 * answer under `<old key>.c<number>`. What stood before stays with the record, and comes back when the correction is
 * taken back in time. Counts as rework; its label takes nothing from the others. Where an answer takes several people
 * (four-eyes.ts), so does its correction: it waits as proposed until another person approves it
 * (corrections-waiting.ts) or sends the same.
 */
import { keysOf, readContent, sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import type { ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { checkValue } from "../connectors/feed/json.ts";
import { samePerson } from "../access/standing.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { Reason, ReviewReason } from "../contract/states.ts";
import { diffFields, isWrong } from "../definition/error-rule.ts";
import { sameJson } from "../definition/path.ts";
import type { Tx } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import { holdsBlind } from "./blind-store.ts";
import { takesSeveral } from "./four-eyes.ts";
import { labelOf, type Judged } from "./label.ts";
import {
  endProposal,
  insertProposal,
  proposalKind,
  stoodBehind,
  waitingOn,
  type Proposal,
} from "./proposal-store.ts";
import { notThere } from "./late.ts";
import { insertLabels } from "./store.ts";
import type { UndoneState } from "./undo.ts";
import { schemaFor, type Reviewer, type ReviewParts } from "./verdict.ts";

export interface CorrectionGiven {
  output: JsonObject;
  reason: ReviewReason;
  text: string | undefined;
}

export interface CorrectionMade {
  caseId: string;
  correction: number;
  undoUntil: number;
  differs: string[];
}

/** What the program before this one kept of a correction that waits: content alone, without a row. */
interface OlderProposal {
  person: string;
  /** Missing in what was sent before people were told apart by it. */
  stands?: string;
  output: JsonObject;
}
const OLDER = "correction.proposed";

export async function correct(
  parts: ReviewParts,
  caseId: string,
  given: CorrectionGiven,
  reviewer: Reviewer,
): Promise<CorrectionMade> {
  const answer = await parts.database.transaction(async (tx) => {
    const open = await openForCorrection(parts, tx, caseId, reviewer, [OLDER]);
    const { before, release, view, content } = open;
    demandFit(release.checkOutput, given, reviewer);
    const differs = diffFields(before, given.output);
    if (differs.length === 0)
      throw new PilotageError("bad_output", `That is what was delivered for ${caseId}; nothing was changed.`);
    const fourEyes = view.document.fourEyes;
    const several =
      fourEyes && takesSeveral(fourEyes, release, content.get("input") as JsonObject, given.output);
    const older = content.get(OLDER) as unknown as OlderProposal | undefined;
    if (
      !several ||
      (older &&
        sameJson(older.output, given.output) &&
        !samePerson(older.stands ?? older.person, reviewer.stands))
    )
      return make(parts, tx, open, { ...given, differs }, reviewer);
    const waiting = await waitingOn(tx, caseId);
    const proposed = waiting && (await proposedOf(tx, open, waiting));
    return waiting && proposed && sameJson(proposed.output, given.output)
      ? second(parts, tx, open, waiting, proposed, reviewer)
      : propose(parts, tx, open, { ...given, differs, waiting }, reviewer);
  });
  if (answer instanceof PilotageError) throw answer;
  return answer;
}

/** A delivered case that is held for its correction, with what was delivered. */
export interface OpenForCorrection {
  case_: CorrectedCase;
  view: WorkflowView;
  release: ReleaseView;
  key: ContentKey;
  content: Map<string, JsonValue>;
  before: JsonObject;
}

export async function openForCorrection(
  parts: ReviewParts,
  tx: Tx,
  caseId: string,
  reviewer: Reviewer,
  kinds: string[] = [],
): Promise<OpenForCorrection> {
  const case_ = await lockCase(tx, caseId);
  if (case_.state !== "delivered" && case_.state !== "failed_delivery")
    throw notCorrectable(caseId, case_.state);
  // Who looks at it blind must not learn that it was delivered.
  if (await holdsBlind(tx, caseId, reviewer.holder)) throw notCorrectable(caseId, "in_review");
  const view = await parts.registry.workflow(tx, case_.workflow);
  const release = await schemaFor(parts, case_, tx);
  const keys = await keysOf(tx, parts.vault, [caseId]);
  const key = keys.get(caseId);
  if (!key) throw notCorrectable(caseId, "erased");
  const content = (await readContent(tx, keys, ["input", "output", "final", ...kinds])).get(caseId)!;
  return {
    case_,
    view,
    release,
    key,
    content,
    before: (content.get("final") ?? content.get("output")) as JsonObject,
  };
}

/** What a proposal says: sealed with its case. */
export interface Proposed {
  before: JsonObject;
  output: JsonObject;
  text?: string;
}

export async function proposedOf(
  tx: Tx,
  { case_, key }: OpenForCorrection,
  { no }: { no: number },
): Promise<Proposed | undefined> {
  const kind = proposalKind(no);
  const found = await readContent(tx, new Map([[case_.case_id, key]]), [kind]);
  return found.get(case_.case_id)!.get(kind) as unknown as Proposed | undefined;
}

async function propose(
  parts: ReviewParts,
  tx: Tx,
  { case_, view, key, before }: OpenForCorrection,
  given: CorrectionGiven & { differs: string[]; waiting: Proposal | undefined },
  reviewer: Reviewer,
): Promise<PilotageError> {
  const now = parts.clock.now();
  const { case_id: caseId, workflow } = case_;
  if (given.waiting)
    await endProposal(tx, { caseId, no: given.waiting.no, state: "replaced", by: reviewer, now });
  const no = await insertProposal(tx, {
    case_id: caseId,
    workflow,
    person: reviewer.name,
    stands: reviewer.stands,
    simulated: reviewer.simulated,
    reason: given.reason,
    fields: given.differs,
    behind: [reviewer.stands],
    now,
  });
  const said: Proposed = {
    before,
    output: given.output,
    ...(given.text === undefined ? {} : { text: given.text }),
  };
  const kind = proposalKind(no);
  await tx.run(sql`delete from case_content where case_id = ${caseId} and kind = ${OLDER}`);
  await insertContent(tx, [
    { case_id: caseId, kind, sealed: sealJson(key, kind, said as unknown as JsonObject) },
  ]);
  recordProposed(parts, tx, {
    case_,
    reviewer,
    no,
    reason: given.reason,
    fields: given.differs,
    behind: 1,
    of: view.document.fourEyes?.people ?? 2,
  });
  return secondNeeded(caseId);
}

/** Another person stands behind it: it is made, or waits for one more. Their own it is not. */
export async function second(
  parts: ReviewParts,
  tx: Tx,
  open: OpenForCorrection,
  waiting: Proposal,
  proposed: Proposed,
  reviewer: Reviewer,
): Promise<CorrectionMade | PilotageError> {
  const { case_, view } = open;
  if (waiting.behind.some((one) => samePerson(one, reviewer.stands))) return secondNeeded(case_.case_id);
  const behind = [...waiting.behind, reviewer.stands];
  const of = view.document.fourEyes?.people ?? 2;
  const { no, reason, fields } = waiting;
  if (behind.length < of) {
    await stoodBehind(tx, case_.case_id, no, behind);
    recordProposed(parts, tx, { case_, reviewer, no, reason, fields, behind: behind.length, of });
    return secondNeeded(case_.case_id);
  }
  const differs = diffFields(open.before, proposed.output);
  return make(
    parts,
    tx,
    open,
    { output: proposed.output, reason, text: proposed.text, differs },
    reviewer,
    no,
  );
}

function recordProposed(
  { audit }: ReviewParts,
  tx: Tx,
  one: {
    case_: CorrectedCase;
    reviewer: Reviewer;
    no: number;
    reason: ReviewReason;
    fields: string[];
    behind: number;
    of: number;
  },
): void {
  const { case_, reviewer, no, reason, fields, behind, of } = one;
  audit.record(tx, [
    {
      kind: "case.correction_proposed",
      actor: reviewer.actor,
      workflow: case_.workflow,
      caseId: case_.case_id,
      data: { proposal: no, reason, edited: fields, simulated: reviewer.simulated, people: behind, of },
    },
  ]);
}

function secondNeeded(caseId: string): PilotageError {
  return new PilotageError(
    "second_person_needed",
    `The correction of ${caseId} takes another person. It is kept, and goes out when somebody else approves it, or sends the same.`,
    { hint: "It stands in your colleagues' inbox." },
  );
}

/** Writes the correction; `proposal` is the one that it comes from. Whatever else waited is replaced by it. */
async function make(
  parts: ReviewParts,
  tx: Tx,
  { case_, view, release, key, content, before }: OpenForCorrection,
  given: CorrectionGiven & { differs: string[] },
  reviewer: Reviewer,
  proposal?: number,
): Promise<CorrectionMade> {
  const { case_id: caseId } = case_;
  const { differs } = given;
  const now = parts.clock.now();
  const no = case_.corrections + 1;
  const undoUntil = now + view.document.undo;
  const label = parts.newId("label");
  const modelOutput = content.get("output") as JsonObject | undefined;
  const seal = (kind: string, value: JsonObject | string) => ({
    case_id: caseId,
    kind,
    sealed: sealJson(key, kind, value),
  });
  await tx.run(sql`delete from case_content where case_id = ${caseId} and kind = ${OLDER}`);
  await insertContent(tx, [
    seal("final", given.output),
    seal(`before.${no}`, before),
    seal(`correction.${no}`, {
      output: given.output,
      ...(given.text === undefined ? {} : { text: given.text }),
    }),
    seal(`label.${label}`, given.output),
  ]);
  await tx.run(sql`
    insert into correction (case_id, no, workflow, state, person, stands, holder, simulated, reason, fields, made_at, before_state, before_verdict, before_delivered_at, had_final, replaced, label)
    values (${caseId}, ${no}, ${case_.workflow}, 'made', ${reviewer.name}, ${reviewer.stands}, ${reviewer.holder}, ${reviewer.simulated}, ${given.reason}, ${differs}, ${time(now)},
      ${case_.state}, ${case_.verdict}, ${case_.delivered_at === null ? null : time(case_.delivered_at)}, ${content.has("final")},
      coalesce((select jsonb_agg(jsonb_build_object('target', target, 'key', key, 'sentAt', sent_at) order by target) from delivery where case_id = ${caseId}), '[]'), ${label})`);
  await tx.run(sql`
    update case_ set state = 'decided', verdict = 'edit', delivered_at = null, corrections = ${no}, next_at = ${time(undoUntil)} where id = ${caseId}`);
  const waiting = await waitingOn(tx, caseId);
  if (waiting) {
    const end =
      waiting.no === proposal
        ? ({ state: "made", correction: no } as const)
        : ({ state: "replaced" } as const);
    await endProposal(tx, { caseId, no: waiting.no, by: reviewer, now, ...end });
  }
  const wrong = modelOutput ? isWrong(release.document.error, modelOutput, given.output) : undefined;
  const judgement = {
    ...labelOf({ id: label, review: case_, wrong, seen: modelOutput !== undefined, reviewer, now }),
    source: "correction",
    asked_for: "correction",
    probability: null,
  } as const;
  await insertLabels(tx, [judgement]);
  tx.afterCommit(() => parts.labelled?.([judgement]));
  parts.audit.record(tx, [
    {
      kind: "case.corrected",
      actor: reviewer.actor,
      workflow: case_.workflow,
      caseId,
      data: {
        correction: no,
        reason: given.reason,
        edited: differs,
        simulated: reviewer.simulated,
        ...(proposal === undefined ? {} : { proposal }),
      },
    },
  ]);
  return { caseId, correction: no, undoUntil, differs };
}

export interface CorrectedCase extends Judged {
  state: string;
  verdict: string;
  delivered_at: number | null;
  corrections: number;
}

async function lockCase(tx: Tx, caseId: string): Promise<CorrectedCase> {
  const found = await tx.maybe<CorrectedCase & { reasons: Reason[] }>(sql`
    select c.id as case_id, c.workflow, c.release, c.arm, c.cold, c.cold_probability, c.qa, c.qa_probability, c.drill, c.state, c.verdict, c.delivered_at, c.corrections,
      d.step, d.confidence, coalesce(d.reasons, '[]') as reasons
    from case_ c left join decision d on d.case_id = c.id where c.id = ${caseId} for update of c`);
  if (!found) throw notThere(caseId);
  return found;
}

function demandFit(
  check: (value: JsonObject) => { path: string; message: string }[],
  { output, reason, text }: CorrectionGiven,
  { saysWhy }: Reviewer,
): void {
  if (saysWhy && reason === "other" && text === undefined)
    throw new PilotageError("bad_request", "The reason `other` needs a few words; nothing was changed.", {
      hint: "Say in `text` what it was.",
    });
  if (checkValue(output) !== undefined)
    throw new PilotageError(
      "bad_output",
      "The answer holds text that cannot be stored; nothing was changed.",
    );
  const problems = check(output);
  if (problems.length > 0)
    throw new PilotageError(
      "bad_output",
      `The answer breaks the output schema: ${problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ")}. Nothing was changed.`,
      { details: problems },
    );
}

function notCorrectable(caseId: string, state: string): PilotageError {
  return new PilotageError(
    "wrong_state",
    `The case ${caseId} is ${state}; only what was delivered can be corrected. Nothing was changed.`,
    state === "in_review" ? { hint: "Take it for review and decide it." } : {},
  );
}

/** Takes the own newest correction back: the case is delivered as it was. The caller holds the case, and its window is open. */
export async function undoCorrection(
  parts: ReviewParts,
  tx: Tx,
  caseId: string,
  reviewer: Reviewer,
): Promise<UndoneState | undefined> {
  const found = await tx.maybe<{
    no: number;
    workflow: string;
    before_state: "delivered" | "failed_delivery";
    before_verdict: string;
    before_delivered_at: number | null;
    had_final: boolean;
    label: string;
  }>(sql`
    update correction set state = 'undone' where case_id = ${caseId} and state = 'made' and holder = ${reviewer.holder}
      and no = (select max(no) from correction where case_id = ${caseId})
    returning no, workflow, before_state, before_verdict, before_delivered_at, had_final, label`);
  if (!found) return undefined;
  const now = parts.clock.now();
  const keys = await keysOf(tx, parts.vault, [caseId]);
  const kind = `before.${found.no}`;
  const before = (await readContent(tx, keys, [kind])).get(caseId)?.get(kind);
  await tx.run(sql`delete from case_content where case_id = ${caseId} and kind = 'final'`);
  if (found.had_final && before !== undefined)
    await insertContent(tx, [
      { case_id: caseId, kind: "final", sealed: sealJson(keys.get(caseId)!, "final", before) },
    ]);
  await tx.run(sql`
    update case_ set state = ${found.before_state}, verdict = ${found.before_verdict}, next_at = null,
      delivered_at = ${found.before_delivered_at === null ? null : time(found.before_delivered_at)} where id = ${caseId}`);
  await tx.run(
    sql`update label set withdrawn_at = ${time(now)} where case_id = ${caseId} and id = ${found.label}`,
  );
  parts.audit.record(tx, [
    {
      kind: "case.correction_undone",
      actor: reviewer.actor,
      workflow: found.workflow,
      caseId,
      data: { correction: found.no },
    },
  ]);
  return found.before_state;
}
