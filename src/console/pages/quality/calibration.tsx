/** How far confidence can be believed: what it said against what was right, before and after calibration. */
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Chart, type ChartSeries } from "../../parts/chart.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Simulated } from "../../parts/small.tsx";
import { Part } from "./part.tsx";
import styles from "./quality.module.css";
import { QUALITY } from "./words.ts";

type Found = Reply<"listCalibrations">["calibrations"][number];

export function Calibration({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const read = useRead("listCalibrations", { params: { workflow }, query: { limit: "1" } });
  return (
    <Part
      title={t("calibration")}
      read={read}
      empty={t("calibrationNone")}
      isEmpty={({ calibrations }) => calibrations.length === 0}
      aside={<Fit workflow={workflow} />}
    >
      {({ calibrations: [newest] }) => (newest === undefined ? null : <Picture found={newest} />)}
    </Part>
  );
}

function Picture({ found }: { found: Found }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const { before, after } = found;
  const points = useMemo(
    () => after.bins.map(({ meanConfidence }) => formats.percent(meanConfidence, 0)),
    [after, formats],
  );
  const series = useMemo(
    (): ChartSeries[] => [
      {
        id: "right",
        name: t("wasRight"),
        colour: "--accent",
        kind: "bar",
        values: after.bins.map(({ right }) => right * 100),
      },
      {
        id: "said",
        name: t("saidRight"),
        colour: "--text-soft",
        kind: "line",
        values: after.bins.map(({ meanConfidence }) => meanConfidence * 100),
      },
    ],
    [after, t],
  );
  return (
    <>
      <p className={styles["flat"]}>
        {t(`method.${found.method}`, {
          labels: formats.number(found.labels),
          right: formats.number(found.right),
          temperature: found.temperature === null ? "" : formats.number(found.temperature, 2),
          day: formats.day(found.at),
        })}{" "}
        {found.simulated ? <Simulated /> : null}
      </p>
      <Chart
        name={t("reliability")}
        points={points}
        pointsName={t("saidRight")}
        series={series}
        fractions
        reading={t("reliabilityReading", { n: formats.number(after.n), bins: after.bins.length })}
      />
      <DataTable
        caption={t("calibration")}
        rows={[
          { name: t("before"), ...before },
          { name: t("after"), ...after },
        ]}
        idOf={(row) => row.name}
        empty={null}
        columns={[
          { id: "name", head: t("confidence"), cell: (row) => row.name },
          { id: "brier", head: "Brier", number: true, cell: (row) => formats.number(row.brier, 3) },
          { id: "ece", head: t("ece"), number: true, cell: (row) => formats.percent(row.error) },
          {
            id: "equal",
            head: t("eceEqual"),
            number: true,
            wideOnly: true,
            cell: (row) => formats.percent(row.errorOfEqualBins),
          },
          { id: "n", head: "n", number: true, cell: (row) => formats.number(row.n) },
        ]}
      />
      <p className={styles["soft"]}>{t("calibrationWhat")}</p>
    </>
  );
}

function Fit({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const fit = useAct("calibrate", {
    refreshes: ["listCalibrations", "previewCertification", "qualityWeeks"],
  });
  if (!may("certificate.ask")) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {t("fit")}
      </Button>
      <Confirm
        open={asking}
        title={t("fit")}
        verb={t("fit")}
        onConfirm={() => fit.mutateAsync({ params: { workflow }, body: {} })}
        onClose={() => setAsking(false)}
      >
        <p>{t("fitWhat")}</p>
      </Confirm>
    </>
  );
}
