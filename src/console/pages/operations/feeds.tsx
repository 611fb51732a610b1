/** Where cases come from: whether each feed reads, when it looked last and looks next; it can be told to look now. */
import { Button } from "@mantine/core";
import { useAct, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

type Feed = Reply<"getOperations">["feeds"][number];

export function Feeds({ feeds, workflow }: { feeds: readonly Feed[]; workflow: string }) {
  const t = useWords(OPERATIONS);
  const may = useMay();
  const formats = useFormats();
  const toast = useToast();
  const look = useAct("runFeed", { refreshes: ["getOperations"] });
  const columns: Column<Feed>[] = [
    { id: "feed", head: t("feed"), cell: (row) => row.name },
    {
      id: "state",
      head: t("state"),
      cell: (row) =>
        row.problem === null ? (
          <StatusWord plain tone="good" word={t("fine")} />
        ) : (
          <StatusWord plain tone="bad" word={row.problem} />
        ),
    },
    { id: "read", head: t("readToday"), number: true, cell: (row) => formats.number(row.read) },
    {
      id: "quarantined",
      head: t("quarantined"),
      number: true,
      wideOnly: true,
      cell: (row) => formats.number(row.quarantined),
    },
    { id: "last", head: t("lastLook"), wideOnly: true, cell: (row) => <RelativeTime at={row.lastAt} /> },
    { id: "next", head: t("nextLook"), wideOnly: true, cell: (row) => <RelativeTime at={row.nextAt} /> },
    ...(may("feed.run")
      ? [
          {
            id: "look",
            head: "",
            cell: (row: Feed) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`${t("lookNow")}: ${row.name}`}
                onClick={() =>
                  look.mutate(
                    { params: { workflow, feed: row.name } },
                    {
                      onSuccess: () => toast.show({ what: t("looking", { feed: row.name }) }),
                      onError: (error) => toast.show({ what: row.name, error }),
                    },
                  )
                }
              >
                {t("lookNow")}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <Section title={t("feeds")}>
      <DataTable
        caption={t("feeds")}
        rows={feeds}
        idOf={(row) => row.name}
        columns={columns}
        empty={<p className={styles["soft"]}>{t("feedsNone")}</p>}
      />
    </Section>
  );
}
