/**
 * A person's part of the path: taking a review, seeing what may be seen, giving a verdict, taking it back.
 *
 * Stands between decision and delivery. Guarantees: one live lease per case; a late verdict is refused and its text
 * kept; a cold case's output does not leave the program before the verdict; verdict, label, state and audit event are
 * one transaction. SQL is in reviews/store.ts.
 */
import { attachmentName, openEach } from "../cases/content.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import { PilotageError } from "../contract/errors.ts";
import { type CaseId } from "../contract/ids.ts";
import { type JsonObject } from "../contract/json.ts";
import type { DoubtCode, Turn } from "../contract/review-endpoints.ts";
import type { Reason } from "../contract/states.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import type { Database, Tx } from "../platform/database.ts";
import * as store from "./store.ts";
import {
  deciding,
  schemaFor,
  notThere,
  type Reviewer,
  type VerdictGiven,
  type VerdictTaken,
  type ReviewParts,
} from "./verdict.ts";

export type { Reviewer, ReviewParts, VerdictGiven, VerdictTaken } from "./verdict.ts";

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
  team: string | null;
  turn: Turn;
  doubts: Doubt[];
  notes: Note[];
  /** What the first person decided, on a second turn that is not blind. */
  earlier: { output: JsonObject; person: string; verdict: string } | undefined;
  inputSchema: JsonObject;
  suggestions: string[];
  facets: { input: string[]; output: string[] };
  instructions: { de: string | null; en: string | null };
  unit: string;
}

export interface Doubt {
  /** Empty: the whole output. */
  field: string;
  code: DoubtCode;
  detail: string | null;
}

/** What colleagues and the sender said of a case. */
export interface Note {
  kind: "escalated" | "answer" | "question" | "skipped";
  text: string;
  person: string | null;
  at: number;
}

export interface Reviews {
  claim(workflow: string, reviewer: Reviewer, most: number, leaseSeconds: number): Promise<ReviewTask[]>;
  /** A given case's review, when nobody has it. */
  claimCase(caseId: string, reviewer: Reviewer, leaseSeconds: number): Promise<ReviewTask>;
  release(caseId: string, lease: string, reviewer: Reviewer): Promise<void>;
  decide(caseId: string, verdict: VerdictGiven, reviewer: Reviewer): Promise<VerdictTaken>;
  undo(caseId: string, reviewer: Reviewer): Promise<void>;
}

export function openReviews(parts: ReviewParts): Reviews {
  const { database, registry, clock, newId, audit } = parts;
  const decideTogether = deciding(parts);

  async function tasks(claimed: store.ClaimedReview[]): Promise<ReviewTask[]> {
    if (claimed.length === 0) return [];
    const opened = await openEach(
      database,
      parts.vault,
      claimed.map((one) => one.case_id),
      ["input", "output"],
    );
    const attachments = await store.attachmentsOf(
      database,
      claimed.map((one) => one.case_id),
    );
    const releases = new Map<string, ReleaseView>();
    for (const one of claimed) releases.set(one.case_id, await schemaFor(parts, one));
    const workflows = new Map<string, WorkflowDocument>();
    for (const { workflow } of claimed)
      if (!workflows.has(workflow))
        workflows.set(workflow, (await registry.workflow(database, workflow)).document);
    return claimed.flatMap((one): ReviewTask[] => {
      const found = opened.get(one.case_id)!;
      // Nobody can judge what cannot be read; its lease runs out, and the others of the claim are none the worse.
      if (!found.ok) return [];
      const { key, content } = found;
      const output = content.get("output") as JsonObject | undefined;
      const withheld = output === undefined ? "none" : one.cold ? "cold" : undefined;
      const { document } = releases.get(one.case_id)!;
      const { unit, instructions } = workflows.get(one.workflow)!;
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
          input: content.get("input") as JsonObject,
          attachments: (attachments.get(one.case_id) ?? []).map((file) => ({
            no: file.no,
            name: attachmentName(key, file),
            mediaType: file.media_type,
            size: file.size,
          })),
          output: withheld ? undefined : output,
          withheld,
          outputSchema: document.output,
          team: one.team,
          turn: "first",
          doubts: [],
          notes: [],
          earlier: undefined,
          inputSchema: document.input,
          suggestions: document.suggestions,
          facets: document.facets,
          instructions: { de: instructions.de ?? null, en: instructions.en ?? null },
          unit,
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
          holder: reviewer.holder,
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
          holder: reviewer.holder,
          named: reviewer.actor.kind === "person",
          simulated: reviewer.simulated,
          lease: newId("lease"),
          now,
          until: now + leaseSeconds * 1000,
        }),
      );
      const [task] = await tasks(claimed);
      if (task) return task;
      if (claimed.length === 0) throw await notClaimable(database, caseId);
      throw new PilotageError(
        "internal",
        `The content of ${caseId} does not open: it was damaged, or its key is gone. Nobody can decide it as it is; everything else goes on.`,
        { hint: "Restore it from a backup.", retryable: false },
      );
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
        const undone = await store.undoDecision(tx, { caseId, now, holder: reviewer.holder });
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

async function notClaimable(database: Database, caseId: string): Promise<PilotageError> {
  const found = await store.reviewed(database, caseId);
  if (!found) return notThere(caseId);
  const { state } = found;
  return new PilotageError(
    "wrong_state",
    `The case ${caseId} is ${state === "in_review" ? "leased already, by you or by somebody else" : state}; it cannot be taken for review now.`,
  );
}
