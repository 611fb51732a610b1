/** One list of everything that was reported, ranked, with the answer given; each opens with what was said (improvement.tsx). */
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { ImprovementDialog, TONES, useImprovementName } from "./improvement.tsx";
import { IMPROVEMENTS, IMPROVEMENT_WORDS } from "./improvements-words.ts";
import styles from "./overview.module.css";

type Improvement = Reply<"listImprovements">["improvements"][number];

export function Improvements({ workflow }: { workflow: string }) {
  const t = useWords(IMPROVEMENTS);
  const formats = useFormats();
  const state = useCode(IMPROVEMENT_WORDS);
  const reason = useCode(REVIEW_REASON_WORDS);
  const list = useRead("listImprovements", { params: { workflow } });
  // In the address, so that a mail leads to it.
  const { improvement: opened } = useSearch({ strict: false }) as { improvement?: string };
  const navigate = useNavigate();
  const open = useCallback(
    (improvement: string | undefined) =>
      void navigate({
        to: ".",
        search: (before: object) => ({ ...before, improvement }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const nameOf = useImprovementName();
  const columns = useMemo(
    (): Column<Improvement>[] => [
      { id: "rank", head: t("rank"), number: true, wideOnly: true, cell: (row) => formats.number(row.rank) },
      { id: "what", head: t("what"), cell: (row) => <What row={row} name={nameOf(row)} /> },
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
      {
        id: "open",
        head: "",
        cell: (row: Improvement) => (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("openOf", { title: nameOf(row) })}
            onClick={() => open(row.id)}
          >
            {t("open")}
          </Button>
        ),
      },
    ],
    [t, formats, nameOf, state, open],
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
        {opened === undefined ? null : (
          <ImprovementDialog key={opened} id={opened} workflow={workflow} close={() => open(undefined)} />
        )}
      </Section>
    </div>
  );
}

/** What it is, and below it what those who reported it were told. */
function What({ row, name }: { row: Improvement; name: string }) {
  const t = useWords(IMPROVEMENTS);
  return (
    <>
      {name}
      {row.answer === null ? null : (
        <span className={styles["told"]} title={row.answer}>
          {t("answered", { answer: row.answer })}
        </span>
      )}
    </>
  );
}
