/**
 * A person's part of the path: taking a review, seeing what may be seen, giving a verdict, taking it back.
 *
 * Stands between decision and delivery. Guarantees: one live lease per case; a late verdict is refused and its text
 * kept; a cold case's output does not leave the program before the verdict; verdict, label, state and audit event are
 * one transaction. SQL is in reviews/store.ts.
 */
import type { Audit } from "../audit/record.ts";
import { attachmentName, keysOf, readContent, sealJson } from "../cases/content.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import { insertContent } from "../cases/model/record.ts";
import type { Registry, ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { checkValue } from "../connectors/feed/json.ts";
import { PilotageError } from "../contract/errors.ts";
import { isId, type CaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Reason, ReviewReason, Verdict } from "../contract/states.ts";
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
  /** The key that was used. */
  key: string;
  actor: Actor;
  /** A program that stands in for a person, and says so wherever its work appears. */
  simulated: boolean;
}

/** A review as a reviewer gets it. */
export interface ReviewTask {
  caseId: CaseId;
  workflow: string;
  lease: string;
  leaseUntil: number;
  dueAt: number | null;
  receivedAt: number;
  source: string;
  externalId: string;
  reasons: Reason[];
  input: JsonObject;
  attachments: { no: number; name: string; mediaType: string; size: number }[];
  /** The model's output; undefined when there is none or it is withheld. */
  output: JsonObject | undefined;
  /** Why there is no output to see. */
  withheld: "cold" | "none" | undefined;
  outputSchema: JsonObject;
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

export interface Reviews {
  claim(workflow: string, reviewer: Reviewer, most: number, leaseSeconds: number): Promise<ReviewTask[]>;
  /** A given case's review, when nobody has it. */
  claimCase(caseId: string, reviewer: Reviewer, leaseSeconds: number): Promise<ReviewTask>;
  release(caseId: string, lease: string, reviewer: Reviewer): Promise<void>;
  decide(caseId: string, verdict: VerdictGiven, reviewer: Reviewer): Promise<VerdictTaken>;
  undo(caseId: string, reviewer: Reviewer): Promise<void>;
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

export function openReviews(parts: ReviewParts): Reviews {
  const { database, registry, clock, newId, audit } = parts;
  const decideTogether = deciding(parts);

  async function tasks(claimed: store.ClaimedReview[]): Promise<ReviewTask[]> {
    if (claimed.length === 0) return [];
    const keys = await keysOf(
      database,
      parts.vault,
      claimed.map((one) => one.case_id),
    );
    const content = await readContent(database, keys, ["input", "output"]);
    const attachments = await store.attachmentsOf(
      database,
      claimed.map((one) => one.case_id),
    );
    const schemas = new Map<string, JsonObject>();
    for (const one of claimed) schemas.set(one.case_id, (await schemaFor(parts, one)).document.output);
    return claimed.flatMap((one): ReviewTask[] => {
      const key = keys.get(one.case_id);
      if (!key) return [];
      const output = content.get(one.case_id)!.get("output") as JsonObject | undefined;
      const withheld = output === undefined ? "none" : one.cold ? "cold" : undefined;
      return [
        {
          caseId: one.case_id,
          workflow: one.workflow,
          lease: one.lease,
          leaseUntil: one.lease_until,
          dueAt: one.due_at,
          receivedAt: one.received_at,
          source: one.source,
          externalId: one.external_id,
          reasons: shownReasons(one.reasons, { awaitsVerdict: true, mayRedo: true, cold: one.cold }),
          input: content.get(one.case_id)!.get("input") as JsonObject,
          attachments: (attachments.get(one.case_id) ?? []).map((file) => ({
            no: file.no,
            name: attachmentName(key, file),
            mediaType: file.media_type,
            size: file.size,
          })),
          output: withheld ? undefined : output,
          withheld,
          outputSchema: schemas.get(one.case_id)!,
        },
      ];
    });
  }

  return {
    async claim(workflow, reviewer, most, leaseSeconds) {
      await registry.workflow(database, workflow);
      const leases = Array.from({ length: most }, () => newId("lease"));
      const claimed = await claimWith(parts, reviewer, (tx, now) =>
        store.claimNext(tx, {
          workflow,
          person: reviewer.name,
          holder: holderOf(reviewer),
          simulated: reviewer.simulated,
          leases,
          now,
          until: now + leaseSeconds * 1000,
        }),
      );
      return tasks(claimed);
    },

    async claimCase(caseId, reviewer, leaseSeconds) {
      const claimed = await claimWith(parts, reviewer, (tx, now) =>
        store.claimOne(tx, {
          caseId,
          person: reviewer.name,
          holder: holderOf(reviewer),
          named: reviewer.actor.kind === "person",
          simulated: reviewer.simulated,
          lease: newId("lease"),
          now,
          until: now + leaseSeconds * 1000,
        }),
      );
      const [task] = await tasks(claimed);
      if (!task) throw await notClaimable(database, caseId);
      return task;
    },

    async release(caseId, lease, reviewer) {
      await database.transaction(async (tx) => {
        const given = await store.giveBack(tx, caseId, lease);
        if (!given)
          throw new PilotageError(
            "lease_lost",
            `You do not have the case ${caseId} any more: your time was over, or it is decided. Nothing was changed.`,
          );
        audit.record(tx, [
          { kind: "review.released", actor: reviewer.actor, workflow: given.workflow, caseId, data: {} },
        ]);
      });
    },

    async decide(caseId, verdict, reviewer) {
      const taken = await parts.group.do(decideTogether, { caseId, verdict, reviewer });
      if (taken instanceof PilotageError) throw taken;
      return taken;
    },

    async undo(caseId, reviewer) {
      const now = clock.now();
      await database.transaction(async (tx) => {
        const undone = await store.undoDecision(tx, { caseId, now, holder: holderOf(reviewer) });
        if (!undone)
          throw new PilotageError(
            "wrong_state",
            `The verdict on ${caseId} cannot be taken back: the undo window is over, or it was somebody else's verdict. Nothing was changed.`,
            { hint: "What is delivered can only be corrected." },
          );
        audit.record(tx, [
          {
            kind: "review.undone",
            actor: reviewer.actor,
            workflow: undone.workflow,
            caseId,
            data: { review: undone.no },
          },
        ]);
      });
    },
  };
}

function holderOf({ key, name }: Reviewer): string {
  return `${key} ${name}`;
}

async function claimWith(
  parts: ReviewParts,
  reviewer: Reviewer,
  take: (tx: Tx, now: number) => Promise<store.ClaimedReview[]>,
): Promise<store.ClaimedReview[]> {
  return parts.database.transaction(async (tx) => {
    const claimed = await take(tx, parts.clock.now());
    parts.audit.record(
      tx,
      claimed.map((one) => ({
        kind: "review.claimed",
        actor: reviewer.actor,
        workflow: one.workflow,
        caseId: one.case_id,
        data: { review: one.no },
      })),
    );
    return claimed;
  });
}

interface Deciding {
  caseId: string;
  verdict: VerdictGiven;
  reviewer: Reviewer;
}

/** Verdicts of many people commit together; each is judged alone, and a refusal is an answer, not a failure. */
function deciding(parts: ReviewParts): Operation<Deciding, VerdictTaken | PilotageError> {
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
    holder: holderOf(reviewer),
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
async function schemaFor(
  parts: ReviewParts,
  review: { workflow: string; release: string },
  database: Tx | Database = parts.database,
): Promise<ReleaseView> {
  if (review.release !== "manual") return parts.registry.release(database, review.release);
  const view: WorkflowView = await parts.registry.workflow(database, review.workflow);
  return parts.registry.reference(database, view.row);
}

/** A verdict without a live lease; `state` when the case no longer waits for one. */
function tooLate(caseId: string, state: string | undefined, kept: boolean): PilotageError {
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

function notThere(caseId: string): PilotageError {
  return new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`);
}

async function notClaimable(database: Database, caseId: string): Promise<PilotageError> {
  const found = await store.reviewed(database, caseId);
  if (!found) return notThere(caseId);
  const { state } = found;
  return new PilotageError(
    "wrong_state",
    `The case ${caseId} is ${state === "in_review" ? "leased already, by you or by somebody else" : state}; it cannot be taken for review now.`,
  );
}
