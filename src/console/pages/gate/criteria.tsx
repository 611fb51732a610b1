/** Each criterion of a gate: what was measured with its range, against which levels, and how many more it takes. */
import { CRITERION_REASONS } from "../../../contract/gate.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { useInUnit, useReason, VerdictWord, type Criterion, type Gate } from "../quality/gate-shown.tsx";
import { GATES } from "../quality/gate-words.ts";
import styles from "../quality/runs.module.css";

export function Criteria({ gate }: { gate: Gate }) {
  const t = useWords(GATES);
  const formats = useFormats();
  const inUnit = useInUnit();
  return (
    <Section title={t("criteria")}>
      <DataTable
        caption={t("criteria")}
        rows={gate.criteria}
        idOf={({ name }) => name}
        empty={<p className={styles["flat"]}>{t("criteriaNone")}</p>}
        columns={[
          {
            id: "name",
            head: t("criterion"),
            cell: (row) => (
              <span className={styles["stack"]}>
                {row.name}
                <span className={styles["soft"]}>
                  {row.about === row.name ? null : `${row.about} · `}
                  {t(`group.${row.group}`)}, {t(row.must ? "must" : "informs")}
                </span>
              </span>
            ),
          },
          { id: "verdict", head: t("verdict"), cell: (row) => <Outcome row={row} /> },
          { id: "measured", head: t("measured"), number: true, cell: (row) => <Measured row={row} /> },
          { id: "n", head: t("n"), number: true, cell: ({ n }) => formats.number(n) },
          {
            id: "levels",
            head: t("levels"),
            number: true,
            cell: ({ minimum, target, stretch, unit }) =>
              minimum === null && target === null && stretch === null
                ? "–"
                : [minimum, target, stretch].map((level) => inUnit(level, unit)).join(" / "),
          },
          {
            id: "missing",
            head: t("missing"),
            number: true,
            cell: ({ missing }) => (missing === null ? "–" : t("aboutMore", { n: formats.number(missing) })),
          },
        ]}
      />
    </Section>
  );
}

function Outcome({ row: { verdict, reasons, proven } }: { row: Criterion }) {
  const t = useWords(GATES);
  const reason = useReason(CRITERION_REASONS);
  const told = [...reasons.map(reason), ...(proven === "stretch" && verdict === "go" ? [t("stretch")] : [])];
  return (
    <span className={styles["stack"]}>
      <VerdictWord verdict={verdict} />
      {told.length === 0 ? null : <span className={styles["soft"]}>{told.join("; ")}</span>}
    </span>
  );
}

function Measured({ row: { estimate, lower, upper, unit } }: { row: Criterion }) {
  const t = useWords(GATES);
  const inUnit = useInUnit();
  if (estimate === null) return "–";
  return (
    <span>
      {inUnit(estimate, unit)}{" "}
      {lower === null || upper === null ? null : (
        <span className={styles["range"]}>
          ({t("range", { lower: inUnit(lower, unit), upper: inUnit(upper, unit) })})
        </span>
      )}
    </span>
  );
}
