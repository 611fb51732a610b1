/**
 * The way of planted cases through the inbox: taken, renewed, left and decided as any other, and never more than that.
 *
 * Stands around reviews (review.ts), which knows nothing of them: an id that is no case of its own may be one of ours. A
 * planted case is nobody's twice; whoever gives it back, puts it off or hands it on sees what they would see of any case.
 * The verdict reveals it at once. Nothing of it is delivered, and nothing of it names a person in the audit log.
 */
import { openEach, sealJson } from "../cases/content.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import { bucket } from "../cases/intake/coins.ts";
import { dueAt } from "../cases/intake/due.ts";
import { insertContent } from "../cases/model/record.ts";
import type { WorkflowView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Reason } from "../contract/states.ts";
import { diffFields } from "../definition/error-rule.ts";
import { sql } from "../platform/sql.ts";
import { doubtsOf } from "./doubts.ts";
import { answeredBefore, endedBy, keepPlantedEnd } from "./ended.ts";
import { tooLate } from "./late.ts";
import { alter, APART, noticed, plants } from "./planted.ts";
import * as store from "./planted-store.ts";
import type { Hold, Reviews } from "./review.ts";
import type { ReviewTask } from "./task.ts";
import type { AskParts } from "./turn.ts";
import {
  schemaFor,
  verdictProblem,
  type Reviewer,
  type ReviewParts,
  type VerdictGiven,
  type VerdictTaken,
} from "./verdict.ts";
import { councilRecord, isSettled } from "./works-council.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Origins are this old: young enough to look like today's, old enough that an objection would have come. */
const YOUNGEST = 1 * DAY;
const OLDEST = 180 * DAY;
const MOST_ORIGINS = 50;
const SOFT = 60_000;

export interface PlantedParts extends ReviewParts, Pick<AskParts, "answerLink"> {
  /** A number from 0 up to, not including, 1. */
  chance(): number;
}

