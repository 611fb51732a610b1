/** The share of wrong ones among what went out alone, week by week, with the bounds that decide. */
import { useMemo } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Chart, type ChartSeries } from "../../parts/chart.tsx";
import { Part } from "./part.tsx";
import styles from "./quality.module.css";
import { QUALITY } from "./words.ts";

type Found = Reply<"qualityWeeks">;

export function Bounds({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const read = useRead("qualityWeeks", { params: { workflow } });
  return (
    <Part title={t("bounds")} read={read} empty={t("boundsNone")} isEmpty={({ total }) => total.labels === 0}>
      {(found) => (
        <>
          <Weeks found={found} />
          <Expected found={found} />
        </>
      )}
    </Part>
  );
}

function Weeks({ found }: { found: Found }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const { total, target } = found;
  const weeks = useMemo(() => found.weeks.filter(({ labels }) => labels > 0), [found]);
  const points = useMemo(() => weeks.map(({ week }) => formats.day(`${week}T12:00:00Z`)), [weeks, formats]);
  const series = useMemo((): ChartSeries[] => {
    const line = (
      id: string,
      colour: string,
      name: string,
      of: (week: (typeof weeks)[number]) => number,
    ) => ({ id, name, colour, kind: "line" as const, values: weeks.map((week) => of(week) * 100) });
    return [
      { ...line("rate", "--accent", t("errorRate"), ({ errors, labels }) => errors / labels), kind: "bar" },
      line("exact", "--text-soft", t("exactUpper"), ({ exact }) => exact?.upper ?? 1),
      line("always", "--arm-manual", t("alwaysUpper"), ({ alwaysValid }) => alwaysValid?.upper ?? 1),
      line("target", "--bad", t("allowed"), () => target),
    ];
  }, [weeks, target, t]);
  return (
    <Chart
      name={t("boundsName")}
      points={points}
      pointsName={t("week")}
      series={series}
      fractions
      reading={t("boundsReading", {
        errors: formats.number(total.errors),
        labels: formats.number(total.labels),
        lower: formats.percent(total.alwaysValid?.lower ?? 0),
        upper: formats.percent(total.alwaysValid?.upper ?? 1),
        target: formats.percent(target),
        alone: formats.number(total.alone),
      })}
    />
  );
}

function Expected({ found: { expected } }: { found: Found }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  if (expected === null) return null;
  const values = { rate: formats.percent(expected.errorRate), cases: formats.number(expected.cases) };
  return (
    <p className={styles["soft"]}>
      {t("expected", values)} {expected.agrees === false ? <b>{t("expectedBroken")}</b> : null}
    </p>
  );
}
