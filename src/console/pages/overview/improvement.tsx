/**
 * One improvement: what was said in their words, the cases behind it, and what becomes of it.
 *
 * The program leaves out what the reader may not know; the dialog says so. Whoever may manage it ranks, assigns, names the
 * release that fixed it and answers; everybody else reads.
 */
import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { IMPROVEMENT_STATES, type ImprovementState } from "../../../contract/feedback-endpoints.ts";
import { OF_SOURCE } from "../../case/about-field.ts";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { REPORT_WORDS } from "../../locales/report-kinds.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./improvement.module.css";
import { IMPROVEMENTS, IMPROVEMENT_WORDS } from "./improvements-words.ts";

type Whole = Reply<"getImprovement">;
type Said = Whole["said"][number];

export const TONES: Record<ImprovementState, Tone> = {
  open: "attention",
  planned: "waiting",
  fixed: "good",
  declined: "unknown",
};
const FIRST = 5;

/** What was reported, in the reader's language: the kind, the reason given, and the field that it is about. */
export function useImprovementName() {
  const t = useWords(IMPROVEMENTS);
  const kind = useCode(REPORT_WORDS);
  const reason = useCode(REVIEW_REASON_WORDS);
  return useCallback(
    (row: Pick<Whole, "kind" | "reason" | "field">) =>
      [
        kind(row.kind),
        ...(row.reason === null ? [] : [reason(row.reason)]),
        ...(row.field === null ? [] : [fieldName(row.field, t("ofSource"))]),
      ].join(" · "),
    [kind, reason, t],
  );
}

/** A field of the output by its path; one of what came in says so. */
function fieldName(field: string, ofSource: string): string {
  return field.startsWith(OF_SOURCE) ? `${ofSource}: ${field.slice(OF_SOURCE.length)}` : field;
}

export function ImprovementDialog({
  id,
  workflow,
  close,
}: {
  id: string;
  workflow: string;
  close: () => void;
}) {
  const t = useWords(IMPROVEMENTS);
  const frame = useWords(FRAME);
  const may = useMay();
  const nameOf = useImprovementName();
  const read = useRead("getImprovement", { params: { improvement: id } });
  const found = read.data;
  return (
    <Modal
      opened
      onClose={close}
      title={found === undefined ? t("title") : nameOf(found)}
      size="lg"
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {found === undefined ? (
        read.isError ? (
          <Failed error={read.error} retry={read.refetch} />
        ) : (
          <Loading />
        )
      ) : (
        <div className={styles["whole"]}>
          <Words found={found} />
          <Cases cases={found.cases} />
          {may("improvement.manage") ? (
            <Settle key={found.id} found={found} workflow={workflow} close={close} />
          ) : (
            <Standing found={found} />
          )}
        </div>
      )}
    </Modal>
  );
}

function Words({ found }: { found: Whole }) {
  const t = useWords(IMPROVEMENTS);
  const [all, setAll] = useState(false);
  const shown = all ? found.said : found.said.slice(0, FIRST);
  return (
    <section aria-label={t("said")}>
      <p className={styles["soft"]}>
        {t("saidBy", { reports: found.reports, reporters: found.reporters })}
        {found.said.some((one) => one.withheld) ? ` ${t("withheld")}` : ""}
      </p>
      <ol className={styles["said"]}>
        {shown.map((one) => (
          <OneSaid key={one.id} one={one} about={found} />
        ))}
      </ol>
      {shown.length < found.said.length ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t("allSaid", { n: found.said.length })}
        </Button>
      ) : null}
    </section>
  );
}

function OneSaid({ one, about }: { one: Said; about: Whole }) {
  const t = useWords(IMPROVEMENTS);
  const reason = useCode(REVIEW_REASON_WORDS);
  const who = one.own ? t("you") : (one.by ?? t(`door.${one.door}`));
  // What all of them share stands in the title.
  const more = [
    ...(one.reason === null || one.reason === about.reason ? [] : [reason(one.reason)]),
    ...(one.field === null || one.field === about.field ? [] : [fieldName(one.field, t("ofSource"))]),
  ];
  return (
    <li>
      <div className={styles["who"]}>
        <strong>{who}</strong>
        <span>
          <RelativeTime at={one.at} />
        </span>
        {more.map((part) => (
          <span key={part}>{part}</span>
        ))}
        {one.caseId === null ? null : <CaseLink id={one.caseId} />}
      </div>
      {one.text !== null ? (
        <p className={styles["words"]}>{one.text}</p>
      ) : one.withheld ? null : (
        <p className={styles["soft"]}>{t("noWords")}</p>
      )}
    </li>
  );
}

