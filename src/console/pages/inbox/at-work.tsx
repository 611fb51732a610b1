/**
 * A case in front of somebody: source left, output right, verdict last, in reading and in tab order.
 *
 * Approving is dead until the source and its attachments have been on screen (ready.ts). A field that has the focus leads to
 * its evidence: in what came in, and in the attachments' text. After a verdict the next case takes its place
 * and its heading has the focus; the toast says what happened and how long it can be undone.
 */
import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import type { ReviewReason } from "../../../contract/states.ts";
import { nameOf, useAttached } from "../../case/attached.ts";
import { Attachments } from "../../case/attachments.tsx";
import { aboutField, OF_SOURCE } from "../../case/about-field.ts";
import { OutputForm } from "../../case/output-form.tsx";
import { differing, valueAt } from "../../case/output-fields.ts";
import { languageOfCase, Source, sourcePaths } from "../../case/source.tsx";
import { now } from "../../clock.ts";
import { useWorkflow } from "../../data/me.tsx";
import { ATTACHMENTS } from "../../locales/attachments.ts";
import { DOUBT_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { languageOf, useCode, useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { ErrorText } from "../../parts/page.tsx";
import { useDigits, useShortcuts } from "../../parts/shortcuts.ts";
import { ShortcutList } from "../../parts/shortcut-list.tsx";
import styles from "./at-work.module.css";
import { CaseHead } from "./case-head.tsx";
import type { Desk, Task } from "./desk.ts";
import { useEndings } from "./endings.tsx";
import { Instructions } from "./instructions.tsx";
import { LeaseLine } from "./lease-line.tsx";
import { questionFor } from "./question.ts";
import { ReasonPanel, SkipPanel, SnoozePanel, type Asking } from "./panel.tsx";
import type { Revealed } from "./reveal.tsx";
import { snoozeTimes } from "./snooze-times.ts";
import { useReady } from "./ready.ts";
import { useToEvidence } from "./to-evidence.ts";
import { VerdictBar, type Verb } from "./verdict-bar.tsx";
import { WaitsFor } from "./waits-for.tsx";
import { WhatNow } from "./what-now.tsx";
import { useWork } from "./work.ts";

export interface AtWorkProps {
  workflow: string;
  desk: Desk;
  task: Task;
  onReveal: (revealed: Revealed | undefined) => void;
  onBulk: (caseId: string) => void;
}

type Panel = { kind: Asking; preset?: ReviewReason } | { kind: "snooze" } | { kind: "skip" };

export function AtWork({ workflow, desk, task, onReveal, onBulk }: AtWorkProps) {
  const t = useWords(INBOX);
  const a = useWords(ATTACHMENTS);
  const formats = useFormats();
  const { renewed } = desk;
  const work = useWork(
    task,
    useCallback((until) => renewed(task.caseId, until), [renewed, task.caseId]),
  );
  const [panel, setPanel] = useState<Panel>();
  const [focused, setFocused] = useState<string>();
  // What was pointed at last, for reports; the focus itself is gone once their dialog is open.
  const [pointed, setPointed] = useState<string>();
  const [strict, setStrict] = useState(false);
  const [whatNow, setWhatNow] = useState(false);
  const [list, setList] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const source = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const left = useRef<HTMLElement>(null);
  const attached = useAttached(task.caseId, task.attachments, { open: true });
  const input = task.input as JsonObject;
  const { ready, waitsFor, cutSeen } = useReady({ caseId: task.caseId, input }, source, attached);
  const lang = languageOfCase(input);
  const cold = task.withheld === "cold";
  const busy = work.busy || desk.busy;

  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    document.getElementById("content")?.scrollTo({ top: 0 });
  }, [task.caseId]);

  const doubt = useCode(DOUBT_WORDS);
  const doubts = useMemo(
    () =>
      work.hidden
        ? []
        : task.doubts.map(({ field, code, detail }) => ({
            field,
            sentence: detail === null ? doubt(code) : `${doubt(code)} (${detail})`,
          })),
    [task.doubts, work.hidden, doubt],
  );
  /** Where "edit" leads. */
  const first = task.doubts.find(({ field }) => field !== "")?.field ?? work.fields[0]?.path;
  const active = useMemo(() => {
    const choices = work.fields.filter((field) => field.entry === "choice");
    return (choices.find((field) => task.doubts.some((doubt) => doubt.field === field.path)) ?? choices[0])
      ?.path;
  }, [work.fields, task.doubts]);
  const sources = useMemo(
    () => sourcePaths(input, task.inputSchema as JsonObject),
    [input, task.inputSchema],
  );
  const inDoubt = work.hidden ? [] : task.doubts.map(({ field }) => field);
  const activeField = work.fields.find((field) => field.path === active);
  useDigits(
    activeField?.options.length ?? 0,
    (index) => work.enter(active!, activeField!.options[index]!.text),
    panel === undefined && !busy && !work.lease.lost,
  );

  const sought =
    focused === undefined ? undefined : soughtValue(work.fields, work.output, work.entries, focused);
  const found = sought === undefined ? undefined : attached.find(sought);
  useToEvidence(focused, found, { attached, source, column: left });
  const placeOf = (value: unknown) => {
    const place = attached.find(value);
    return place === undefined
      ? undefined
      : a("place", { name: nameOf(place.attachment), page: place.page, line: place.line });
  };

  const toField = useCallback((path: string | undefined) => {
    const place = form.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path ?? "")}"]`);
    place?.scrollIntoView({ block: "nearest" });
    place?.querySelector<HTMLElement>("input:checked, input, select, textarea")?.focus();
  }, []);

  const { give, finish, snooze, skip } = useEndings({
    desk,
    task,
    work,
    onReveal,
    closePanel: () => setPanel(undefined),
  });

  function approve() {
    if (!ready || busy || work.lease.lost) return;
    const wrong = Object.keys(work.problems)[0];
    if (wrong !== undefined) {
      setStrict(true);
      return toField(wrong);
    }
    if (task.output === null) return void give("edit");
    if (work.hidden)
      return void give(
        differing(work.fields, task.output as JsonObject, work.output).length > 0 ? "edit" : "approve",
      );
    if (work.changed) return setPanel({ kind: "edit" });
    void give("approve");
  }

  function does(verb: Verb) {
    if (busy && verb !== "list") return;
    switch (verb) {
      case "approve":
        return approve();
      case "edit":
        return toField(first);
      case "reject":
      case "escalate":
      case "ask":
        return setPanel({ kind: verb });
      case "snooze":
      case "skip":
        return setPanel({ kind: verb });
      case "hide":
        return task.output === null ? undefined : work.hide(!work.hidden);
      case "next":
        return void desk.next();
      case "previous":
        return desk.previous();
      case "whatNow":
        return setWhatNow(true);
      case "list":
        return setList(true);
      case "bulk":
        return onBulk(task.caseId);
      case "pause":
        return void desk.leave();
    }
  }
  const free = panel === undefined;
  useShortcuts({
    ...(free
      ? {
          approve: () => does("approve"),
          edit: () => does("edit"),
          reject: () => does("reject"),
          escalate: () => does("escalate"),
          ask: () => does("ask"),
          snooze: () => does("snooze"),
          hide: () => does("hide"),
        }
      : {}),
    next: () => does("next"),
    previous: () => does("previous"),
    whatNow: () => does("whatNow"),
    list: () => does("list"),
  });

  const cancel = () => {
    setPanel(undefined);
    requestAnimationFrame(() => bar.current?.querySelector("button")?.focus());
  };
  const zone = useWorkflow()?.zone ?? formats.zone;
  const times = panel?.kind === "snooze" ? snoozeTimes(now(), zone) : [];
  return (
    <div className={styles["work"]}>
      <CaseHead task={task} at={desk.at} of={desk.tasks.length} ref={heading} />
      <section className={styles["left"]} aria-label={t("source")} tabIndex={0} ref={left}>
        <Attachments
          attached={attached}
          sought={sought}
          lang={lang}
          leave={{ to: a("escToForm"), run: () => toField(first) }}
        />
        <Source
          ref={source}
          input={input}
          schema={task.inputSchema as JsonObject}
          sought={sought}
          onMark={(path) => setPointed(OF_SOURCE + path)}
          cutSeen={cutSeen}
        />
        <Instructions task={task} />
      </section>
      <section className={styles["right"]} aria-label={t(task.output === null ? "outputCold" : "output")}>
        <div className={styles["form"]} ref={form}>
          {cold ? (
            <p className={styles["hint"]}>{t("cold")}</p>
          ) : task.output === null ? (
            <p className={styles["hint"]}>{t("noSuggestion")}</p>
          ) : null}
          {work.hidden ? <p className={styles["hint"]}>{t("hiddenNow")}</p> : null}
          {work.draftFrom === undefined ? null : (
            <p className={styles["hint"]}>
              {t("draftBack", { when: formats.when(new Date(work.draftFrom).toISOString()) })}{" "}
              <Button variant="subtle" size="compact-xs" onClick={work.afresh}>
                {t("fresh")}
              </Button>
            </p>
          )}
          {doubts
            .filter(({ field }) => field === "")
            .map(({ sentence }) => (
              <p key={sentence} className={styles["doubt"]}>
                <Icon name="warn" size={14} /> {t("doubtful", { why: sentence })}
              </p>
            ))}
          <OutputForm
            fields={work.fields}
            entries={work.entries}
            suggested={work.suggested}
            doubts={doubts}
            suggestions={task.suggestions}
            problems={work.problems}
            strict={strict}
            input={input}
            elsewhere={placeOf}
            lang={lang}
            focused={focused}
            active={active}
            disabled={work.busy}
            onFocus={(path) => {
              setFocused(path);
              if (path !== undefined) setPointed(path);
            }}
            onChange={work.enter}
          />
        </div>
      </section>
      <div className={styles["bar"]} ref={bar}>
        <LeaseLine
          lease={work.lease}
          retake={() => void desk.open(task.caseId)}
          drop={() => void desk.ended(task.caseId)}
        />
        {work.error === undefined ? null : (
          <div role="alert" className={styles["error"]}>
            <ErrorText error={work.error} />
          </div>
        )}
        <WaitsFor waitsFor={waitsFor} attached={attached} source={source} />
        {work.lease.lost ? null : panel === undefined ? (
          <VerdictBar
            approves={
              task.output === null || work.hidden
                ? "submitAnswer"
                : work.changed
                  ? "approveEdited"
                  : "approve"
            }
            ready={ready && !work.lease.lost}
            busy={busy}
            hidden={work.hidden}
            canHide={task.output !== null}
            canBulk={task.output !== null && task.turn === "first"}
            canGoBack={desk.at > 0}
            does={does}
          />
        ) : panel.kind === "snooze" ? (
          <SnoozePanel
            options={times.map(({ name, at }) => ({
              until: at.toISOString(),
              label: t(`snooze.${name}`, { time: formats.hourIn(zone, at.toISOString()) }),
            }))}
            busy={busy}
            onDone={(until) => void snooze(until)}
            onCancel={cancel}
          />
        ) : panel.kind === "skip" ? (
          <SkipPanel
            text={work.texts["skip"] ?? ""}
            onText={(text) => work.say("skip", text)}
            busy={busy}
            onDone={() => void skip()}
            onCancel={cancel}
          />
        ) : (
          <ReasonPanel
            key={panel.kind}
            asks={panel.kind}
            preset={panel.preset}
            text={work.texts[panel.kind] ?? ""}
            onText={(text) => work.say(panel.kind, text)}
            {...(panel.kind === "ask"
              ? {
                  wording: (reason: ReviewReason) =>
                    questionFor(reason, languageOf(lang ?? "de"), task.externalId),
                }
              : {})}
            busy={busy}
            onDone={(reason, text) => void finish(panel.kind, reason, text)}
            onCancel={cancel}
          />
        )}
      </div>
      {whatNow ? (
        <WhatNow
          close={() => setWhatNow(false)}
          workflow={workflow}
          caseId={task.caseId}
          fields={work.fields}
          source={sources}
          about={aboutField({ fields: work.fields, source: sources, last: pointed, doubts: inDoubt })}
          text={work.texts["whatNow"] ?? ""}
          onText={(text) => work.say("whatNow", text)}
          correct={(field) => requestAnimationFrame(() => toField(field ?? first))}
          go={(kind, preset, text) => {
            // Said once: the words stand with the verdict, too.
            if (text !== "" && (work.texts[kind] ?? "") === "") work.say(kind, text);
            setPanel({ kind, preset });
          }}
        />
      ) : null}
      <ShortcutList open={list} close={() => setList(false)} />
    </div>
  );
}

/** What is looked for: the value as it stands in the form now. */
function soughtValue(
  fields: ReturnType<typeof useWork>["fields"],
  output: JsonObject,
  entries: Readonly<Record<string, string>>,
  path: string,
): unknown {
  const field = fields.find((one) => one.path === path);
  return field?.entry === "number" ? (valueAt(output, path) ?? entries[path]) : entries[path];
}
