/** What a release that was rolled back had delivered alone: each is opened, and confirmed or corrected on its own page. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import type { Inbox } from "./desk.ts";
import { keyFacts } from "./lists.tsx";
import styles from "./lists.module.css";

type Row = Inbox["recalled"]["cases"][number];

export function Recalled({ rows }: { rows: readonly Row[] }) {
  const t = useWords(INBOX);
  const columns: Column<Row>[] = [
    { id: "case", head: t("list.case"), cell: (row) => row.externalId },
    { id: "what", head: t("list.what"), cell: (row) => keyFacts(row.facets as Record<string, unknown>) },
    {
      id: "at",
      head: t("recalled.at"),
      wideOnly: true,
      cell: (row) => <RelativeTime at={row.deliveredAt} />,
    },
    {
      id: "open",
      head: "",
      cell: (row) => (
        <Button
          variant="subtle"
          size="compact-sm"
          renderRoot={(props) => (
            <Link {...props} to="/cases/$case" params={{ case: row.caseId }} search={true} />
          )}
        >
          {t("list.open")}
        </Button>
      ),
    },
  ];
  return (
    <div className={styles["list"]}>
      <p>{t("recalled.what")}</p>
      <DataTable
        caption={t("tab.recalled")}
        rows={rows}
        columns={columns}
        idOf={(row) => row.caseId}
        empty={<Empty icon="inbox" title={t("recalled.none")} />}
      />
    </div>
  );
}
