/**
 * A claimed review as a reviewer gets it: what the case holds, why it is here, what is doubtful, what others said.
 *
 * What may not be seen before the verdict is left out here: a cold case's output, and what follows from it; that a coin
 * chose the case; what colleagues decided, where the next look is blind.
 */
import { attachmentName, openEach } from "../cases/content.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import type { CaseId } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Turn } from "../contract/review-endpoints.ts";
import type { Reason } from "../contract/states.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import { doubtsOf, type Doubt } from "./doubts.ts";
import { noteRows, notesFrom, type Note } from "./notes.ts";
import * as store from "./store.ts";
import { schemaFor, type ReviewParts } from "./verdict.ts";

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
  team: string | null;
  turn: Turn;
  reasons: Reason[];
  doubts: Doubt[];
  notes: Note[];
  /** What the first person decided, on a second turn that is not blind. */
  earlier: { output: JsonObject; person: string; verdict: string } | undefined;
  input: JsonObject;
  attachments: { no: number; name: string; mediaType: string; size: number }[];
  /** The model's output, or what a colleague made of it; undefined when there is none or it is withheld. */
  output: JsonObject | undefined;
  /** Why there is no output to see. */
  withheld: "cold" | "none" | undefined;
  outputSchema: JsonObject;
  inputSchema: JsonObject;
  suggestions: string[];
  facets: { input: string[]; output: string[] };
  instructions: { de: string | null; en: string | null };
  unit: string;
}

/** The tasks of claimed reviews, in their order. One that cannot be opened is left out, and harms no other. */
export async function tasksOf(
  parts: Pick<ReviewParts, "database" | "registry" | "vault">,
  claimed: readonly store.ClaimedReview[],
): Promise<ReviewTask[]> {
  if (claimed.length === 0) return [];
  const { database, registry } = parts;
  const ids = claimed.map((one) => one.case_id);
  const notes = await noteRows(database, ids);
  const said = [...notes.values()].flatMap((list) => list.map((row) => row.content));
  const opened = await openEach(database, parts.vault, ids, ["input", "output", "final", ...new Set(said)]);
  const attachments = await store.attachmentsOf(database, ids);
  const earlier = await store.earlierVerdicts(
    database,
    claimed.filter((one) => one.behind.length > 0).map((one) => one.case_id),
  );
  const releases = new Map<string, ReleaseView>();
  const documents = new Map<string, WorkflowDocument>();
  for (const one of claimed) {
    releases.set(one.case_id, await schemaFor(parts, one, database));
    if (!documents.has(one.workflow))
      documents.set(one.workflow, (await registry.workflow(database, one.workflow)).document);
  }
  return claimed.flatMap((one): ReviewTask[] => {
    const found = opened.get(one.case_id)!;
    // Nobody can judge what cannot be read; its lease runs out, and the others of the claim are none the worse.
    if (!found.ok) return [];
    const { key, content } = found;
    const { document } = releases.get(one.case_id)!;
    const { unit, instructions, fourEyes } = documents.get(one.workflow)!;
    const input = content.get("input") as JsonObject;
    const files = attachments.get(one.case_id) ?? [];
    const standing =
      one.behind.length > 0 && !fourEyes?.blind
        ? (content.get("final") as JsonObject | undefined)
        : undefined;
    const before = earlier.get(one.case_id);
    const output = standing ?? (content.get("output") as JsonObject | undefined);
    const withheld = output === undefined ? "none" : one.cold && !standing ? "cold" : undefined;
    const reasons = shownReasons(one.reasons, { awaitsVerdict: true, mayRedo: true, cold: one.cold });
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
        team: one.team,
        turn: one.turn === "blind" ? "first" : one.turn,
        reasons,
        doubts:
          withheld || output === undefined
            ? []
            : doubtsOf({
                release: document,
                reasons,
                threshold: one.threshold,
                input,
                output,
                attachments: files.length > 0,
              }),
        // Who looks blind gets what the sender was asked and said, not what colleagues think.
        notes: notesFrom(notes.get(one.case_id) ?? [], content).filter(
          ({ kind }) => one.turn !== "blind" || kind === "question" || kind === "answer",
        ),
        earlier: standing && before ? { output: standing, ...before } : undefined,
        input,
        attachments: files.map((file) => ({
          no: file.no,
          name: attachmentName(key, file),
          mediaType: file.media_type,
          size: file.size,
        })),
        output: withheld ? undefined : output,
        withheld,
        outputSchema: document.output,
        inputSchema: document.input,
        suggestions: document.suggestions,
        facets: document.facets,
        instructions: { de: instructions.de ?? null, en: instructions.en ?? null },
        unit,
      },
    ];
  });
}
