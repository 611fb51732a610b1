/**
 * A verdict: checked against lease, schema and what was shown, and written with its label in one transaction.
 *
 * Stands behind reviews/review.ts, which leases the reviews. Verdicts of many people commit together; each is judged
 * alone. One that is sent twice gets the same answer, a late one is refused with its text kept. An answer that takes
 * several people opens the next turn in place of ending the review (four-eyes.ts). What the label says is in label.ts.
 */
import type { Audit } from "../audit/record.ts";
import { keysOf, readContent, sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import { dueAt } from "../cases/intake/due.ts";
import type { Registry, ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { checkValue } from "../connectors/feed/json.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { ReviewReason, Verdict } from "../contract/states.ts";
import { diffFields, isWrong } from "../definition/error-rule.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { GroupCommit, Operation } from "../platform/group-commit.ts";
import type { ContentKey, Vault } from "../platform/secrets.ts";
import { blindLabel } from "./blind.ts";
import { probabilityOf } from "./blind-store.ts";
import { behindAnswer, takesSeveral } from "./four-eyes.ts";
import { labelOf, wrongByRejection } from "./label.ts";
import { keepLate, notThere, tooLate } from "./late.ts";
import { dayIn } from "./local-day.ts";
import * as store from "./store.ts";
import { countable, type Worked } from "./time.ts";
import { toldOf, type TellLabels } from "./told.ts";
import { councilRecord, isSettled } from "./works-council.ts";

export interface Reviewer {
  name: string;
  /** Who is behind the name, as people are told apart where several must be different ones (see access/caller.ts). */
  stands: string;
  /** What they came with and the name together: a key may be shared, and a person has several sessions. */
  holder: string;
  actor: Actor;
  /** A program that stands in for a person, and says so wherever its work appears. */
  simulated: boolean;
  /** May take what was escalated. */
  owner: boolean;
  /** A person at the console says why whenever they change something; a program may leave that out of an edit. */
  saysWhy: boolean;
}

export interface VerdictGiven {
  lease: string;
  verdict: Verdict;
  output: JsonObject | undefined;
  reason: ReviewReason | undefined;
  /** In the person's own words. */
  text: string | undefined;
  /** Of work on this task, idle time left out. */
  activeMilliseconds: number;
}

export interface VerdictTaken {
  caseId: CaseId;
  /** `in_review`: it takes another person before it goes out. */
  state: "decided" | "in_review";
  verdict: Verdict;
  undoUntil: number;
  /** The model's output, shown now also for a cold case, and where the person's answer differs from what was there. */
  modelOutput: JsonObject | undefined;
  differs: string[];
  /** The case was planted (planted-desk.ts): which fields were wrong, and whether that was noticed. Nothing is left to take back. */
  planted?: { caught: boolean; fields: string[] };
}

export interface ReviewParts {
  database: Database;
  group: GroupCommit;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  labelled?: TellLabels;
}

/** Working hours for which a case waits for the person it comes back to, before anybody gets it. */
export const WAITS_FOR = 1;

/** A verdict that is written, and the work that it took where that is counted. */
interface Decided {
  taken: VerdictTaken;
  worked: Worked | undefined;
}

interface Deciding {
  caseId: string;
  verdict: VerdictGiven;
  reviewer: Reviewer;
}

/** What is known of a workflow while a group of verdicts is judged. */
interface Place {
  view: WorkflowView;
  /** Single persons may be measured here. */
  settled: boolean;
}

/** What one transaction of verdicts works with. */
interface Sitting {
  parts: ReviewParts;
  tx: Tx;
  keys: Map<string, ContentKey>;
  content: Map<string, Map<string, JsonValue>>;
  places: Map<string, Place>;
  writes: store.VerdictWrites;
  /** By lease. */
  worked: Map<string, Worked>;
  /** Answers of this transaction by lease, with the digest of what was sent. */
  taken: Map<string, { digest: Buffer; answer: VerdictTaken }>;
}

/** Verdicts of many people commit together; each is judged alone, and a refusal is an answer, not a failure. */
export function deciding(parts: ReviewParts): Operation<Deciding, Decided | PilotageError> {
  return {
    name: "verdict",
    async run(tx, items) {
      const ids = items.map((one) => one.caseId);
      const open = await store.openReviewsOf(tx, ids);
      const places = new Map<string, Place>();
      for (const { workflow } of open.values())
        if (!places.has(workflow))
          places.set(workflow, {
            view: await parts.registry.workflow(tx, workflow),
            settled: isSettled(await councilRecord(tx, workflow)),
          });
      // Of all, not only of those that still wait: a verdict that comes too late has its text kept.
      const keys = await keysOf(tx, parts.vault, ids);
      const sitting: Sitting = {
        parts,
        tx,
        keys,
        content: await readContent(tx, keys, kindsFor([...open.values()], places)),
        places,
        writes: store.newWrites(),
        worked: new Map(),
        taken: new Map(),
      };
      const answers: (Decided | PilotageError)[] = [];
      for (const item of items) {
        const answer = await judge(sitting, item, open.get(item.caseId as CaseId));
        if (answer instanceof PilotageError) answers.push(answer);
        else {
          // Taken at most once per transaction: the second verdict of a group finds the review gone.
          open.delete(item.caseId as CaseId);
          answers.push({ taken: answer, worked: sitting.worked.get(item.verdict.lease) });
          // The same verdict twice in one group is one piece of work.
          sitting.worked.delete(item.verdict.lease);
        }
      }
      await insertContent(tx, sitting.writes.content);
      await store.writeVerdicts(tx, sitting.writes);
      tx.afterCommit(() => parts.labelled?.(toldOf(sitting.writes)));
      return answers;
    },
  };
}

/** A long input is read only where a rule asks about it. */
function kindsFor(open: store.OpenReview[], places: Map<string, Place>): string[] {
  const rules = [...places.values()].flatMap(({ view }) => view.document.fourEyes ?? []);
  return [
    "output",
    ...(open.some((one) => one.behind.length > 0 || one.turn === "blind") ? ["final"] : []),
    ...(rules.some((rule) => rule.when.length > 0) ? ["input"] : []),
  ];
}

async function judge(
  sitting: Sitting,
  item: Deciding,
  review: store.OpenReview | undefined,
): Promise<VerdictTaken | PilotageError> {
  const { parts, tx, writes } = sitting;
  const { caseId, verdict, reviewer } = item;
  const now = parts.clock.now();
  const key = sitting.keys.get(caseId);
  const digest = parts.vault.digest(
    "verdict",
    JSON.stringify([caseId, verdict.verdict, verdict.output ?? null, verdict.reason ?? null]),
  );
  if (!review || !key || review.lease !== verdict.lease || review.lease_until! <= now)
    return (await sameAgain(sitting, item, digest)) ?? late(sitting, item, review, key);

  const { view, settled } = sitting.places.get(review.workflow)!;
  const release = await schemaFor(parts, review, tx);
  const known = sitting.content.get(caseId);
  const modelOutput = known?.get("output") as JsonObject | undefined;
  const standing = review.behind.length > 0 ? (known?.get("final") as JsonObject | undefined) : undefined;
  const fourEyes = view.document.fourEyes;
  /** A second look after the delivery: it leaves a label, and moves nothing. */
  const blind = review.turn === "blind";
  // Who looks blind starts from what the first person started from.
  const before = standing && !fourEyes?.blind ? standing : modelOutput;
  const problem = verdictProblem(
    verdict,
    release,
    review.cold && before !== standing ? undefined : before,
    reviewer,
  );
  if (problem) return problem;

  const final = verdict.verdict === "reject" ? undefined : (verdict.output ?? before)!;
  const differs = final && before ? diffFields(before, final) : [];
  // An edit that changes nothing is an approval, and an approval that changes something is an edit, whatever the sender called it.
  const given = asGiven(final, before);
  const ends = asGiven(final, modelOutput);
  // What was shown once, on an earlier turn or before an undo, is known: nobody can call the new verdict unswayed.
  const seen = modelOutput !== undefined && (!review.cold || (review.judged && !blind));
  const undoUntil = now + view.document.undo;
  const behind = final
    ? behindAnswer({ person: reviewer, answer: final, behind: review.behind, standing })
    : [];
  const goesOn =
    !blind &&
    final !== undefined &&
    fourEyes !== undefined &&
    behind.length < fourEyes.people &&
    (review.behind.length > 0 ||
      takesSeveral(fourEyes, release, known?.get("input") as JsonObject | undefined, final));

  const seal = (kind: string, value: JsonValue) =>
    writes.content.push({ case_id: caseId, kind, sealed: sealJson(key, kind, value) });
  if (final && !blind) seal("final", final);
  // What stands behind the next turn comes back when that one is undone.
  if (final && goesOn) seal(`turn.${review.no}`, final);
  if (verdict.text !== undefined) seal(`reason.${review.no}`, verdict.text);
  const worked = countable(verdict.activeMilliseconds, {
    drill: review.drill,
    simulated: reviewer.simulated,
  });
  writes.verdicts.push({
    review,
    verdict: given,
    ends: goesOn || blind ? undefined : ends,
    person: reviewer.name,
    stands: reviewer.stands,
    holder: reviewer.holder,
    simulated: reviewer.simulated,
    seen,
    reason: verdict.reason,
    fields: differs,
    digest,
    activeMs: settled ? worked : undefined,
    now,
    undoUntil,
  });
  if (worked !== undefined)
    sitting.worked.set(verdict.lease, {
      workflow: review.workflow,
      day: dayIn(now, view.document.calendar.zone),
      stands: reviewer.stands,
      milliseconds: worked,
    });
  if (goesOn) {
    const refused = review.behind.at(-1);
    const comesBack = refused !== undefined && !behind.includes(refused);
    writes.turns.push({
      case_id: caseId,
      no: review.no + 1,
      workflow: review.workflow,
      turn: "second",
      due_at: review.due_at,
      urgent_at: review.urgent_at,
      cause: review.cause,
      not_for: [],
      behind,
      prefer: comesBack ? refused : null,
      prefer_until: comesBack ? dueAt(now, WAITS_FOR, view.document.calendar) : null,
      came_back: comesBack ? "refused" : null,
      opened_at: now,
    });
  }
  if (blind) {
    const id = parts.newId("label");
    const delivered = (known?.get("final") as JsonObject | undefined) ?? modelOutput;
    writes.labels.push(
      blindLabel({
        id,
        review,
        error: release.document.error,
        delivered,
        answer: final,
        reason: verdict.reason,
        seen,
        probability: await probabilityOf(tx, caseId),
        reviewer,
        now,
      }),
    );
    if (final) seal(`label.${id}`, final);
  } else if (ends !== "reject" || modelOutput) {
    const wrong = modelOutput
      ? final
        ? isWrong(release.document.error, modelOutput, final)
        : wrongByRejection(verdict.reason)
      : undefined;
    const id = parts.newId("label");
    writes.labels.push(labelOf({ id, review, wrong, seen, reviewer, now }));
    // The answer belongs to the judgement: `final` goes with an undo, this stays.
    if (final) seal(`label.${id}`, final);
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
        ...(review.turn === "first" ? {} : { turn: review.turn }),
        ...(goesOn ? { people: behind.length, of: fourEyes.people } : {}),
      },
    },
  ]);
  const answer: VerdictTaken = {
    caseId: caseId as CaseId,
    state: goesOn ? "in_review" : "decided",
    verdict: given,
    undoUntil,
    modelOutput,
    differs,
  };
  sitting.taken.set(verdict.lease, { digest, answer });
  return answer;
}

