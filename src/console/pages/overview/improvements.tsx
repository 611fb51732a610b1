/** One list of everything that was reported, ranked; the owner ranks, assigns, names the release that fixed it, answers. */
import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { IMPROVEMENT_STATES, type ImprovementState } from "../../../contract/feedback-endpoints.ts";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { IMPROVEMENTS, IMPROVEMENT_WORDS, REPORT_WORDS } from "./improvements-words.ts";
import styles from "./overview.module.css";

type Improvement = Reply<"listImprovements">["improvements"][number];

const TONES: Record<ImprovementState, Tone> = {
  open: "attention",
  planned: "waiting",
  fixed: "good",
  declined: "unknown",
};

/** What was reported, in the reader's language: the kind, the reason given, and the field that it is about. */
function useImprovementName() {
  const kind = useCode(REPORT_WORDS);
  const reason = useCode(REVIEW_REASON_WORDS);
  return useCallback(
    (row: Improvement) =>
      [kind(row.kind), ...(row.reason === null ? [] : [reason(row.reason)]), row.field ?? []]
        .flat()
        .join(" · "),
    [kind, reason],
  );
}

export function Improvements({ workflow }: { workflow: string }) {
  const t = useWords(IMPROVEMENTS);
  const may = useMay();
  const formats = useFormats();
  const state = useCode(IMPROVEMENT_WORDS);
  const reason = useCode(REVIEW_REASON_WORDS);
  const list = useRead("listImprovements", { params: { workflow } });
  const [edited, setEdited] = useState<Improvement>();
  const edits = may("improvement.manage");
  const nameOf = useImprovementName();
  const columns = useMemo(
    (): Column<Improvement>[] => [
      { id: "rank", head: t("rank"), number: true, wideOnly: true, cell: (row) => formats.number(row.rank) },
      { id: "what", head: t("what"), cell: nameOf },
      {
        id: "reports",
        head: t("reports"),
        wideOnly: true,
        cell: (row) => t("by", { reports: row.reports, reporters: row.reporters }),
      },
      {
        id: "state",
        head: t("state"),
        cell: (row) => <StatusWord plain tone={TONES[row.state]} word={state(row.state)} />,
      },
      { id: "owner", head: t("owner"), wideOnly: true, cell: (row) => row.owner ?? t("nobody") },
      {
        id: "fixed",
        head: t("fixedBy"),
        wideOnly: true,
        cell: (row) => (row.fixedBy === null ? "–" : <code>{row.fixedBy}</code>),
      },
      { id: "last", head: t("last"), wideOnly: true, cell: (row) => <RelativeTime at={row.lastAt} /> },
      ...(edits
        ? [
            {
              id: "edit",
              head: "",
              cell: (row: Improvement) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("editOf", { title: nameOf(row) })}
                  onClick={() => setEdited(row)}
                >
                  {t("edit")}
                </Button>
              ),
            },
          ]
        : []),
    ],
    [t, formats, nameOf, state, edits],
  );
  return (
    <div id="improvements">
      <Section title={t("title")}>
        {list.data === undefined ? (
          list.isError ? (
            <Failed error={list.error} retry={list.refetch} />
          ) : (
            <Loading />
          )
        ) : (
          <>
            {list.data.reasons.length === 0 ? null : (
              <p className={styles["quiet"]} style={{ marginBottom: 8 }}>
                {t("topReasons", {
                  reasons: formats.list(
                    list.data.reasons
                      .slice(0, 3)
                      .map((one) => `${reason(one.reason)} (${formats.number(one.count)})`),
                  ),
                })}
              </p>
            )}
            {list.data.wantsNewReason ? (
              <p className={styles["quiet"]} style={{ marginBottom: 8 }}>
                <StatusWord plain tone="attention" word={t("wantsNewReason")} />
              </p>
            ) : null}
            <DataTable
              caption={t("title")}
              rows={list.data.improvements}
              columns={columns}
              idOf={(row) => row.id}
              empty={<p className={styles["quiet"]}>{t("empty")}</p>}
            />
          </>
        )}
        {edited === undefined ? null : (
          <EditDialog
            key={edited.id}
            improvement={edited}
            workflow={workflow}
            close={() => setEdited(undefined)}
          />
        )}
      </Section>
    </div>
  );
}

type Urgency = "keep" | "first" | "usual" | "last";

function EditDialog({
  improvement,
  workflow,
  close,
}: {
  improvement: Improvement;
  workflow: string;
  close: () => void;
}) {
  const t = useWords(IMPROVEMENTS);
  const frame = useWords(FRAME);
  const stateWord = useCode(IMPROVEMENT_WORDS);
  const nameOf = useImprovementName();
  const toast = useToast();
  const releases = useRead("listReleases", { params: { workflow } });
  const settle = useAct("settleImprovement", { refreshes: ["listImprovements", "getOverview"] });
  const [state, setState] = useState<ImprovementState>(improvement.state);
  const [urgency, setUrgency] = useState<Urgency>("keep");
  const [owner, setOwner] = useState(improvement.owner ?? "");
  const [fixedBy, setFixedBy] = useState(improvement.fixedBy ?? "");
  const [answer, setAnswer] = useState(improvement.answer ?? "");
  const save = () =>
    settle.mutate(
      {
        params: { improvement: improvement.id },
        body: {
          state,
          ...(urgency === "keep" ? {} : { urgency }),
          owner: owner.trim() === "" ? null : owner.trim(),
          fixedBy: fixedBy === "" ? null : fixedBy,
          answer: answer.trim() === "" ? null : answer.trim(),
        },
      },
      {
        onSuccess() {
          toast.show({ what: t("saved") });
          close();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={close}
      title={nameOf(improvement)}
      size="lg"
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <div style={{ display: "grid", gap: 12 }}>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <NativeSelect
            label={t("state")}
            value={state}
            data-autofocus
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
          autosize
          minRows={3}
          maxRows={8}
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
        />
        {improvement.cases.length === 0 ? null : (
          <p className={styles["basis"]}>
            {t("cases")}:{" "}
            {improvement.cases.slice(0, 10).map((id) => (
              <span key={id}>
                <Link to="/cases/$case" params={{ case: id }} search={true}>
                  <code>{id}</code>
                </Link>{" "}
              </span>
            ))}
          </p>
        )}
        <FormFoot act={settle} verb={t("save")} close={close} onAct={save} />
      </div>
    </Modal>
  );
}
