/** A metric on parts of the items: where the whole hides a part that goes wrong. The worst part stands first. */
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { useMetricInWords } from "../quality/metric-words.ts";
import { Share } from "../quality/run-shown.tsx";
import { RUNS } from "../quality/run-words.ts";
import styles from "../quality/runs.module.css";
import type { Figures } from "./page.tsx";

const PAGE = 20;

export function Slices({ figures }: { figures: Figures }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const say = useMetricInWords();
  const nameOf = (of: string) => (of === "accuracy" ? t("accuracy") : say(of));
  const [metric, setMetric] = useState<string>();
  const [limit, setLimit] = useState(PAGE);
  const parted = figures.measures.filter(({ slices }) => slices.length > 0);
  const of = parted.find((one) => one.metric === metric) ?? parted[0];
  const parts = (of?.slices ?? []).toSorted(
    (a, b) => (a.share?.value ?? 2) - (b.share?.value ?? 2) || b.n - a.n,
  );
  return (
    <Section title={t("slices")}>
      {of === undefined ? <p className={styles["flat"]}>{t("slicesNone")}</p> : null}
      {of === undefined || parted.length < 2 ? null : (
        <NativeSelect
          label={t("slicesOf")}
          mb="sm"
          maw={320}
          value={of.metric}
          onChange={(event) => setMetric(event.currentTarget.value)}
          data={parted.map((one) => ({ value: one.metric, label: nameOf(one.metric) }))}
        />
      )}
      <DataTable
        caption={t("slices")}
        rows={parts.slice(0, limit)}
        idOf={({ facet, value }) => JSON.stringify([facet, value])}
        empty={null}
        more={parts.length > limit ? () => setLimit(limit + 5 * PAGE) : undefined}
        columns={[
          { id: "facet", head: t("facet"), cell: ({ facet }) => facet },
          { id: "part", head: t("part"), cell: ({ value }) => value },
          {
            id: "value",
            head: nameOf(of?.metric ?? "accuracy"),
            number: true,
            cell: ({ share }) => <Share of={share} />,
          },
          {
            id: "n",
            head: t("n"),
            number: true,
            cell: ({ right, n }) => t("ofN", { right: formats.number(right), n: formats.number(n) }),
          },
        ]}
      />
    </Section>
  );
}
