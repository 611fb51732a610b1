/**
 * A chart with what belongs to it: one sentence that reads it, the same numbers as a table, and as CSV.
 *
 * The library that draws is loaded when the first chart is on the screen. Screen readers get the sentence and the table.
 */
import { Button, Group } from "@mantine/core";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { FRAME } from "../locales/frame.ts";
import { PARTS } from "../locales/parts.ts";
import { useWords } from "../locales/words.ts";
import { fileOfBuild } from "../newer-build.ts";
import type { Drawing } from "./chart-engine.ts";
import styles from "./chart.module.css";
import { saveCsv, type Cell } from "./csv.ts";
import { DataTable } from "./data-table.tsx";

export interface ChartSeries {
  id: string;
  name: string;
  /** A variable of tokens.css, such as `--accent`. */
  colour: string;
  kind: "bar" | "line";
  values: readonly number[];
}

export interface ChartProps {
  name: string;
  reading: ReactNode;
  /** What stands under the axis, one a point. */
  points: readonly string[];
  pointsName: string;
  series: readonly ChartSeries[];
  height?: number;
  /** Values between whole numbers mean something: amounts, not counts. */
  fractions?: boolean;
}

export function Chart({
  name,
  reading,
  points,
  pointsName,
  series,
  height = 200,
  fractions = false,
}: ChartProps) {
  const t = useWords(PARTS);
  const { locale } = useIntl();
  const [asTable, setAsTable] = useState(false);
  const rows = points.map((point, at) => ({ point, values: series.map((one) => one.values[at] ?? 0) }));
  const save = () =>
    saveCsv(
      name,
      [
        [pointsName, ...series.map((one) => one.name)],
        ...rows.map((row): Cell[] => [row.point, ...row.values]),
      ],
      locale,
    );
  return (
    <figure className={styles["chart"]}>
      <figcaption className={styles["reading"]}>{reading}</figcaption>
      <ul className={styles["names"]}>
        {series.map((one) => (
          <li key={one.id}>
            <span aria-hidden className={styles[one.kind]} style={{ background: `var(${one.colour})` }} />
            {one.name}
          </li>
        ))}
      </ul>
      {asTable ? (
        <div className={styles["table"]}>
          <DataTable
            caption={name}
            rows={rows}
            idOf={(row) => row.point}
            empty={null}
            columns={[
              { id: "point", head: pointsName, cell: (row) => row.point },
              ...series.map((one, at) => ({
                id: one.id,
                head: one.name,
                number: true,
                cell: (row: (typeof rows)[number]) =>
                  new Intl.NumberFormat(locale, fractions ? { maximumSignificantDigits: 4 } : {}).format(
                    row.values[at] ?? 0,
                  ),
              })),
            ]}
          />
        </div>
      ) : (
        <Plot points={points} series={series} height={height} name={name} fractions={fractions} />
      )}
      <Group gap="xs" mt={4}>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => setAsTable(!asTable)}
          aria-pressed={asTable}
        >
          {asTable ? t("asChart") : t("asTable")}
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={save}>
          {t("asCsv")}
        </Button>
      </Group>
    </figure>
  );
}

function Plot({
  points,
  series,
  height,
  name,
  fractions,
}: Pick<ChartProps, "points" | "series" | "name"> & { height: number; fractions: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing>(undefined);
  const scheme = useComputedColorScheme("light");
  const { locale } = useIntl();
  const t = useWords(FRAME);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let gone = false;
    const element = place.current;
    if (element === null) return;
    const plan = { points, series, locale, fractions };
    if (drawing.current !== undefined) drawing.current.draw(plan);
    else
      void fileOfBuild(() => import("./chart-engine.ts")).then(
        ({ openDrawing }) => {
          if (gone) return;
          drawing.current = openDrawing(element);
          drawing.current.draw(plan);
        },
        () => setMissing(true),
      );
    return () => {
      gone = true;
    };
  }, [points, series, scheme, locale, fractions]);
  useEffect(
    () => () => {
      drawing.current?.close();
      drawing.current = undefined;
    },
    [],
  );
  if (missing)
    return (
      <p>
        {t("fileMissing")}.{" "}
        <Button size="compact-sm" variant="subtle" onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      </p>
    );
  return <div ref={place} role="img" aria-label={name} style={{ height, width: "100%" }} />;
}
