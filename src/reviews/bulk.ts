/**
 * Cases with the identical suggestion, approved together: never hidden, never blindly, taken back at once.
 *
 * Alike means the same answer outside the fields that are only suggestions, the same reasons and the same doubts. Three
 * must be looked at first, and the program names them. A case of the quality coin is always among those three, and what
 * does not fit there stays out: its label is evidence, and nobody may have given it without looking. That a case is
 * missing tells nothing, since the batch is bounded anyway. Cold cases, second turns and answers that take several people are
 * never in a batch.
 *
 * Whose page was loaded anew gets the batch again, with the leases it has; one that cannot go on is given back as a whole.
 */
import { openEach } from "../cases/content.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Reason } from "../contract/states.ts";
import { removeAt, sameJson } from "../definition/path.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql, time } from "../platform/sql.ts";
import { doubtsOf } from "./doubts.ts";
import { takesSeveral } from "./four-eyes.ts";
import { claimerOf } from "./inbox.ts";
import * as store from "./store.ts";
import { tasksOf, type ReviewTask } from "./task.ts";
import { undoIn } from "./undo.ts";
import {
  schemaFor,
  type Reviewer,
  type ReviewParts,
  type VerdictGiven,
  type VerdictTaken,
} from "./verdict.ts";

const LOOKED_AT = 3;
/** Candidates that are opened and compared. */
const MOST_COMPARED = 1_000;
const LEASE = 900_000;
/** Milliseconds. An approval that has not ended by then has ended with its process. */
const LONGEST_APPROVAL = 60_000;

export interface Alike {
  bulk: string;
  cases: { caseId: CaseId; externalId: string }[];
  open: ReviewTask[];
  leaseUntil: number;
}

/** What somebody finds who comes back to their batches. */
export interface Resumed {
  batches: Alike[];
  /** Cases of a batch that is being approved at this moment: nobody's to touch. */
  approving: CaseId[];
  /** How many cases were given back because their batch could not go on. */
  givenBack: number;
}

export interface Bulk {
  claimAlike(workflow: string, like: string, most: number, reviewer: Reviewer): Promise<Alike>;
  resume(workflow: string, reviewer: Reviewer): Promise<Resumed>;
  approve(
    bulk: string,
    given: { opened: string[]; leave: string[] },
    reviewer: Reviewer,
  ): Promise<{ approved: number; left: number; undoUntil: number }>;
  undo(bulk: string, reviewer: Reviewer): Promise<number>;
  release(bulk: string, reviewer: Reviewer): Promise<number>;
  workflowOf(bulk: string): Promise<string | undefined>;
}

interface Member {
  caseId: CaseId;
  no: number;
  lease: string;
}

const BULK = raw("id, workflow, holder, state, members, opened, lease_until, approved_at");

interface BulkRow {
  id: string;
  workflow: string;
  holder: string;
  state: "open" | "approved" | "released" | "undone";
  members: Member[];
  opened: string[];
  lease_until: number;
  /** When the approval began; while `state` is open, it has not ended. */
  approved_at: number | null;
}

interface Candidate {
  case_id: CaseId;
  release: string;
  external_id: string;
  qa: boolean;
  reasons: Reason[];
  threshold: number | null;
  attached: boolean;
}