function asGiven(final: JsonObject | undefined, before: JsonObject | undefined): Verdict {
  if (final === undefined) return "reject";
  return before && diffFields(before, final).length === 0 ? "approve" : "edit";
}

/** The answer to a verdict that was taken already, word for word, under this lease; undefined for every other one. */
async function sameAgain(
  { parts, tx, content, taken }: Sitting,
  { caseId, verdict, reviewer }: Deciding,
  digest: Buffer,
): Promise<VerdictTaken | undefined> {
  const now = taken.get(verdict.lease);
  if (now?.answer.caseId === caseId) return now.digest.equals(digest) ? now.answer : undefined;
  if (!verdict.lease.startsWith("lse_")) return undefined;
  const ended = await store.endedBy(tx, caseId, verdict.lease);
  if (ended?.state !== "decided" || ended.holder !== reviewer.holder || !ended.digest?.equals(digest))
    return undefined;
  const { document } = await parts.registry.workflow(tx, ended.workflow);
  return {
    caseId: ended.case_id,
    state: ended.passed_on ? "in_review" : "decided",
    verdict: ended.verdict!,
    undoUntil: ended.decided_at! + document.undo,
    modelOutput: content.get(caseId)?.get("output") as JsonObject | undefined,
    differs: ended.fields ?? [],
  };
}

