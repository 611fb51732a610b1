/**
 * Every way to end a turn without a verdict: give back, skip, snooze, escalate, ask the sender; and how a case comes back.
 *
 * Each carries the lease, and ends in one transaction with its audit event and its words. What is sent twice gets the same
 * answer (ended.ts); what comes late is refused with its text kept. No case is lost here: one that was skipped three times is escalated, one whose sender does not answer
 * comes back to a person. A blind second look only ever goes back to the others: its case was delivered long ago.
 */
import { personKey } from "../access/caller.ts";
import { keysOf, openEach } from "../cases/content.ts";
import { dueAt } from "../cases/intake/due.ts";
import { insertContent, type Content } from "../cases/model/record.ts";
import type { WorkflowView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { ReviewReason } from "../contract/states.ts";
import { valueAt } from "../definition/path.ts";
import { isoTime } from "../platform/clock.ts";
import type { Tx } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import { askMail } from "./ask-mail.ts";
import { answeredBefore, endedBy, keepEnd } from "./ended.ts";
import { keepLate, notThere, tooLate } from "./late.ts";
import { dayIn } from "./local-day.ts";
import { addNote, noteRows, notesFrom } from "./notes.ts";
import { isAddress } from "./post.ts";
import * as store from "./store.ts";
import { countable, type Worked, type WorkedTime } from "./time.ts";
import {
  ASKED,
  endUndecided,
  forgetQuestion,
  giveBack,
  lockAsked,
  nextOf,
  type Asked,
} from "./turn-store.ts";
import { WAITS_FOR, type Reviewer, type ReviewParts } from "./verdict.ts";
import { councilRecord, isSettled } from "./works-council.ts";

const DAY = 86_400_000;
/** Who answers through a signed page; nothing says who that is. */
const PAGE: Actor = { kind: "system", name: "signed page" };
/** The longest snooze. */
const MOST_DAYS = 14;
const SKIPS_ESCALATE = 3;

/** A turn about to end, of the person who has it. */
export interface Ending {
  caseId: string;
  lease: string;
  activeMilliseconds: number;
}

type Mailed = "sent" | "not_configured" | "failed";

/** What is kept of a question; `mailed` null: it is on its way, or was when the program stopped, and goes once more. */
type AskedOnce = { no: number; until: number; mailed: Mailed | null };

export interface AskParts {
  /** The signed page on which the sender can answer the question of a review. */
  answerLink(caseId: CaseId, review: number, expiresAt: number): string;
  mail(letter: { to: string; subject: string; text: string }): Promise<Mailed>;
}

/** What ending a turn works with. */
interface Turn {
  tx: Tx;
  review: store.OpenReview;
  key: ContentKey;
  view: WorkflowView;
  now: number;
  /** Milliseconds to keep with the review, where that was agreed. */
  activeMs: number | undefined;
}

export interface Turns {
  release(
    ending: Ending & { skip: boolean; text: string | undefined },
    reviewer: Reviewer,
  ): Promise<{ escalated: boolean }>;
  snooze(ending: Ending & { until: number; text: string | undefined }, reviewer: Reviewer): Promise<void>;
  escalate(ending: Ending & { reason: ReviewReason; text: string }, reviewer: Reviewer): Promise<void>;
  ask(
    ending: Ending & { reason: ReviewReason; question: string },
    reviewer: Reviewer,
  ): Promise<{ mailed: Mailed; answerLink: string }>;
  /** What the sender answered; `question` is the review that asked, when a signed page brings it. */
  answer(
    caseId: string,
    given: { text: string; person: string | null; actor: Actor; question?: number },
  ): Promise<void>;
  /** What the signed page of a question shows, and what it takes. */
  questions: {
    look(
      caseId: CaseId,
      no: number,
    ): Promise<{ question: string; open: boolean; said: { at: number; text: string }[] } | undefined>;
    answer(caseId: CaseId, no: number, text: string): Promise<void>;
  };
  /** Brings back the cases whose senders did not answer in time; says how many. */
  endWaits(worker: string): Promise<number>;
}

export function openTurns(parts: ReviewParts & AskParts & { workedTime: WorkedTime }): Turns {
  const { database, clock, audit } = parts;

  /** Works on the turn that this lease stands for, or refuses and keeps what was said. */
  async function ending<R extends JsonValue>(
    { caseId, lease, activeMilliseconds }: Ending,
    reviewer: Reviewer,
    { sent, said }: { sent: readonly JsonValue[]; said: JsonObject | undefined },
    work: (turn: Turn) => Promise<R>,
  ): Promise<R> {
    const by = endedBy(parts.vault, { caseId, lease }, reviewer, sent);
    let counted: Worked | undefined;
    const answer = await database.transaction(async (tx): Promise<R | PilotageError> => {
      const now = clock.now();
      const review = (await store.openReviewsOf(tx, [caseId])).get(caseId as CaseId);
      const key = (await keysOf(tx, parts.vault, [caseId])).get(caseId);
      if (!review || !key || review.lease !== lease || review.lease_until! <= now) {
        const before = await answeredBefore(tx, "review", by);
        return before ? (before.answer as R) : refuse(tx, { caseId, lease, said, key }, reviewer);
      }
      const view = await parts.registry.workflow(tx, review.workflow);
      const worked = countable(activeMilliseconds, { drill: review.drill, simulated: reviewer.simulated });
      const settled = worked !== undefined && isSettled(await councilRecord(tx, review.workflow));
      const done = await work({ tx, review, key, view, now, activeMs: settled ? worked : undefined });
      await keepEnd(tx, { ...by, no: review.no }, done);
      if (worked !== undefined)
        counted = {
          workflow: review.workflow,
          day: dayIn(now, view.document.calendar.zone),
          stands: reviewer.stands,
          milliseconds: worked,
        };
      return done;
    });
    if (answer instanceof PilotageError) throw answer;
    if (counted) await parts.workedTime.add(counted);
    return answer;
  }

  async function refuse(
    tx: Tx,
    late: { caseId: string; lease: string; said: JsonObject | undefined; key: ContentKey | undefined },
    reviewer: Reviewer,
  ): Promise<PilotageError> {
    const found = await store.reviewed(tx, late.caseId);
    if (!found) return notThere(late.caseId);
    const pending: Content[] = [];
    const kept = await keepLate(tx, { ...late, review: found.no, pending });
    await insertContent(tx, pending);
    if (found.no > 0 && late.said !== undefined)
      audit.record(tx, [
        {
          kind: "review.late",
          ...about(reviewer.actor, { case_id: late.caseId, workflow: found.workflow }),
          data: { review: found.no, kept },
        },
      ]);
    return tooLate(late.caseId, undefined, kept);
  }

  const about = (actor: Actor, { case_id, workflow }: { case_id: string; workflow: string }) => ({
    actor,
    workflow,
    caseId: case_id,
  });

  const noteOf = (
    turn: Turn,
    kind: "escalated" | "skipped" | "snoozed" | "question",
    reviewer: Reviewer,
    text: string,
  ) =>
    addNote(turn.tx, turn.key, {
      caseId: turn.review.case_id,
      kind,
      review: turn.review.no,
      person: reviewer.name,
      text,
      now: turn.now,
    });

  async function answer(
    caseId: string,
    {
      text,
      person,
      actor,
      question,
    }: { text: string; person: string | null; actor: Actor; question?: number },
  ): Promise<void> {
    await database.transaction(async (tx) => {
      const now = clock.now();
      const asked = await lockAsked(tx, caseId);
      if (!asked || (question !== undefined && question !== asked.no)) {
        const found = await store.reviewed(tx, caseId);
        if (!found) throw notThere(caseId);
        throw new PilotageError(
          "wrong_state",
          `The case ${caseId} does not wait for this answer${found.state === "returned" ? "" : `: it is ${found.state}`}. Nothing was stored.`,
        );
      }
      const key = (await keysOf(tx, parts.vault, [caseId])).get(caseId);
      if (!key) throw notThere(caseId);
      await addNote(tx, key, { caseId, kind: "answer", review: asked.no, person, text, now });
      await comeBack(tx, asked, "answer", now);
      audit.record(tx, [{ kind: "review.answered", ...about(actor, asked), data: { review: asked.no } }]);
    });
  }

  /** Ends this turn for the owner's group; it does not come back to whoever ended it by itself. */
  async function handUp(turn: Turn, reviewer: Reviewer, reason: ReviewReason | null): Promise<void> {
    const { tx, review, now } = turn;
    await endUndecided(turn, "escalated", reviewer, reason);
    await store.insertTurns(tx, [
      {
        ...nextOf(review, now),
        turn: "escalated",
        not_for: [...new Set([...review.not_for, reviewer.stands])],
      },
    ]);
    audit.record(tx, [
      { kind: "review.escalated", ...about(reviewer.actor, review), data: { review: review.no, reason } },
    ]);
  }

  return {
    release({ skip, text, ...end }, reviewer) {
      if (skip && text === undefined)
        throw new PilotageError("bad_request", "A skip needs a reason in a few words; nothing was changed.", {
          hint: "Say in `reason` why; or give the case back without skipping it.",
        });
      const said = text === undefined ? undefined : { skip: text };
      return ending(end, reviewer, { sent: ["release", skip, text ?? null], said }, async (turn) => {
        const { tx, review } = turn;
        if (review.turn === "blind") return leaveBlind(turn, reviewer);
        if (text !== undefined) await noteOf(turn, "skipped", reviewer, text);
        if (!skip) {
          await giveBack(turn);
          audit.record(tx, [
            { kind: "review.released", ...about(reviewer.actor, review), data: { review: review.no } },
          ]);
          return { escalated: false };
        }
        const skips = review.skipped_by.length + 1;
        audit.record(tx, [
          { kind: "review.skipped", ...about(reviewer.actor, review), data: { review: review.no, skips } },
        ]);
        if (skips >= SKIPS_ESCALATE && review.turn !== "escalated") {
          await handUp(turn, reviewer, null);
          return { escalated: true };
        }
        await giveBack(turn, { skippedBy: reviewer.stands });
        return { escalated: false };
      });
    },

    async snooze({ until, text, ...end }, reviewer) {
      const now = clock.now();
      if (until <= now || until > now + MOST_DAYS * DAY)
        throw new PilotageError(
          "bad_request",
          `A case can be put off until a time that lies ahead, by ${MOST_DAYS} days at most; nothing was changed.`,
        );
      const said = text === undefined ? undefined : { snooze: text };
      await ending(end, reviewer, { sent: ["snooze", until, text ?? null], said }, async (turn) => {
        const { tx, review, view } = turn;
        if (review.turn === "blind") return leaveBlind(turn, reviewer);
        if (text !== undefined) await noteOf(turn, "snoozed", reviewer, text);
        await giveBack(turn, {
          until,
          prefer: reviewer.stands,
          preferUntil: dueAt(until, WAITS_FOR, view.document.calendar),
        });
        audit.record(tx, [
          {
            kind: "review.snoozed",
            ...about(reviewer.actor, review),
            data: { review: review.no, until: isoTime(until) },
          },
        ]);
        return null;
      });
    },

    async escalate({ reason, text, ...end }, reviewer) {
      const said = { escalate: text };
      await ending(end, reviewer, { sent: ["escalate", reason, text], said }, async (turn) => {
        if (turn.review.turn === "blind") return leaveBlind(turn, reviewer);
        await noteOf(turn, "escalated", reviewer, text);
        await handUp(turn, reviewer, reason);
        return null;
      });
    },

    async ask({ reason, question, ...end }, reviewer) {
      const said = { ask: question };
      const sent = ["ask", reason, question];
      const asked = await ending<AskedOnce>(end, reviewer, { sent, said }, async (turn) => {
        const { tx, review, view, now } = turn;
        const { days } = view.document.ask;
        const until = now + days * DAY;
        const { no } = review;
        if (review.turn === "blind") {
          await leaveBlind(turn, reviewer);
          return { no, until, mailed: "not_configured" };
        }
        await noteOf(turn, "question", reviewer, question);
        await endUndecided(turn, "asked", reviewer, reason);
        await tx.run(
          sql`update review set asked_until = ${time(until)} where case_id = ${review.case_id} and no = ${no}`,
        );
        await tx.run(sql`update case_ set state = 'returned' where id = ${review.case_id}`);
        audit.record(tx, [
          { kind: "review.asked", ...about(reviewer.actor, review), data: { review: no, reason, days } },
        ]);
        return { no, until, mailed: null };
      });
      const caseId = end.caseId as CaseId;
      const answerLink = parts.answerLink(caseId, asked.no, asked.until);
      if (asked.mailed !== null) return { mailed: asked.mailed, answerLink };
      const mailed = await mailQuestion(caseId, question, answerLink);
      const by = endedBy(parts.vault, end, reviewer, sent);
      await database.transaction((tx) => keepEnd(tx, { ...by, no: asked.no }, { ...asked, mailed }));
      return { mailed, answerLink };
    },

    answer,

    questions: {
      async look(caseId, no) {
        const rows = (await noteRows(database, [caseId])).get(caseId) ?? [];
        const ofIt = rows.filter((row) => row.review === no);
        const opened = (
          await openEach(
            database,
            parts.vault,
            [caseId],
            ofIt.map((row) => row.content),
          )
        ).get(caseId);
        if (!opened?.ok) return undefined;
        const said = notesFrom(ofIt, opened.content);
        const question = said.find((note) => note.kind === "question");
        if (!question) return undefined;
        const waits = await database.maybe(
          sql`select 1 from review where case_id = ${caseId} and no = ${no} and asked_until is not null`,
        );
        return {
          question: question.text,
          open: waits !== undefined,
          said: said.filter((note) => note.kind === "answer").map(({ at, text }) => ({ at, text })),
        };
      },
      answer: (caseId, question, text) => answer(caseId, { text, person: null, actor: PAGE, question }),
    },

    async endWaits(worker) {
      return database.transaction(async (tx) => {
        const now = clock.now();
        const over = await tx.all<Asked>(sql`
          select ${ASKED} from review r where r.asked_until <= ${time(now)} order by r.asked_until limit 200 for update skip locked`);
        for (const asked of over) {
          const { state } = await tx.one<{ state: string }>(
            sql`select state from case_ where id = ${asked.case_id} for update`,
          );
          if (state !== "returned") {
            await forgetQuestion(tx, asked);
            continue;
          }
          await comeBack(tx, asked, "no_answer", now);
          audit.record(tx, [
            {
              kind: "review.unanswered",
              ...about({ kind: "system", name: worker }, asked),
              data: { review: asked.no },
            },
          ]);
        }
        return over.length;
      });
    },
  };

  /** The case waits for a verdict again, first for the person who asked. */
  async function comeBack(
    tx: Tx,
    asked: Asked,
    came_back: "answer" | "no_answer",
    now: number,
  ): Promise<void> {
    const { document } = await parts.registry.workflow(tx, asked.workflow);
    await forgetQuestion(tx, asked);
    await tx.run(sql`update case_ set state = 'in_review' where id = ${asked.case_id}`);
    await store.insertTurns(tx, [
      {
        ...nextOf(asked, now),
        prefer: asked.stands ?? personKey(asked.person),
        prefer_until: dueAt(now, WAITS_FOR, document.calendar),
        came_back,
      },
    ]);
  }

  /** To the sender, where the case's input says who that is. */
  async function mailQuestion(caseId: CaseId, question: string, link: string): Promise<Mailed> {
    const { workflow, external_id } = await database.one<{ workflow: string; external_id: string }>(
      sql`select workflow, external_id from case_ where id = ${caseId}`,
    );
    const { document } = await parts.registry.workflow(database, workflow);
    const { contact, days } = document.ask;
    if (contact === undefined) return "not_configured";
    const opened = (await openEach(database, parts.vault, [caseId], ["input"])).get(caseId);
    const to = opened?.ok ? valueAt(opened.content.get("input"), contact) : undefined;
    if (typeof to !== "string" || !isAddress(to)) return "not_configured";
    return parts.mail({
      to,
      ...askMail({ unit: document.unit, externalId: external_id, days, question, link }),
    });
  }

  /** The reviewer sees what they would see of any case; the second look waits for somebody else. */
  async function leaveBlind({ tx, review }: Turn, reviewer: Reviewer): Promise<{ escalated: false }> {
    await tx.run(sql`
      update review set state = 'waiting', lease = null, lease_until = null, person = null, holder = null, simulated = false, not_for = not_for || ${[reviewer.stands]}::text[]
      where case_id = ${review.case_id} and no = ${review.no}`);
    audit.record(tx, [
      { kind: "review.released", ...about(reviewer.actor, review), data: { review: review.no } },
    ]);
    return { escalated: false };
  }
}