export function openBulk(
  parts: ReviewParts & {
    chance(): number;
    decide(caseId: string, verdict: VerdictGiven, reviewer: Reviewer): Promise<VerdictTaken>;
  },
): Bulk {
  const { database, clock, audit } = parts;

  /** The candidates that equal the first, itself at the head; empty where the first is no candidate. */
  async function alikeTo(workflow: string, like: string, reviewer: Reviewer): Promise<Candidate[]> {
    const now = time(clock.now());
    const { keys, holder } = claimerOf(reviewer);
    const found = await database.all<Candidate>(sql`
      select r.case_id, c.release, c.external_id, c.qa, d.reasons, d.threshold, exists (select from attachment a where a.case_id = c.id) as attached
      from review r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
      where r.workflow = ${workflow} and r.state in ('waiting', 'claimed') and r.turn = 'first' and c.state = 'in_review' and not c.cold
        and r.behind = '{}' and r.skipped_by = '{}' and not (${keys}::text[] && r.not_for) and (r.snoozed_until is null or r.snoozed_until <= ${now})
        and (r.state = 'waiting' or r.lease_until <= ${now} or (r.case_id = ${like} and r.holder = ${holder}))
        and d.attempt is not null
      order by (r.case_id = ${like}) desc, coalesce(r.urgent_at, r.due_at, r.opened_at), r.case_id limit ${MOST_COMPARED}`);
    const [first] = found;
    if (first?.case_id !== like) return [];
    const view = await parts.registry.workflow(database, workflow);
    const release = await schemaFor(parts, { workflow, release: first.release }, database);
    const alike = found.filter(
      (one) => one.release === first.release && sameJson(reasonsOf(one), reasonsOf(first)),
    );
    const opened = await openEach(
      database,
      parts.vault,
      alike.map((one) => one.case_id),
      ["input", "output"],
    );
    const seen = (one: Candidate) => {
      const content = opened.get(one.case_id);
      if (!content?.ok) return undefined;
      const output = content.content.get("output") as JsonObject | undefined;
      const input = content.content.get("input") as JsonObject;
      if (output === undefined) return undefined;
      if (view.document.fourEyes && takesSeveral(view.document.fourEyes, release, input, output))
        return undefined;
      const answer = structuredClone(output);
      for (const path of release.document.suggestions) removeAt(answer, path);
      const doubts = doubtsOf({
        release: release.document,
        reasons: one.reasons,
        threshold: one.threshold,
        input,
        output,
        attachments: one.attached,
      });
      return { answer, doubts: doubts.map((doubt) => ({ ...doubt })) };
    };
    const wanted = seen(first);
    return wanted === undefined ? [] : alike.filter((one) => sameJson(seen(one), wanted));
  }

  return {
    async claimAlike(workflow, like, most, reviewer) {
      await parts.registry.workflow(database, workflow);
      const found = inBatch(await alikeTo(workflow, like, reviewer), most);
      if (found.length < LOOKED_AT) throw tooFew();
      const now = clock.now();
      const until = now + LEASE;
      const bulk = parts.newId("bulk");
      const claimed = await database.transaction(async (tx) => {
        const taken: store.ClaimedReview[] = [];
        // One after the other in the order of their ids, so that two who take batches never wait for each other in a circle.
        for (const { case_id } of found.toSorted((a, b) => (a.case_id < b.case_id ? -1 : 1)))
          taken.push(
            ...(await store.claimOne(tx, {
              ...claimerOf(reviewer),
              caseId: case_id,
              lease: parts.newId("lease"),
              named: reviewer.actor.kind === "person",
              now,
              until,
            })),
          );
        if (taken.length < LOOKED_AT) throw tooFew();
        const members = taken.map((one): Member => ({ caseId: one.case_id, no: one.no, lease: one.lease }));
        const looks = lookedAt(taken, new Set(found.filter((one) => one.qa).map((one) => one.case_id)));
        await tx.run(sql`
          insert into bulk (id, workflow, person, holder, state, members, opened, lease_until, made_at)
          values (${bulk}, ${workflow}, ${reviewer.name}, ${reviewer.holder}, 'open', ${JSON.stringify(members)}::jsonb, ${looks.map((one) => one.case_id)}, ${time(until)}, ${time(now)})`);
        await tx.run(
          sql`update review set bulk = ${bulk} where case_id = any(${members.map((one) => one.caseId)}) and state = 'claimed'`,
        );
        audit.record(
          tx,
          taken.map((one) => ({
            kind: "review.claimed",
            actor: reviewer.actor,
            workflow,
            caseId: one.case_id,
            data: { review: one.no, bulk },
          })),
        );
        return { taken, looks };
      });
      const names = new Map(found.map((one) => [one.case_id, one.external_id]));
      return {
        bulk,
        cases: claimed.taken.map((one) => ({ caseId: one.case_id, externalId: names.get(one.case_id)! })),
        open: await tasksOf(parts, claimed.looks),
        leaseUntil: until,
      };
    },

    async resume(workflow, reviewer) {
      await parts.registry.workflow(database, workflow);
      const rows = await database.all<BulkRow>(sql`
        select ${BULK} from bulk where workflow = ${workflow} and holder = ${reviewer.holder} and state = 'open' order by made_at, id`);
      const now = clock.now();
      const resumed: Resumed = { batches: [], approving: [], givenBack: 0 };
      for (const row of rows) {
        if (row.approved_at !== null && now - row.approved_at < LONGEST_APPROVAL) {
          resumed.approving.push(...row.members.map((one) => one.caseId));
          continue;
        }
        const held = row.approved_at === null ? await heldOf(row, now) : [];
        const looks = held.filter((one) => row.opened.includes(one.case_id));
        const open = looks.length === row.opened.length ? await tasksOf(parts, looks) : [];
        if (open.length === row.opened.length)
          resumed.batches.push({
            bulk: row.id,
            cases: held.map((one) => ({ caseId: one.case_id, externalId: one.external_id })),
            open,
            leaseUntil: row.lease_until,
          });
        else resumed.givenBack += await giveBack(row, reviewer);
      }
      return resumed;
    },

    async approve(id, { opened, leave }, reviewer) {
      const row = await ownBulk(id, reviewer);
      if (row.state !== "open") throw notOpen(row);
      if (row.lease_until <= clock.now())
        throw new PilotageError("lease_lost", "Your time for these cases is over. Nothing was approved.", {
          hint: "Take them again.",
        });
      if (opened.length !== row.opened.length || !row.opened.every((one) => opened.includes(one)))
        throw new PilotageError(
          "wrong_state",
          `Before the batch can be approved, these must be looked at: ${row.opened.join(", ")}. Nothing was approved.`,
        );
      const left = new Set(leave);
      await database.run(
        sql`update bulk set approved_at = ${time(clock.now())} where id = ${id} and state = 'open'`,
      );
      const results = await Promise.allSettled(
        row.members
          .filter((one) => !left.has(one.caseId))
          .map((one) => parts.decide(one.caseId, approving(one.lease), reviewer)),
      );
      const taken = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      const failed = results.find((one) => one.status === "rejected");
      // What may be tried again is: the same leases get the same answers.
      if (failed && !(failed.reason instanceof PilotageError && REFUSED.has(failed.reason.code))) {
        await database.run(sql`update bulk set approved_at = null where id = ${id} and state = 'open'`);
        throw failed.reason;
      }
      const now = clock.now();
      await database.transaction(async (tx) => {
        await giveBackMembers(tx, row.members);
        const ended = await tx.run(
          sql`update bulk set state = 'approved', approved_at = ${time(now)} where id = ${id} and state = 'open'`,
        );
        // Sent twice, it is on record once.
        if (ended === 0) return;
        audit.record(tx, [
          {
            kind: "review.bulk_approved",
            actor: reviewer.actor,
            workflow: row.workflow,
            data: { bulk: id, cases: row.members.length, approved: taken.length, opened: row.opened.length },
          },
        ]);
      });
      return {
        approved: taken.length,
        left: row.members.length - taken.length,
        undoUntil: taken.length === 0 ? now : Math.min(...taken.map((one) => one.undoUntil)),
      };
    },

    async undo(id, reviewer) {
      const row = await ownBulk(id, reviewer);
      if (row.state !== "approved") throw notOpen(row);
      const undone = await database.transaction(async (tx) => {
        const approved = await tx.all<{ case_id: string }>(sql`
          select case_id from review where case_id = any(${row.members.map((one) => one.caseId)}) and bulk = ${id} and state = 'decided'
            and ended_lease = any(${row.members.map((one) => one.lease)}) order by case_id`);
        let count = 0;
        for (const { case_id } of approved)
          if ((await undoIn(parts, tx, case_id, reviewer)) !== undefined) count++;
        if (count === 0) return 0;
        await tx.run(sql`update bulk set state = 'undone' where id = ${id}`);
        audit.record(tx, [
          {
            kind: "review.bulk_undone",
            actor: reviewer.actor,
            workflow: row.workflow,
            data: { bulk: id, cases: count },
          },
        ]);
        return count;
      });
      if (undone === 0)
        throw new PilotageError(
          "wrong_state",
          "The batch cannot be taken back: the undo window is over. Nothing was changed.",
          { hint: "What is delivered can only be corrected." },
        );
      return undone;
    },

    async release(id, reviewer) {
      const row = await ownBulk(id, reviewer);
      return row.state === "open" ? giveBack(row, reviewer) : 0;
    },

    async workflowOf(id) {
      return (await database.maybe<{ workflow: string }>(sql`select workflow from bulk where id = ${id}`))
        ?.workflow;
    },
  };

  async function ownBulk(id: string, reviewer: Reviewer): Promise<BulkRow> {
    const row = await database.maybe<BulkRow>(sql`select ${BULK} from bulk where id = ${id}`);
    if (row?.holder !== reviewer.holder)
      throw new PilotageError("not_found", `There is no batch ${id.slice(0, 60)} of yours.`);
    return row;
  }

  /** The members that are still held as the batch took them. */
  function heldOf({ members }: BulkRow, now: number): Promise<store.ClaimedReview[]> {
    return database.all<store.ClaimedReview>(sql`
      select r.case_id, r.no, r.workflow, r.turn, r.behind, c.release, c.cold, r.lease, r.lease_until, r.due_at, c.received_at, c.source, c.external_id, c.team,
        d.reasons, d.confidence, d.threshold
      from review r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
      where r.case_id = any(${members.map((one) => one.caseId)}) and r.lease = any(${members.map((one) => one.lease)}) and r.state = 'claimed'
        and r.lease_until > ${time(now)}
      order by r.case_id`);
  }

  /** Gives back what of it is still held; answers how many cases that are. What an approval that broke off had reached stays approved, and can be taken back together. */
  function giveBack(row: BulkRow, reviewer: Reviewer): Promise<number> {
    const leases = row.members.map((one) => one.lease);
    return database.transaction(async (tx) => {
      const released = await giveBackMembers(tx, row.members);
      await tx.run(sql`
        update bulk set state = case when exists (
          select from review where case_id = any(${row.members.map((one) => one.caseId)}) and state = 'decided' and ended_lease = any(${leases})) then 'approved' else 'released' end
        where id = ${row.id} and state = 'open'`);
      audit.record(
        tx,
        released.map((one) => ({
          kind: "review.released",
          actor: reviewer.actor,
          workflow: row.workflow,
          caseId: one.case_id,
          data: { review: one.no, bulk: row.id },
        })),
      );
      return released.length;
    });
  }

  /** Those that are drawn to be looked at: the coin's cases among them, filled up by chance. */
  function lookedAt(taken: store.ClaimedReview[], coins: Set<string>): store.ClaimedReview[] {
    const shuffled = taken
      .map((one) => ({ one, place: (coins.has(one.case_id) ? 0 : 1) + parts.chance() }))
      .sort((a, b) => a.place - b.place)
      .map(({ one }) => one);
    // In the order of the list: their own order would tell which came first.
    const chosen = new Set(shuffled.slice(0, LOOKED_AT));
    return taken.filter((one) => chosen.has(one));
  }
}

