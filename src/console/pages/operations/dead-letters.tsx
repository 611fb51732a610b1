/** What a target did not take after all tries, by target; sent again one by one or all at once, under the old keys. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

type Target = Reply<"getOperations">["deadLetters"][number];
const REFRESHES = ["getOperations", "getOverview", "listDeadLetters"] as const;

export function DeadLetters({ letters, workflow }: { letters: readonly Target[]; workflow: string }) {
  const t = useWords(OPERATIONS);
  const may = useMay();
  const formats = useFormats();
  const toast = useToast();
  const [asked, setAsked] = useState<Target>();
  const [listed, setListed] = useState(false);
  const replay = useAct("replayTarget", { refreshes: REFRESHES });
  return (
    <div id="dead-letters">
      <Section
        title={t("dead")}
        aside={
          letters.length === 0 ? null : (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={listed}
              onClick={() => setListed(!listed)}
            >
              {t(listed ? "hideLetters" : "letters")}
            </Button>
          )
        }
      >
        <DataTable
          caption={t("dead")}
          rows={letters}
          idOf={(row) => row.target}
          empty={<p className={styles["soft"]}>{t("deadNone")}</p>}
          columns={[
            { id: "target", head: t("target"), cell: (row) => row.target },
            { id: "count", head: t("count"), number: true, cell: (row) => formats.number(row.count) },
            { id: "error", head: t("error"), wideOnly: true, cell: (row) => row.error ?? "–" },
            {
              id: "newest",
              head: t("newest"),
              wideOnly: true,
              cell: (row) => <RelativeTime at={row.newestAt} />,
            },
            ...(may("delivery.replay")
              ? [
                  {
                    id: "replay",
                    head: "",
                    cell: (row: Target) => (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${t("replayAll")}: ${row.target}`}
                        onClick={() => setAsked(row)}
                      >
                        {t("replayAll")}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {listed && letters.length > 0 ? <Letters workflow={workflow} /> : null}
        {asked === undefined ? null : (
          <Confirm
            open
            title={t("replayTitle", { target: asked.target })}
            verb={t("replayAll")}
            onClose={() => setAsked(undefined)}
            onConfirm={async () => {
              const { cases } = await replay.mutateAsync({
                params: { workflow },
                body: { target: asked.target },
              });
              toast.show({ what: t("replayed", { n: cases }) });
            }}
          >
            <p>{t("replayWhat", { n: asked.count })}</p>
            {asked.error === null ? null : <p className={styles["soft"]}>{asked.error}</p>}
          </Confirm>
        )}
      </Section>
    </div>
  );
}

type Letter = Reply<"listDeadLetters">["letters"][number];

function Letters({ workflow }: { workflow: string }) {
  const t = useWords(OPERATIONS);
  const may = useMay();
  const formats = useFormats();
  const toast = useToast();
  const letters = useRead("listDeadLetters", { params: { workflow } });
  const replay = useAct("replayDelivery", { refreshes: REFRESHES });
  return (
    <div style={{ marginTop: 12 }}>
      <DataTable
        caption={t("letters")}
        rows={letters.data?.letters ?? []}
        idOf={(row) => row.key}
        empty={null}
        columns={[
          {
            id: "case",
            head: t("caseHead"),
            cell: (row) => (
              <Link to="/cases/$case" params={{ case: row.caseId }} search={true}>
                <code>{row.caseId}</code>
              </Link>
            ),
          },
          { id: "target", head: t("target"), wideOnly: true, cell: (row) => row.target },
          {
            id: "tries",
            head: t("tries"),
            number: true,
            wideOnly: true,
            cell: (row) => formats.number(row.tries),
          },
          { id: "error", head: t("error"), wideOnly: true, cell: (row) => row.error ?? "–" },
          ...(may("delivery.replay")
            ? [
                {
                  id: "replay",
                  head: "",
                  cell: (row: Letter) => (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`${t("replayOne")}: ${row.key}`}
                      onClick={() =>
                        replay.mutate(
                          { params: { case: row.caseId } },
                          {
                            onSuccess: () => toast.show({ what: t("replayed", { n: 1 }) }),
                            onError: (error) => toast.show({ what: t("replayOne"), error }),
                          },
                        )
                      }
                    >
                      {t("replayOne")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}
