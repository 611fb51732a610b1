/** What is not next but somewhere else: returned, snoozed, asked, escalated; each can be opened from its row. */
import { Button, Modal, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { labelOf } from "../../case/output-fields.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, ErrorText } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Inbox } from "./desk.ts";
import styles from "./lists.module.css";

export type ListName = "returned" | "snoozed" | "asked" | "escalated";
type Row = Inbox[ListName][number];

export function InboxList({
  name,
  rows,
  open,
}: {
  name: ListName;
  rows: readonly Row[];
  open: (caseId: string) => void;
}) {
  const t = useWords(INBOX);
  const [answering, setAnswering] = useState<Row>();
  const columns: Column<Row>[] = [
    {
      id: "case",
      head: t("list.case"),
      cell: (row) => (
        <Link to="/cases/$case" params={{ case: row.caseId }} search={true}>
          {row.externalId}
        </Link>
      ),
    },
    {
      id: "what",
      head: t("list.what"),
      wideOnly: true,
      cell: (row) => keyFacts(row.facets as Record<string, unknown>),
    },
    {
      id: "note",
      head: t("list.note"),
      cell: (row) => <span className={styles["note"]}>{row.note ?? "–"}</span>,
    },
    { id: "due", head: t("list.due"), wideOnly: true, cell: (row) => <RelativeTime at={row.dueAt} /> },
    ...(name === "snoozed" || name === "asked"
      ? [{ id: "until", head: t("list.until"), cell: (row: Row) => <RelativeTime at={row.until} /> }]
      : []),
    { id: "since", head: t("list.since"), wideOnly: true, cell: (row) => <RelativeTime at={row.at} /> },
    {
      id: "open",
      head: "",
      cell: (row) =>
        name === "asked" ? (
          <Button variant="subtle" size="compact-sm" onClick={() => setAnswering(row)}>
            {t("answerCame")}
          </Button>
        ) : (
          <Button variant="subtle" size="compact-sm" onClick={() => open(row.caseId)}>
            {t("list.open")}
          </Button>
        ),
    },
  ];
  return (
    <div className={styles["list"]}>
      <DataTable
        caption={t(`tab.${name}`)}
        rows={rows}
        columns={columns}
        idOf={(row) => row.caseId}
        {...(name === "asked" ? {} : { onOpen: (row: Row) => open(row.caseId) })}
        empty={
          <Empty icon="inbox" title={t(`list.${name}`)}>
            <p>{t(`list.${name}What`)}</p>
          </Empty>
        }
      />
      {answering === undefined ? null : <Answer row={answering} close={() => setAnswering(undefined)} />}
    </div>
  );
}

function Answer({ row, close }: { row: Row; close: () => void }) {
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  const toast = useToast();
  const record = useAct("recordAnswer", { refreshes: ["getInbox"] });
  const [text, setText] = useState("");
  return (
    <Modal opened onClose={close} title={row.externalId} closeButtonProps={{ "aria-label": frame("close") }}>
      <Textarea
        label={t("answerText")}
        description={row.note ?? undefined}
        autosize
        minRows={3}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {record.isError ? <ErrorText error={record.error} /> : null}
      <div className={styles["ends"]}>
        <Button variant="default" onClick={close}>
          {frame("cancel")}
        </Button>
        <Button
          loading={record.isPending}
          disabled={text.trim() === ""}
          onClick={() =>
            record.mutate(
              { params: { case: row.caseId }, body: { text } },
              {
                onSuccess() {
                  toast.show({ what: t("answered") });
                  close();
                },
              },
            )
          }
        >
          {frame("save")}
        </Button>
      </div>
    </Modal>
  );
}

/** Facets as words; never free text. */
export function keyFacts(facets: Record<string, unknown>): string {
  return Object.values(facets)
    .flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value as Record<string, unknown>) : [value],
    )
    .filter((value) => typeof value === "string" && value !== "" && !/^\d{4}-\d{2}-\d{2}T/.test(value))
    .map((value) => labelOf(String(value)))
    .join(" · ");
}