/** Reviews with planted cases among them, where a workflow's dial and its works council say so. */
export function withPlanted(reviews: Reviews, parts: PlantedParts): Reviews {
  const { database, clock } = parts;
  const until = ({ leaseSeconds, soft }: Hold) => clock.now() + (soft ? SOFT : leaseSeconds * 1000);

  /** What reviews know comes first: a case of theirs costs no look for a planted one, unless it was refused. */
  async function orPlanted<R>(
    caseId: string,
    real: () => Promise<R>,
    planted: (row: store.PlantedRow) => Promise<R>,
  ): Promise<R> {
    try {
      return await real();
    } catch (error) {
      if (!(error instanceof PilotageError)) throw error;
      const row = await store.plantedCase(database, caseId);
      if (!row) throw error;
      return planted(row);
    }
  }

  /** Ends a turn without a verdict: the case is nobody's from now on. Sent twice it answers as any other (ended.ts). */
  async function leave<R extends JsonValue>(
    row: store.PlantedRow,
    lease: string,
    reviewer: Reviewer,
    { sent, answer }: { sent: readonly JsonValue[]; answer: R },
  ): Promise<R> {
    const by = endedBy(parts.vault, { caseId: row.id, lease }, reviewer, sent);
    return database.transaction(async (tx) => {
      const held = await store.plantedCase(tx, row.id, true);
      if (!isHeld(held, lease, clock.now())) {
        const before = await answeredBefore(tx, "planted", by);
        if (before) return before.answer as R;
        throw tooLate(row.id, undefined, false);
      }
      await store.leavePlanted(tx, row.id);
      await keepPlantedEnd(tx, by, answer);
      return answer;
    });
  }

  return {
    ...reviews,

    async claim(workflow, reviewer, most, hold) {
      const planted = await maybePlant(parts, workflow, reviewer, until(hold));
      if (!planted) return reviews.claim(workflow, reviewer, most, hold);
      const others = most > 1 ? await reviews.claim(workflow, reviewer, most - 1, hold) : [];
      // Not always in the same place.
      const at = Math.floor(parts.chance() * (others.length + 1));
      return others.toSpliced(at, 0, planted);
    },

    claimCase: (caseId, reviewer, hold) =>
      orPlanted(
        caseId,
        () => reviews.claimCase(caseId, reviewer, hold),
        async (row) => {
          const taken = await database.transaction(async (tx) => {
            const held = await store.plantedCase(tx, row.id, true);
            if (held?.state !== "claimed" || held.holder !== reviewer.holder)
              throw new PilotageError(
                "wrong_state",
                `The case ${caseId} is leased already, by you or by somebody else; it cannot be taken for review now.`,
              );
            const again = { ...held, lease: parts.newId("lease"), lease_until: until(hold) };
            await store.lengthen(tx, row.id, again.lease, again.lease_until);
            return again;
          });
          return taskOf(parts, taken);
        },
      ),

    renew: (caseId, lease, reviewer, leaseSeconds) =>
      orPlanted(
        caseId,
        () => reviews.renew(caseId, lease, reviewer, leaseSeconds),
        async (row) => {
          const end = until({ leaseSeconds, soft: false });
          await database.transaction(async (tx) => {
            const held = await store.plantedCase(tx, row.id, true);
            if (!isHeld(held, lease, clock.now()) || held.holder !== reviewer.holder)
              throw tooLate(row.id, undefined, false);
            await store.lengthen(tx, row.id, lease, end);
          });
          return end;
        },
      ),

    release: (end, reviewer) =>
      orPlanted(
        end.caseId,
        () => reviews.release(end, reviewer),
        (row) =>
          leave(row, end.lease, reviewer, {
            sent: ["release", end.skip, end.text ?? null],
            answer: { escalated: false },
          }),
      ),
    snooze: (end, reviewer) =>
      orPlanted<void>(
        end.caseId,
        () => reviews.snooze(end, reviewer),
        async (row) => {
          const sent = ["snooze", end.until, end.text ?? null];
          await leave(row, end.lease, reviewer, { sent, answer: null });
        },
      ),
    escalate: (end, reviewer) =>
      orPlanted<void>(
        end.caseId,
        () => reviews.escalate(end, reviewer),
        async (row) => {
          const sent = ["escalate", end.reason, end.text];
          await leave(row, end.lease, reviewer, { sent, answer: null });
        },
      ),
    ask: (end, reviewer) =>
      orPlanted(
        end.caseId,
        () => reviews.ask(end, reviewer),
        async (row) => {
          const { document } = await parts.registry.workflow(database, row.workflow);
          const { until } = await leave(row, end.lease, reviewer, {
            sent: ["ask", end.reason, end.question],
            answer: { until: clock.now() + document.ask.days * DAY },
          });
          return { mailed: "not_configured", answerLink: parts.answerLink(row.id, 1, until) };
        },
      ),

    decide: (caseId, verdict, reviewer) =>
      orPlanted(
        caseId,
        () => reviews.decide(caseId, verdict, reviewer),
        (row) => reveal(parts, row, verdict, reviewer),
      ),

    async inbox(workflow, reviewer) {
      const found = await reviews.inbox(workflow, reviewer);
      const { holder } = reviewer;
      const planted = await store.plantedInHand(database, { workflow, holder, now: clock.now() });
      const mine = planted.map((one) => ({
        caseId: one.id,
        externalId: one.external_id,
        lease: one.lease,
        leaseUntil: one.lease_until,
      }));
      return {
        ...found,
        open: found.open + mine.length,
        mine: [...found.mine, ...mine].toSorted((a, b) => a.leaseUntil - b.leaseUntil),
      };
    },
  };
}

function isHeld(
  row: store.PlantedRow | undefined,
  lease: string,
  now: number,
): row is store.PlantedRow & { lease: string; lease_until: number } {
  return row?.state === "claimed" && row.lease === lease && row.lease_until! > now;
}

