/**
 * The ways to end a turn: verdict, escalation, question, snooze, putting back; and taking a verdict back.
 *
 * Each tells the program, says what happened, and lets the next case take the place. What the program refuses is shown by
 * the case's own page; nothing typed is lost then (work.ts).
 */
import type { ReactNode } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import type { ReviewReason } from "../../../contract/states.ts";
import { call } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { CopyableId } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Desk, Task } from "./desk.ts";
import type { Asking } from "./panel.tsx";
import type { Revealed } from "./reveal.tsx";
import type { Work } from "./work.ts";

export interface EndingsParts {
  desk: Desk;
  task: Task;
  work: Work;
  onReveal: (revealed: Revealed | undefined) => void;
  closePanel: () => void;
}

export function useEndings({ desk, task, work, onReveal, closePanel }: EndingsParts) {
  const t = useWords(INBOX);
  const formats = useFormats();
  const toast = useToast();

  const undoing = (caseId: string, restore: () => void) => async () => {
    await call("undoVerdict", { params: { case: caseId } });
    restore();
    onReveal(undefined);
    await desk.open(caseId);
    toast.show({ what: t("done.undo") });
  };

  async function give(verdict: "approve" | "edit" | "reject", reason?: ReviewReason, text?: string) {
    const reply = await work.verdict(verdict, reason, text);
    if (reply === undefined) return;
    closePanel();
    const restore = work.restore;
    toast.show({
      what: t(reply.state === "in_review" ? "done.second" : `done.${verdict}`),
      ...(reply.undoUntil === null
        ? {}
        : { undo: { until: reply.undoUntil, run: undoing(task.caseId, restore) } }),
    });
    const reveals = reply.planted !== null || task.withheld === "cold" || work.hidden;
    if (reveals)
      onReveal({
        task,
        reply,
        yours:
          verdict === "reject"
            ? null
            : verdict === "approve"
              ? (task.output as JsonObject | null)
              : work.output,
        fields: work.fields,
      });
    await desk.ended(task.caseId, { stay: reveals });
  }

  async function finish(kind: Asking, reason: ReviewReason, text: string | undefined) {
    if (kind === "edit" || kind === "reject") return give(kind, reason, text);
    const params = { case: task.caseId };
    if (kind === "escalate") {
      const done = await work.end((activeMilliseconds) =>
        call("escalateReview", {
          params,
          body: { lease: task.lease, reason, text: text ?? "", activeMilliseconds },
        }),
      );
      return done === undefined ? undefined : leftDesk(t("done.escalate"));
    }
    const done = await work.end((activeMilliseconds) =>
      call("askSender", {
        params,
        body: { lease: task.lease, reason, question: text ?? "", activeMilliseconds },
      }),
    );
    if (done === undefined) return undefined;
    return leftDesk(
      t(`done.ask.${done.mailed}`),
      done.mailed === "sent" ? undefined : <CopyableId id={done.answerLink} />,
    );
  }

  async function leftDesk(what: string, more?: ReactNode) {
    closePanel();
    toast.show({ what, ...(more === undefined ? {} : { more }) });
    await desk.ended(task.caseId);
  }

  async function snooze(until: string) {
    const done = await work.end((activeMilliseconds) =>
      call("snoozeReview", {
        params: { case: task.caseId },
        body: { lease: task.lease, until, activeMilliseconds },
      }),
    );
    if (done !== undefined) await leftDesk(t("done.snooze", { until: formats.moment(until) }));
  }

  async function skip() {
    const reason = (work.texts["skip"] ?? "").trim();
    const done = await work.end((activeMilliseconds) =>
      call("releaseReview", {
        params: { case: task.caseId },
        body: { lease: task.lease, reason, skip: true, activeMilliseconds },
      }),
    );
    if (done !== undefined) await leftDesk(t(done.escalated ? "done.skipEscalated" : "done.skip"));
  }

  return { give, finish, snooze, skip };
}
