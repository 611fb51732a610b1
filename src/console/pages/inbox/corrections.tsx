/** Corrections that wait for a second person: the list, and one of them to approve or refuse. */
import { Button, Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CorrectionView } from "../../case/corrections.tsx";
import { useOutputFields } from "../../case/fields-of-case.ts";
import { labelOf } from "../../case/output-fields.ts";
import { SettleCorrection } from "../../case/settle-correction.tsx";
import { useRead } from "../../data/api.ts";
import { CORRECTIONS } from "../../locales/corrections.ts";
import { FRAME } from "../../locales/frame.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, ErrorText, Loading } from "../../parts/page.tsx";
import { RelativeTime, Tag } from "../../parts/small.tsx";
import type { Inbox } from "./desk.ts";
import styles from "./lists.module.css";

type Row = Inbox["corrections"][number];

export function CorrectionsWaiting({ rows }: { rows: readonly Row[] }) {
  const t = useWords(CORRECTIONS);
  const inbox = useWords(INBOX);
  const [looking, setLooking] = useState<Row>();
  const columns: Column<Row>[] = [
    {
      id: "case",
      head: inbox("list.case"),
      cell: (row) => (
        <Link to="/cases/$case" params={{ case: row.caseId }} search={true}>
          {row.externalId}
        </Link>
      ),
    },
    {
      id: "person",
      head: t("person"),
      cell: (row) =>
        row.own ? (
          <span>
            {t("you")} <Tag>{t("forOthers")}</Tag>
          </span>
        ) : (
          row.person
        ),
    },
    { id: "fields", head: t("fields"), cell: (row) => row.fields.map((path) => labelOf(path)).join(", ") },
    { id: "since", head: t("since"), wideOnly: true, cell: (row) => <RelativeTime at={row.at} /> },
    {
      id: "look",
      head: "",
      cell: (row) => (
        <Button variant="subtle" size="compact-sm" onClick={() => setLooking(row)}>
          {t("look")}
        </Button>
      ),
    },
  ];
  return (
    <div className={styles["list"]}>
      <DataTable
        caption={inbox("tab.corrections")}
        rows={rows}
        columns={columns}
        idOf={(row) => row.caseId}
        onOpen={setLooking}
        empty={
          <Empty icon="inbox" title={t("none")}>
            <p>{t("noneWhat")}</p>
          </Empty>
        }
      />
      {looking === undefined ? null : <Looked row={looking} close={() => setLooking(undefined)} />}
    </div>
  );
}

function Looked({ row, close }: { row: Row; close: () => void }) {
  const t = useWords(CORRECTIONS);
  const frame = useWords(FRAME);
  const read = useRead("getCase", { params: { case: row.caseId }, query: { content: "true" } });
  const fields = useOutputFields(read.data);
  const found = read.data;
  const one = found?.corrections.find(
    (other) => other.proposal === row.proposal && other.state === "waiting",
  );
  return (
    <Modal
      opened
      onClose={close}
      size={720}
      title={row.externalId}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {read.isError ? (
        <div role="alert">
          <ErrorText error={read.error} />
        </div>
      ) : found === undefined ? (
        <Loading />
      ) : one === undefined ? (
        <p>{t("gone")}</p>
      ) : (
        <CorrectionView one={{ ...one, person: one.person ?? row.person }} found={found} fields={fields}>
          <SettleCorrection caseId={row.caseId} proposal={row.proposal} own={one.own} settled={close} />
        </CorrectionView>
      )}
      <p>
        <Link to="/cases/$case" params={{ case: row.caseId }} search={true}>
          {t("toCase")}
        </Link>
      </p>
    </Modal>
  );
}