/** Makes a planted case for this person when it is time for one, and there is another case that it can stand in for. */
async function maybePlant(
  parts: PlantedParts,
  workflow: string,
  reviewer: Reviewer,
  leaseUntil: number,
): Promise<ReviewTask | undefined> {
  const { database, clock } = parts;
  const { document } = await parts.registry.workflow(database, workflow);
  const { share } = document.planted;
  const chance = parts.chance();
  // Most claims end here, without a question to the database.
  if (share === 0 || chance >= share) return undefined;
  const settled = isSettled(await councilRecord(database, workflow));
  const person = reviewer.name;
  const since = await store.verdictsSince(database, { workflow, person, enough: APART });
  if (!plants({ share, settled }, since, chance)) return undefined;
  const waits = await database.maybe(
    sql`select 1 from review where workflow = ${workflow} and state = 'waiting' limit 1`,
  );
  if (!waits) return undefined;
  const now = clock.now();
  const origins = await store.agreedCases(database, {
    workflow,
    person,
    simulated: reviewer.simulated,
    from: now - OLDEST,
    to: now - YOUNGEST,
    most: MOST_ORIGINS,
  });
  const origin = origins[Math.floor(parts.chance() * origins.length)];
  return origin === undefined ? undefined : plantFrom(parts, origin, document, reviewer, leaseUntil);
}

async function plantFrom(
  parts: PlantedParts,
  originId: CaseId,
  document: WorkflowView["document"],
  reviewer: Reviewer,
  leaseUntil: number,
): Promise<ReviewTask | undefined> {
  const { database, clock, newId, audit } = parts;
  const workflow = document.workflow;
  const origin = await store.originOf(database, originId);
  const opened = (await openEach(database, parts.vault, [originId], ["output", "final"])).get(originId)!;
  const truth = opened.ok ? (opened.content.get("final") ?? opened.content.get("output")) : undefined;
  if (!origin || !opened.ok || !isJsonObject(truth)) return undefined;
  const release = await schemaFor(parts, { workflow, release: origin.release }, parts.database);
  const altered = alter(
    truth,
    release.document,
    (output) => release.checkOutput(output).length === 0,
    parts.chance,
  );
  if (!altered) return undefined;
  const id = newId("case");
  const now = clock.now();
  const row = {
    id,
    workflow,
    origin: originId,
    field: altered.field,
    person: reviewer.name,
    holder: reviewer.holder,
    simulated: reviewer.simulated,
    lease: newId("lease"),
    lease_until: leaseUntil,
    due_at: document.due ? dueAt(receivedAt(id, now), document.due.workingHours, document.calendar) : null,
    shown_at: now,
  };
  const { key } = opened;
  await database.transaction(async (tx) => {
    await insertContent(tx, [
      { case_id: originId, kind: kindOf(id), sealed: sealJson(key, kindOf(id), altered.output) },
    ]);
    await store.plant(tx, row);
    audit.record(tx, [{ kind: "planted.shown", actor: INBOX, workflow, data: { field: altered.field } }]);
  });
  return taskOf(parts, { ...row, state: "claimed" });
}

/** Nobody by name: who noticed what is a figure of a single person. */
const INBOX: Actor = { kind: "system", name: "inbox" };

const kindOf = (id: string) => `planted.${id}`;

/** When it seems to have come: some time in the last two hours, and the same whenever it is shown. */
export function receivedAt(id: string, shownAt: number): number {
  return shownAt - Math.floor(bucket("planted received", id) * 2 * HOUR);
}

/** What a planted case holds; undefined when its origin's content is gone. */
export async function plantedContent(
  parts: Pick<ReviewParts, "database" | "vault">,
  row: Pick<store.PlantedRow, "id" | "origin">,
): Promise<{ input: JsonObject; output: JsonObject } | undefined> {
  const { database, vault } = parts;
  const opened = (await openEach(database, vault, [row.origin], ["input", kindOf(row.id)])).get(row.origin)!;
  const [input, output] = opened.ok ? [opened.content.get("input"), opened.content.get(kindOf(row.id))] : [];
  return isJsonObject(input) && isJsonObject(output) ? { input, output } : undefined;
}

