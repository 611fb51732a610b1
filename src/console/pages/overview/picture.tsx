/**
 * The workflow as a picture, drawn from its configuration: stations, today's numbers, branches as thick as their share.
 *
 * Where it is narrow it becomes a list with the same numbers. The same as a table is one click away.
 */
import { Button } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useId, useMemo, useState } from "react";
import { useFormats } from "../../locales/formats.ts";
import { PARTS } from "../../locales/parts.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./picture.module.css";
import { layoutOf, thickness, type Branch, type Station } from "./picture-layout.ts";
import { OVERVIEW, SICK_WORDS, STATION_WORDS } from "./words.ts";

interface PictureProps {
  stations: readonly Station[];
  branches: readonly Branch[];
}

const NARROW = 700;

export function Picture({ stations, branches }: PictureProps) {
  const t = useWords(OVERVIEW);
  const parts = useWords(PARTS);
  const [asTable, setAsTable] = useState(false);
  const { ref, width } = useElementSize();
  return (
    <Section
      title={t("picture")}
      aside={
        <Button
          size="compact-sm"
          variant="subtle"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? parts("asPicture") : parts("asTable")}
        </Button>
      }
    >
      <div ref={ref}>
        {asTable ? (
          <AsTable stations={stations} branches={branches} />
        ) : width === 0 ? null : width < NARROW ? (
          <AsList stations={stations} branches={branches} />
        ) : (
          <Drawn stations={stations} branches={branches} width={width} />
        )}
      </div>
    </Section>
  );
}

function Drawn({ stations, branches, width }: PictureProps & { width: number }) {
  const t = useWords(OVERVIEW);
  const name = useCode(STATION_WORDS);
  const sick = useCode(SICK_WORDS);
  const formats = useFormats();
  const id = useId();
  const layout = useMemo(() => layoutOf(width, stations, branches), [width, stations, branches]);
  const spoken = stations
    .map((one) =>
      [
        `${name(one.id)}: ${formats.number(one.today)}`,
        ...(one.waiting > 0 ? [t("waiting", { n: one.waiting })] : []),
        ...(one.sick === null ? [] : [sick(one.sick)]),
      ].join(", "),
    )
    .join(". ");
  return (
    <svg
      className={styles["picture"]}
      width={width}
      height={layout.height}
      viewBox={`0 0 ${width} ${layout.height}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-what`}
    >
      <title id={`${id}-title`}>{t("picture")}</title>
      <desc id={`${id}-what`}>{`${t("pictureWhat")} ${spoken}`}</desc>
      {layout.lines.map((line) => (
        <path
          key={line.id}
          d={line.path}
          className={`${styles["line"]} ${styles[line.kind]}`}
          strokeWidth={line.width}
        />
      ))}
      {layout.lines.map((line) =>
        line.label === null || line.branch === null ? null : (
          <text
            key={line.id}
            x={line.label.x}
            y={line.label.y}
            className={styles["label"]}
            textAnchor="middle"
          >
            {line.branch.to in STATION_WORDS && !stations.some((one) => one.id === line.branch?.to)
              ? `${name(line.branch.to)} ${formats.number(line.branch.count)}`
              : `${t(line.kind === "automatic" ? "automatic" : "manualShort")} · ${formats.number(line.branch.count)} · ${formats.percent(line.branch.share, 0)}`}
          </text>
        ),
      )}
      {layout.boxes.map(({ station, x, y }) => (
        <g key={station.id} transform={`translate(${x} ${y})`}>
          <rect
            width={layout.boxWidth}
            height={layout.boxHeight}
            rx={6}
            className={`${styles["box"]} ${station.sick === null ? "" : styles["sick"]}`}
          />
          <text x={10} y={21} className={styles["name"]}>
            {name(station.id)}
          </text>
          <text x={10} y={48} className={styles["number"]}>
            {formats.number(station.today)}
          </text>
          {station.waiting > 0 ? (
            <text x={10} y={66} className={styles["small"]}>
              {t("waiting", { n: station.waiting })}
            </text>
          ) : null}
          {station.sick === null ? null : (
            <>
              <g transform="translate(9 73)" className={styles["mark"]}>
                <Icon name="warn" size={13} />
              </g>
              <text x={26} y={84} className={styles["sickWord"]}>
                {sick(station.sick)}
              </text>
            </>
          )}
        </g>
      ))}
    </svg>
  );
}

function AsList({ stations, branches }: PictureProps) {
  const t = useWords(OVERVIEW);
  const name = useCode(STATION_WORDS);
  const sick = useCode(SICK_WORDS);
  const formats = useFormats();
  return (
    <ol className={styles["list"]}>
      {stations.map((station) => {
        const into = branches.filter((one) => one.to === station.id);
        const share = into.reduce((sum, one) => sum + one.share, station.id === "feed" ? 1 : 0);
        const aside = branches.filter(
          (one) => one.from === station.id && !stations.some((other) => other.id === one.to) && one.count > 0,
        );
        return (
          <li key={station.id}>
            <span className={styles["track"]} aria-hidden>
              <span style={{ width: thickness(share) }} />
            </span>
            <span className={styles["name"]}>{name(station.id)}</span>
            <span className={styles["facts"]}>
              {station.sick === null ? null : <StatusWord plain tone="attention" word={sick(station.sick)} />}
              {station.waiting > 0 ? <span>{t("waiting", { n: station.waiting })}</span> : null}
              {aside.map((one) => (
                <span key={one.to}>
                  {name(one.to)} {formats.number(one.count)}
                </span>
              ))}
            </span>
            <b>{formats.number(station.today)}</b>
          </li>
        );
      })}
    </ol>
  );
}

function AsTable({ stations, branches }: PictureProps) {
  const t = useWords(OVERVIEW);
  const name = useCode(STATION_WORDS);
  const sick = useCode(SICK_WORDS);
  const formats = useFormats();
  return (
    <div className={styles["tables"]}>
      <DataTable
        caption={t("picture")}
        rows={stations}
        idOf={(row) => row.id}
        empty={null}
        columns={[
          { id: "station", head: t("station"), cell: (row) => name(row.id) },
          { id: "today", head: t("today"), number: true, cell: (row) => formats.number(row.today) },
          { id: "waits", head: t("waits"), number: true, cell: (row) => formats.number(row.waiting) },
          {
            id: "problem",
            head: t("problem"),
            cell: (row) =>
              row.sick === null ? (
                t("noProblem")
              ) : (
                <StatusWord plain tone="attention" word={sick(row.sick)} />
              ),
          },
        ]}
      />
      <DataTable
        caption={t("way")}
        rows={branches}
        idOf={(row) => `${row.from}-${row.to}-${row.kind}`}
        empty={null}
        columns={[
          { id: "way", head: t("way"), cell: (row) => t("from", { from: name(row.from), to: name(row.to) }) },
          { id: "cases", head: t("cases"), number: true, cell: (row) => formats.number(row.count) },
          { id: "share", head: t("share"), number: true, cell: (row) => formats.percent(row.share) },
        ]}
      />
    </div>
  );
}