async function late(
  { parts, tx, writes }: Sitting,
  { caseId, verdict, reviewer }: Deciding,
  review: store.OpenReview | undefined,
  key: ContentKey | undefined,
): Promise<PilotageError> {
  const found = await store.reviewed(tx, caseId);
  if (!found) return notThere(caseId);
  const { lease, output: said } = verdict;
  const kept = await keepLate(tx, { caseId, lease, said, key, review: found.no, pending: writes.content });
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

/** Why a verdict cannot be taken; undefined when it can. `shown` is what an approval without an answer stands for. */
export function verdictProblem(
  verdict: VerdictGiven,
  release: ReleaseView,
  shown: JsonObject | undefined,
  { saysWhy }: Reviewer,
): PilotageError | undefined {
  if (saysWhy && verdict.reason === "other" && verdict.text === undefined)
    return new PilotageError("bad_request", "The reason `other` needs a few words; nothing was decided.", {
      hint: "Say in `text` what it was.",
    });
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
  // Without an output to start from there was nothing to be wrong.
  if (problems.length === 0)
    return saysWhy && shown && verdict.reason === undefined && diffFields(shown, verdict.output).length > 0
      ? new PilotageError("bad_request", "An edit needs a reason; nothing was decided.", {
          hint: "Add one of the reason codes.",
        })
      : undefined;
  return new PilotageError(
    "bad_output",
    `The answer breaks the output schema: ${problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ")}. Nothing was decided; the lease still holds.`,
    { details: problems },
  );
}

/** The release whose output schema the answer must meet: the case's own, or for a manual case the one in preparation. */
export async function schemaFor(
  parts: Pick<ReviewParts, "registry">,
  review: { workflow: string; release: string },
  database: Tx | Database,
): Promise<ReleaseView> {
  if (review.release !== "manual") return parts.registry.release(database, review.release);
  const view: WorkflowView = await parts.registry.workflow(database, review.workflow);
  return parts.registry.reference(database, view.row);
}
