/** Where people answered otherwise than the release: how often by category, and each case with its link. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Part } from "./part.tsx";
import styles from "./quality.module.css";
import { QUALITY } from "./words.ts";

type Found = Reply<"listDisagreements">;
const PAGE = 20;

export function Disagreements({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const [category, setCategory] = useState<string>();
  const [limit, setLimit] = useState(PAGE);
  const read = useRead(
    "listDisagreements",
    {
      params: { workflow },
      query: { limit: String(limit), ...(category === undefined ? {} : { category }) },
    },
    { keep: true },
  );
  return (
    <Part
      title={t("disagreements")}
      read={read}
      empty={t("disagreementsNone")}
      isEmpty={({ groups }) => groups.every(({ wrong }) => wrong === 0)}
    >
      {(found) => (
        <>
          <Groups found={found} chosen={category} choose={setCategory} />
          <Cases
            found={found}
            workflow={workflow}
            more={found.next === null || limit >= 500 ? undefined : () => setLimit(Math.min(500, limit + 60))}
          />
        </>
      )}
    </Part>
  );
}

function Groups({
  found,
  chosen,
  choose,
}: {
  found: Found;
  chosen: string | undefined;
  choose: (category: string | undefined) => void;
}) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const groups = found.groups.filter(({ wrong }) => wrong > 0);
  const most = Math.max(...groups.map(({ wrong }) => wrong));
  return (
    <ul className={styles["groups"]}>
      {groups.map(({ category, labels, wrong }) => {
        const pressed = category !== null && category === chosen;
        return (
          <li key={category ?? ""}>
            <Button
              size="compact-sm"
              variant={pressed ? "filled" : "subtle"}
              disabled={category === null}
              aria-pressed={pressed}
              onClick={() => choose(pressed ? undefined : (category ?? undefined))}
            >
              <span className={styles["category"]}>{category ?? t("noCategory")}</span>
            </Button>
            <span className={styles["barRow"]}>
              <span
                aria-hidden
                className={styles["bar"]}
                style={{ inlineSize: `${(wrong / most) * 100}%` }}
              />
            </span>
            <span className={styles["counts"]}>
              {t("ofN", { errors: formats.number(wrong), n: formats.number(labels) })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Cases({
  found,
  workflow,
  more,
}: {
  found: Found;
  workflow: string;
  more: (() => void) | undefined;
}) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  return (
    <DataTable
      caption={t("disagreements")}
      rows={found.cases}
      idOf={(row) => row.label}
      empty={null}
      more={more}
      columns={[
        {
          id: "case",
          head: t("case"),
          cell: (row) => (
            <Link to="/cases/$case" params={{ case: row.caseId }} search={{ workflow }}>
              {row.externalId}
            </Link>
          ),
        },
        { id: "said", head: t("said"), cell: (row) => row.category ?? t("noCategory") },
        {
          id: "fields",
          head: t("differIn"),
          wideOnly: true,
          cell: (row) => (row.fields.length === 0 ? t("rejected") : row.fields.join(", ")),
        },
        {
          id: "confidence",
          head: t("confidence"),
          number: true,
          cell: (row) => (row.confidence === null ? "–" : formats.number(row.confidence, 2)),
        },
        { id: "source", head: t("asked"), wideOnly: true, cell: (row) => t(`source.${row.source}`) },
        { id: "at", head: t("at"), wideOnly: true, cell: (row) => formats.when(row.at) },
      ]}
    />
  );
}