/** At most so many, and of the coin's cases no more than will be looked at. The first stays in any case. */
function inBatch(alike: Candidate[], most: number): Candidate[] {
  let coins = 0;
  return alike.filter((one) => !one.qa || ++coins <= LOOKED_AT).slice(0, most);
}

function reasonsOf(one: Candidate): JsonObject[] {
  return shownReasons(one.reasons, { awaitsVerdict: true, mayRedo: true, cold: false }).map((reason) => ({
    ...reason,
  }));
}

const REFUSED: ReadonlySet<string> = new Set(["lease_lost", "wrong_state", "not_found", "bad_output"]);

function approving(lease: string): VerdictGiven {
  return {
    lease,
    verdict: "approve",
    output: undefined,
    reason: undefined,
    text: undefined,
    activeMilliseconds: 0,
  };
}

async function giveBackMembers(
  tx: Queryable,
  members: readonly Member[],
): Promise<{ case_id: string; no: number }[]> {
  return tx.all(sql`
    update review set state = 'waiting', lease = null, lease_until = null, person = null, holder = null, simulated = false, bulk = null
    where case_id = any(${members.map((one) => one.caseId)}) and state = 'claimed' and lease = any(${members.map((one) => one.lease)})
    returning case_id, no`);
}

/** The same words whatever the reason: what a batch may not hold cannot be told from what has no like. */
function tooFew(): PilotageError {
  return new PilotageError(
    "wrong_state",
    "There are not enough cases like this one that could be approved together. Nothing was taken.",
    { hint: "Decide it alone." },
  );
}

function notOpen({ state }: BulkRow): PilotageError {
  return new PilotageError("wrong_state", `The batch is ${state} already. Nothing was changed.`);
}
