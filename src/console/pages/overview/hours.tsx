/** The last hours: what came in, what went out, and by whom it was decided. */
import { useMemo } from "react";
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Chart, type ChartSeries } from "../../parts/chart.tsx";
import { Section } from "../../parts/page.tsx";
import styles from "./overview.module.css";
import { OVERVIEW } from "./words.ts";

type Hour = Reply<"getOverview">["hours"][number];

const sum = (hours: readonly Hour[], of: (hour: Hour) => number) =>
  hours.reduce((all, hour) => all + of(hour), 0);

export function Hours({ hours }: { hours: readonly Hour[] }) {
  const t = useWords(OVERVIEW);
  const formats = useFormats();
  const points = useMemo(() => hours.map((hour) => formats.hour(hour.at)), [hours, formats]);
  const series = useMemo(
    (): ChartSeries[] => [
      {
        id: "received",
        name: t("received"),
        colour: "--text-soft",
        kind: "line",
        values: hours.map((one) => one.received),
      },
      {
        id: "automatic",
        name: t("automatic"),
        colour: "--accent",
        kind: "bar",
        values: hours.map((one) => one.automatic),
      },
      {
        id: "reviewed",
        name: t("reviewed"),
        colour: "--arm-manual",
        kind: "bar",
        values: hours.map((one) => one.reviewed),
      },
    ],
    [hours, t],
  );
  const peak = hours.reduce<Hour | undefined>(
    (best, one) => (best === undefined || one.received > best.received ? one : best),
    undefined,
  );
  const received = sum(hours, (one) => one.received);
  const nothing = received === 0 && sum(hours, (one) => one.delivered) === 0;
  return (
    <Section title={t("hours", { n: hours.length })}>
      {nothing || peak === undefined ? (
        <p className={styles["quiet"]}>{t("hoursNone")}</p>
      ) : (
        <Chart
          name={t("hours", { n: hours.length })}
          points={points}
          pointsName={t("hour")}
          series={series}
          reading={t("hoursReading", {
            received,
            delivered: sum(hours, (one) => one.delivered),
            automatic: sum(hours, (one) => one.automatic),
            peak: formats.hour(peak.at),
            most: peak.received,
          })}
        />
      )}
    </Section>
  );
}
