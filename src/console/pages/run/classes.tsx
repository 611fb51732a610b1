/** The classes of one field: how many of each were found, how many were rightly called so, and what was taken for what. */
import { useState } from "react";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { Items, WhatLeadsWhere } from "../quality/items.tsx";
import { Share } from "../quality/run-shown.tsx";
import { RUNS } from "../quality/run-words.ts";
import styles from "../quality/runs.module.css";
import type { Figures } from "./page.tsx";

type Table = Figures["classes"][number];
const PAGE = 20;

export function Classes({ table }: { table: Table }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const { field, classes, unknown } = table;
  return (
    <>
      <Section title={t("classes", { field })}>
        {unknown === 0 ? null : <p className={styles["flat"]}>{t("unknownClass", { n: unknown })}</p>}
        <DataTable
          caption={t("classes", { field })}
          rows={classes}
          idOf={({ name }) => name}
          empty={null}
          columns={[
            { id: "class", head: t("class"), cell: ({ name }) => name },
            { id: "truths", head: t("truths"), number: true, cell: (row) => formats.number(row.truths) },
            { id: "called", head: t("called"), number: true, cell: (row) => formats.number(row.answers) },
            { id: "recall", head: t("recall"), number: true, cell: (row) => <Share of={row.recall} /> },
            {
              id: "precision",
              head: t("precision"),
              number: true,
              cell: (row) => <Share of={row.precision} />,
            },
            {
              id: "f1",
              head: t("f1"),
              number: true,
              cell: ({ f1 }) => (f1 === null ? "–" : formats.number(f1, 2)),
            },
          ]}
        />
      </Section>
      <Confusions table={table} />
    </>
  );
}

function Confusions({ table: { field, confusions } }: { table: Table }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const [limit, setLimit] = useState(PAGE);
  return (
    <Section title={t("confusions", { field })}>
      <DataTable
        caption={t("confusions", { field })}
        rows={confusions.slice(0, limit)}
        idOf={({ truth, answer }) => JSON.stringify([truth, answer])}
        empty={<p className={styles["flat"]}>{t("confusionsNone")}</p>}
        more={confusions.length > limit ? () => setLimit(limit + 5 * PAGE) : undefined}
        columns={[
          { id: "is", head: t("is"), cell: ({ truth }) => truth },
          {
            id: "called",
            head: t("wasCalled"),
            cell: ({ answer }) => answer ?? <i className={styles["soft"]}>{t("nothing")}</i>,
          },
          { id: "n", head: t("howMany"), number: true, cell: ({ n }) => formats.number(n) },
          { id: "items", head: t("behind"), cell: ({ items, n }) => <Items items={items} of={n} /> },
        ]}
      />
      {confusions.length === 0 ? null : <WhatLeadsWhere items={confusions.flatMap(({ items }) => items)} />}
    </Section>
  );
}
