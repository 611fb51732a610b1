/**
 * One case at work: what is entered, whether it may be approved, and every way to end the turn.
 *
 * Entries and texts are kept on the device until the turn has ended, so a lost lease or a refusal costs no typing. A
 * verdict that comes too late is refused by the program; its message is shown and the case can be taken again.
 */
import { useCallback, useEffect, useMemo, useState } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import type { ReviewReason } from "../../../contract/states.ts";
import {
  compose,
  differing,
  entriesOf,
  outputFields,
  type Entries,
  type OutputField,
} from "../../case/output-fields.ts";
import { dropDraft, keepDraft, readDraft } from "../../case/drafts.ts";
import { useActiveTime } from "../../case/active-time.ts";
import { call, isRefusal, type Reply } from "../../data/api.ts";
import { useMe } from "../../data/me.tsx";
import type { Task } from "./desk.ts";
import { useLease, type Lease } from "./lease.ts";

export type VerdictReply = Reply<"giveVerdict">;

export interface Work {
  fields: readonly OutputField[];
  entries: Entries;
  texts: Readonly<Record<string, string>>;
  /** What was suggested, as far as it may be seen. */
  suggested: JsonObject | null;
  output: JsonObject;
  problems: ReturnType<typeof compose>["problems"];
  changed: boolean;
  hidden: boolean;
  lease: Lease;
  busy: boolean;
  error: Error | undefined;
  /** When a draft was found that is being gone on with. */
  draftFrom: number | undefined;
  enter(path: string, text: string): void;
  say(panel: string, text: string): void;
  hide(hidden: boolean): void;
  afresh(): void;
  /** Runs what ends the turn; says whether it did. */
  end<T>(work: (activeMilliseconds: number) => Promise<T>): Promise<T | undefined>;
  verdict(
    verdict: "approve" | "edit" | "reject",
    reason?: ReviewReason,
    text?: string,
  ): Promise<VerdictReply | undefined>;
  /** Puts back what was entered, after an undo. */
  restore(): void;
}

/** Fresh for each case: the part that uses it is made anew with the case. */
export function useWork(task: Task, renewed: (leaseUntil: string) => void): Work {
  const person = useMe().person?.id ?? "";
  const fields = useMemo(() => outputFields(task.outputSchema as JsonObject, task.suggestions), [task]);
  const lease = useLease(task, renewed);
  const time = useActiveTime(task.caseId, lease.active);
  const [hidden, setHidden] = useState(false);
  const suggested = hidden ? null : (task.output as JsonObject | null);
  const blank = useMemo(() => entriesOf(fields, suggested), [fields, suggested]);
  const [entered, setEntered] = useState<{
    entries: Entries;
    texts: Record<string, string>;
    from: number | undefined;
  }>(() => begin(person, task, blank));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const { output, problems } = useMemo(
    () => compose(fields, suggested, entered.entries),
    [fields, suggested, entered.entries],
  );
  const touched = useMemo(
    () =>
      Object.values(entered.texts).some((text) => text !== "") ||
      fields.some(({ path }) => (entered.entries[path] ?? "") !== (blank[path] ?? "")),
    [entered, fields, blank],
  );

  useEffect(() => {
    if (touched) keepDraft(person, task.caseId, { entries: entered.entries, texts: entered.texts });
    else dropDraft(person, task.caseId);
  }, [touched, person, task.caseId, entered]);

  const end = useCallback(
    async <T>(work: (activeMilliseconds: number) => Promise<T>): Promise<T | undefined> => {
      setBusy(true);
      setError(undefined);
      try {
        const result = await work(time.read());
        dropDraft(person, task.caseId);
        return result;
      } catch (failure) {
        if (isRefusal(failure, "lease_lost")) lease.lose();
        setError(failure as Error);
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [person, task.caseId, time, lease],
  );

  return {
    fields,
    entries: entered.entries,
    texts: entered.texts,
    suggested,
    output,
    problems,
    changed: suggested !== null && differing(fields, suggested, output).length > 0,
    hidden,
    lease,
    busy,
    error,
    draftFrom: entered.from,
    enter: (path, text) =>
      setEntered((before) => ({ ...before, entries: { ...before.entries, [path]: text } })),
    say: (panel, text) => setEntered((before) => ({ ...before, texts: { ...before.texts, [panel]: text } })),
    hide(next) {
      setHidden(next);
      setEntered((before) => ({
        ...before,
        from: undefined,
        entries: entriesOf(fields, next ? null : (task.output as JsonObject | null)),
      }));
    },
    afresh() {
      dropDraft(person, task.caseId);
      setEntered({ entries: blank, texts: {}, from: undefined });
    },
    end,
    verdict: (verdict, reason, text) =>
      end((activeMilliseconds) =>
        call("giveVerdict", {
          params: { case: task.caseId },
          body: {
            lease: task.lease,
            verdict,
            ...(verdict === "edit" ? { output } : {}),
            ...(reason === undefined ? {} : { reason }),
            ...(text === undefined ? {} : { text }),
            activeMilliseconds,
          },
        }),
      ),
    restore: () =>
      touched
        ? keepDraft(person, task.caseId, { entries: entered.entries, texts: entered.texts })
        : undefined,
  };
}

function begin(person: string, task: Task, blank: Entries) {
  const draft = readDraft(person, task.caseId);
  return draft === undefined
    ? { entries: blank, texts: {}, from: undefined }
    : { entries: { ...blank, ...draft.entries }, texts: { ...draft.texts }, from: draft.at };
}
