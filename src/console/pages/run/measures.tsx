/** What a run measured, each figure with its range and how many it rests on. */
import { useIntl } from "react-intl";
import { useFormats } from "../../locales/formats.ts";
import { writtenMoney } from "../../locales/money.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { useMetricInWords } from "../quality/metric-words.ts";
import type { Range } from "../quality/run-shown.tsx";
import { RUNS } from "../quality/run-words.ts";
import styles from "../quality/runs.module.css";
import type { Figures } from "./page.tsx";

interface Line {
  name: string;
  value: string;
  range: string;
  n: string;
  unanswered: number;
}

export function Measures({ figures }: { figures: Figures }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  return (
    <Section title={t("measures")}>
      <DataTable
        caption={t("measures")}
        rows={useLines(figures)}
        idOf={({ name }) => name}
        empty={null}
        columns={[
          { id: "name", head: t("metric"), cell: ({ name }) => name },
          { id: "value", head: t("value"), number: true, cell: ({ value }) => value },
          { id: "range", head: t("range95"), number: true, cell: ({ range }) => range },
          { id: "n", head: t("n"), number: true, cell: ({ n }) => n },
          {
            id: "unanswered",
            head: t("unanswered"),
            number: true,
            wideOnly: true,
            cell: ({ unanswered }) => (unanswered === 0 ? "–" : formats.number(unanswered)),
          },
        ]}
      />
      {figures.judges.map(({ judge, alpha, cases }) => (
        <p key={judge} className={styles["flat"]}>
          {t("judge", { judge, alpha: formats.number(alpha, 2), n: formats.number(cases) })}
        </p>
      ))}
    </Section>
  );
}

function useLines({ measures, classes, flips, latency, cost }: Figures): Line[] {
  const t = useWords(RUNS);
  const formats = useFormats();
  const { locale } = useIntl();
  const say = useMetricInWords();
  const line = (
    name: string,
    of: Range | null,
    as: (value: number) => string,
    n: string,
    unanswered = 0,
  ): Line => ({
    name,
    value: of === null ? "–" : as(of.value),
    range: of === null ? "–" : t("range", { lower: as(of.lower), upper: as(of.upper) }),
    n,
    unanswered,
  });
  const percent = (value: number) => formats.percent(value);
  const ms = (value: number) => t("ms", { n: formats.number(Math.round(value)) });
  const part = (right: number, n: number) => t("ofN", { right: formats.number(right), n: formats.number(n) });
  const { currency, mean } = cost;
  const money = (amount: string) => writtenMoney(amount, currency ?? "EUR", locale);
  return [
    ...measures.map(({ metric, share, right, n, unanswered }) =>
      line(metric === "accuracy" ? t("accuracy") : say(metric), share, percent, part(right, n), unanswered),
    ),
    ...classes.map(({ field, macroF1, n, unanswered }) =>
      line(
        t("macroF1", { field }),
        macroF1,
        (value) => formats.number(value, 3),
        formats.number(n),
        unanswered,
      ),
    ),
    ...(flips === null ? [] : [line(t("flips"), flips.share, percent, part(flips.flipped, flips.n))]),
    ...(latency.n === 0
      ? []
      : [
          line(t("latencyMean"), latency.mean, ms, formats.number(latency.n)),
          line(t("latencyP50"), latency.p50, ms, formats.number(latency.n)),
          line(t("latencyP95"), latency.p95, ms, formats.number(latency.n)),
          line(t("latencyP99"), latency.p99, ms, formats.number(latency.n)),
        ]),
    ...(mean === null || currency === null
      ? []
      : [
          {
            name: t("costMean"),
            value: money(mean.value),
            range: t("range", { lower: money(mean.lower), upper: money(mean.upper) }),
            n: formats.number(cost.n),
            unanswered: 0,
          },
        ]),
  ];
}
