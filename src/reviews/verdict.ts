/**
 * A verdict: checked against lease, schema and what was shown, and written with its label in one transaction.
 *
 * Stands behind reviews/review.ts, which leases the reviews. Verdicts of many people commit together; each is judged
 * alone, and a late one is refused with its text kept. What the label says is in reviews/label.ts.
 */
import type { Audit } from "../audit/record.ts";
import { keysOf, readContent, sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import type { Registry, ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { checkValue } from "../connectors/feed/json.ts";
import { PilotageError } from "../contract/errors.ts";
import { isId, type CaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { ReviewReason, Verdict } from "../contract/states.ts";
import { diffFields, isWrong } from "../definition/error-rule.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { GroupCommit, Operation } from "../platform/group-commit.ts";
import type { Vault } from "../platform/secrets.ts";
import { labelOf, wrongByRejection } from "./label.ts";
import * as store from "./store.ts";

export interface Reviewer {
  name: string;
  /** What they came with and the name together: a key may be shared, and a person has several sessions. */
  holder: string;
  actor: Actor;
  /** A program that stands in for a person, and says so wherever its work appears. */
  simulated: boolean;
}

export interface VerdictGiven {
  lease: string;
  verdict: Verdict;
  output: JsonObject | undefined;
  reason: ReviewReason | undefined;
}

export interface VerdictTaken {
  caseId: CaseId;
  state: "decided";
  verdict: Verdict;
  undoUntil: number;
  /** The model's output, shown now also for a cold case, and where the person's answer differs from it. */
  modelOutput: JsonObject | undefined;
  differs: string[];
}

/** Late answers of one case that are kept: enough for every colleague who held it, and no store for invented leases. */
const MOST_LATE = 5;

export interface ReviewParts {
  database: Database;
  group: GroupCommit;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}

interface Deciding {
  caseId: string;
  verdict: VerdictGiven;
  reviewer: Reviewer;
}

/** Verdicts of many people commit together; each is judged alone, and a refusal is an answer, not a failure. */
export function deciding(parts: ReviewParts): Operation<Deciding, VerdictTaken | PilotageError> {
  return {
    name: "verdict",
    async run(tx, items) {
      const open = await store.openReviewsOf(
        tx,
        items.map((one) => one.caseId),
      );
      // Of all, not only of those that still wait: a verdict that comes too late has its text kept.
      const keys = await keysOf(
        tx,
        parts.vault,
        items.map((one) => one.caseId),
      );
      const content = await readContent(tx, keys, ["output"]);
      const answers: (VerdictTaken | PilotageError)[] = [];
      const writes = store.newWrites();
      for (const item of items) {
        const review = open.get(item.caseId as CaseId);
        // Taken at most once per transaction: the second verdict of a group finds the review gone.
        const answer = await judge(
          parts,
          tx,
          item,
          review,
          keys,
          content.get(item.caseId)?.get("output") as JsonObject | undefined,
          writes,
        );
        if (!(answer instanceof PilotageError)) open.delete(item.caseId as CaseId);
        answers.push(answer);
      }
      await insertContent(tx, writes.content);
      await store.writeVerdicts(tx, writes);
      return answers;
    },
  };
}

async function judge(
  parts: ReviewParts,
  tx: Tx,
  item: Deciding,
  review: store.OpenReview | undefined,
  keys: Awaited<ReturnType<typeof keysOf>>,
  modelOutput: JsonObject | undefined,
  writes: store.VerdictWrites,
): Promise<VerdictTaken | PilotageError> {
  const { caseId, verdict, reviewer } = item;
  const now = parts.clock.now();
  const key = keys.get(caseId);
  if (!review || !key || review.lease !== verdict.lease || review.lease_until! <= now) {
    const found = await store.reviewed(tx, caseId);
    if (!found) return notThere(caseId);
    const kind = `late.${verdict.lease}`;
    const kept =
      key !== undefined &&
      found.no > 0 &&
      verdict.output !== undefined &&
      isId("lease", verdict.lease) &&
      (await hasRoom(tx, caseId, kind, writes));
    if (kept) writes.content.push({ case_id: caseId, kind, sealed: sealJson(key, kind, verdict.output!) });
    if (found.no > 0)
      parts.audit.record(tx, [
        {
          kind: "review.late",
          actor: reviewer.actor,
          workflow: found.workflow,
          caseId,
          data: { review: found.no, kept },
        },
      ]);
    return tooLate(caseId, review ? undefined : found.state, kept);
  }
  const view = await parts.registry.workflow(tx, review.workflow);
  const release = await schemaFor(parts, review, tx);
  const problem = verdictProblem(verdict, release, review.cold ? undefined : modelOutput);
  if (problem) return problem;

  const final = verdict.verdict === "reject" ? undefined : (verdict.output ?? modelOutput)!;
  const differs = final && modelOutput ? diffFields(modelOutput, final) : [];
  // An edit that changes nothing is an approval, and an approval that changes something is an edit, whatever the sender called it.
  const given: Verdict =
    final === undefined ? "reject" : modelOutput && differs.length === 0 ? "approve" : "edit";
  // After an undo the output of a cold case was shown once: nobody can call the new verdict unswayed.
  const seen = modelOutput !== undefined && (!review.cold || review.no > 1);
  const undoUntil = now + view.document.undo;
  if (final) writes.content.push({ case_id: caseId, kind: "final", sealed: sealJson(key, "final", final) });
  writes.verdicts.push({
    review,
    verdict: given,
    person: reviewer.name,
    holder: reviewer.holder,
    simulated: reviewer.simulated,
    seen,
    reason: verdict.reason,
    fields: differs,
    now,
    undoUntil,
  });
  if (given !== "reject" || modelOutput) {
    const wrong = modelOutput
      ? final
        ? isWrong(release.document.error, modelOutput, final)
        : wrongByRejection(verdict.reason)
      : undefined;
    const id = parts.newId("label");
    writes.labels.push(labelOf({ id, review, wrong, seen, reviewer, now }));
    // The answer belongs to the judgement: `final` goes with an undo, this stays.
    if (final)
      writes.content.push({
        case_id: caseId,
        kind: `label.${id}`,
        sealed: sealJson(key, `label.${id}`, final),
      });
  }
  parts.audit.record(tx, [
    {
      kind: "review.decided",
      actor: reviewer.actor,
      workflow: review.workflow,
      caseId,
      data: {
        review: review.no,
        verdict: given,
        reason: verdict.reason ?? null,
        edited: differs,
        simulated: reviewer.simulated,
        undoUntil: String(undoUntil),
      },
    },
  ]);
  return { caseId: caseId as CaseId, state: "decided", verdict: given, undoUntil, modelOutput, differs };
}

async function hasRoom(tx: Tx, caseId: string, kind: string, writes: store.VerdictWrites): Promise<boolean> {
  const stored = (await store.lateLeasesOf(tx, caseId)).map((lease) => `late.${lease}`);
  const kinds = new Set([
    ...stored,
    ...writes.content
      .filter((one) => one.case_id === caseId && one.kind.startsWith("late."))
      .map((one) => one.kind),
  ]);
  // The first text of a lease stays: whoever learns an old lease cannot write over what a colleague sent.
  return !kinds.has(kind) && kinds.size < MOST_LATE;
}

function verdictProblem(
  verdict: VerdictGiven,
  release: ReleaseView,
  shown: JsonObject | undefined,
): PilotageError | undefined {
  if (verdict.verdict === "reject")
    return verdict.reason
      ? undefined
      : new PilotageError("bad_request", "A rejection needs a reason; nothing was decided.", {
          hint: "Add one of the reason codes.",
        });
  if (verdict.output === undefined) {
    if (verdict.verdict === "approve" && shown) return undefined;
    return new PilotageError(
      "bad_output",
      "The verdict holds no answer, and none was shown that could be approved; nothing was decided.",
      { hint: "Send the whole output with the verdict `edit`." },
    );
  }
  if (!isJsonObject(verdict.output) || checkValue(verdict.output) !== undefined)
    return new PilotageError(
      "bad_output",
      "The answer is not an object with storable text; nothing was decided.",
    );
  const problems = release.checkOutput(verdict.output);
  if (problems.length === 0) return undefined;
  return new PilotageError(
    "bad_output",
    `The answer breaks the output schema: ${problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ")}. Nothing was decided; the lease still holds.`,
    { details: problems },
  );
}

/** The release whose output schema the answer must meet: the case's own, or for a manual case the one in preparation. */
export async function schemaFor(
  parts: ReviewParts,
  review: { workflow: string; release: string },
  database: Tx | Database = parts.database,
): Promise<ReleaseView> {
  if (review.release !== "manual") return parts.registry.release(database, review.release);
  const view: WorkflowView = await parts.registry.workflow(database, review.workflow);
  return parts.registry.reference(database, view.row);
}

/** A verdict without a live lease; `state` when the case no longer waits for one. */
export function tooLate(caseId: string, state: string | undefined, kept: boolean): PilotageError {
  const text = kept ? " The answer that you sent is kept with the case." : "";
  if (state !== undefined && state !== "in_review")
    return new PilotageError(
      "wrong_state",
      `The case ${caseId} is ${state} by now; your verdict was not taken.${text}`,
    );
  return new PilotageError(
    "lease_lost",
    `Your time on ${caseId} was over, or somebody else has it now. Your verdict was not taken.${text}`,
    { hint: "Take the case again if it is still waiting." },
  );
}

export function notThere(caseId: string): PilotageError {
  return new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`);
}