function CaseLink({ id }: { id: string }) {
  return (
    <Link
      to="/cases/$case"
      params={{ case: id }}
      search={(before: object) => ({ ...before, improvement: undefined })}
    >
      <code title={id}>{`…${id.slice(-8)}`}</code>
    </Link>
  );
}

function Cases({ cases }: { cases: readonly string[] }) {
  const t = useWords(IMPROVEMENTS);
  if (cases.length === 0) return null;
  return (
    <p className={styles["cases"]}>
      {t("cases", { n: cases.length })}
      {cases.slice(0, 10).map((id) => (
        <CaseLink key={id} id={id} />
      ))}
      {cases.length > 10 ? "…" : null}
    </p>
  );
}

/** How it stands, for whoever only reads it. */
function Standing({ found }: { found: Whole }) {
  const t = useWords(IMPROVEMENTS);
  const state = useCode(IMPROVEMENT_WORDS);
  return (
    <dl className={styles["standing"]}>
      <dt>{t("state")}</dt>
      <dd>
        <StatusWord plain tone={TONES[found.state]} word={state(found.state)} />
      </dd>
      <dt>{t("owner")}</dt>
      <dd>{found.owner ?? t("nobody")}</dd>
      <dt>{t("fixedBy")}</dt>
      <dd>{found.fixedBy === null ? t("noRelease") : <code>{found.fixedBy}</code>}</dd>
      <dt>{t("answer")}</dt>
      <dd>{found.answer ?? t("noAnswer")}</dd>
    </dl>
  );
}

type Urgency = "keep" | "first" | "usual" | "last";

function Settle({ found, workflow, close }: { found: Whole; workflow: string; close: () => void }) {
  const t = useWords(IMPROVEMENTS);
  const stateWord = useCode(IMPROVEMENT_WORDS);
  const toast = useToast();
  const releases = useRead("listReleases", { params: { workflow } });
  const settle = useAct("settleImprovement", {
    refreshes: ["listImprovements", "getImprovement", "getOverview"],
  });
  const [state, setState] = useState<ImprovementState>(found.state);
  const [urgency, setUrgency] = useState<Urgency>("keep");
  const [owner, setOwner] = useState(found.owner ?? "");
  const [fixedBy, setFixedBy] = useState(found.fixedBy ?? "");
  const [answer, setAnswer] = useState(found.answer ?? "");
  const save = () =>
    settle.mutate(
      {
        params: { improvement: found.id },
        body: {
          state,
          ...(urgency === "keep" ? {} : { urgency }),
          owner: owner.trim() === "" ? null : owner.trim(),
          fixedBy: fixedBy === "" ? null : fixedBy,
          ...(answer.trim() === (found.answer ?? "") ? {} : { answer: answer.trim() || null }),
        },
      },
      {
        onSuccess({ told }) {
          toast.show({ what: told === 0 ? t("saved") : t("savedTold", { told }) });
          close();
        },
      },
    );
  return (
    <section aria-label={t("becomes")} className={styles["settle"]}>
      <Group grow align="flex-start" preventGrowOverflow={false}>
        <NativeSelect
          label={t("state")}
          value={state}
          onChange={(event) => setState(event.currentTarget.value as ImprovementState)}
          data={(Object.keys(IMPROVEMENT_STATES) as ImprovementState[]).map((value) => ({
            value,
            label: stateWord(value),
          }))}
        />
        <NativeSelect
          label={t("urgency")}
          value={urgency}
          onChange={(event) => setUrgency(event.currentTarget.value as Urgency)}
          data={(["keep", "first", "usual", "last"] as const).map((value) => ({
            value,
            label: t(`urgency.${value}`),
          }))}
        />
      </Group>
      <TextInput
        label={t("owner")}
        type="email"
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      <NativeSelect
        label={t("fixedBy")}
        value={fixedBy}
        onChange={(event) => setFixedBy(event.currentTarget.value)}
        data={[
          { value: "", label: t("noRelease") },
          ...(releases.data?.releases ?? []).map((one) => ({ value: one.id, label: one.id })),
        ]}
      />
      <Textarea
        label={t("answer")}
        description={t("answerWhat")}
        autosize
        minRows={3}
        maxRows={8}
        value={answer}
        onChange={(event) => setAnswer(event.currentTarget.value)}
      />
      <FormFoot act={settle} verb={t("save")} close={close} onAct={save} />
    </section>
  );
}