async function taskOf(parts: PlantedParts, row: store.PlantedRow): Promise<ReviewTask> {
  const origin = await store.originOf(parts.database, row.origin);
  const content = await plantedContent(parts, row);
  if (!origin || !content) throw tooLate(row.id, undefined, false);
  const { document } = await schemaFor(
    parts,
    { workflow: row.workflow, release: origin.release },
    parts.database,
  );
  const { unit, instructions } = (await parts.registry.workflow(parts.database, row.workflow)).document;
  const reasons = reasonsOf(origin.reasons);
  return {
    caseId: row.id,
    workflow: row.workflow,
    lease: row.lease!,
    leaseUntil: row.lease_until!,
    dueAt: row.due_at,
    receivedAt: receivedAt(row.id, row.shown_at),
    source: origin.source,
    externalId: origin.external_id,
    team: origin.team,
    turn: "first",
    reasons,
    doubts: doubtsOf({ release: document, reasons, threshold: null, ...content, attachments: false }),
    notes: [],
    earlier: undefined,
    input: content.input,
    attachments: [],
    output: content.output,
    withheld: undefined,
    outputSchema: document.output,
    inputSchema: document.input,
    suggestions: document.suggestions,
    facets: document.facets,
    instructions: { de: instructions.de ?? null, en: instructions.en ?? null },
    unit,
  };
}

/** The origin's, as of a case whose output is shown: what was cold then is not now. */
function reasonsOf(reasons: Reason[]): Reason[] {
  const others = reasons.filter((one) => one.code !== "cold");
  return shownReasons(others.length > 0 ? others : [{ code: "routine" }], {
    awaitsVerdict: true,
    mayRedo: true,
    cold: false,
  });
}

/** The verdict on a planted case: nothing is delivered, and the person learns at once what it was. */
async function reveal(
  parts: PlantedParts,
  row: store.PlantedRow,
  verdict: VerdictGiven,
  reviewer: Reviewer,
): Promise<VerdictTaken> {
  const content = await plantedContent(parts, row);
  const origin = await store.originOf(parts.database, row.origin);
  if (!content || !origin) throw tooLate(row.id, undefined, false);
  const release = await schemaFor(parts, { workflow: row.workflow, release: origin.release }, parts.database);
  return parts.database.transaction(async (tx) => {
    const now = parts.clock.now();
    const held = await store.plantedCase(tx, row.id, true);
    if (held?.state === "decided") throw tooLate(row.id, "decided", false);
    if (!isHeld(held, verdict.lease, now)) throw tooLate(row.id, undefined, false);
    const problem = verdictProblem(verdict, release, content.output, reviewer);
    if (problem) throw problem;
    const answer = verdict.verdict === "reject" ? undefined : (verdict.output ?? content.output);
    const differs = answer ? diffFields(content.output, answer) : [];
    const given = answer === undefined ? "reject" : differs.length === 0 ? "approve" : "edit";
    const altered = { field: row.field, output: content.output };
    const caught = noticed(altered, { verdict: given, output: answer, reason: verdict.reason });
    await store.endPlanted(tx, row.id, { verdict: given, reason: verdict.reason, caught, now });
    parts.audit.record(tx, [
      { kind: "planted.decided", actor: INBOX, workflow: row.workflow, data: { field: row.field, caught } },
    ]);
    return {
      caseId: row.id,
      state: "decided",
      verdict: given,
      undoUntil: now,
      modelOutput: content.output,
      differs,
      planted: { caught, fields: [row.field] },
    };
  });
}

/** A planted case that this person has in hand; for whoever looks at it by its id. */
export async function plantedInHandOf(
  parts: Pick<ReviewParts, "database" | "clock">,
  id: string,
  holder: string,
): Promise<store.PlantedRow | undefined> {
  const row = await store.plantedCase(parts.database, id);
  return row?.state === "claimed" && row.holder === holder && row.lease_until! > parts.clock.now()
    ? row
    : undefined;
}
