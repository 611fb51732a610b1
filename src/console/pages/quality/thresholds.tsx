/** What each threshold would let out, and which queue it would make; what was wrong there only where that may be seen. */
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { readNumber } from "../../case/number-text.ts";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Part } from "./part.tsx";
import styles from "./quality.module.css";
import { QUALITY } from "./words.ts";

type Preview = Reply<"previewCertification">;
type Row = Preview["rows"][number] | ({ all: true } & Preview["allReviewed"]);
type Typed = Record<"threshold" | "minutes" | "hourlyCost", string>;

const NOTHING: Typed = { threshold: "", minutes: "", hourlyCost: "" };
const PAUSE = 350;

export function Thresholds({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const [typed, setTyped] = useState(NOTHING);
  const [settled] = useDebouncedValue(typed, PAUSE);
  const read = useRead(
    "previewCertification",
    { params: { workflow }, query: queryOf(settled) },
    { keep: true },
  );
  return (
    <Part title={t("thresholds")} read={read} empty={t("thresholdsNone")}>
      {(found) => (
        <>
          <p className={styles["flat"]}>
            <Outlook found={found} />
          </p>
          <Table found={found} />
          <WhatIf typed={typed} change={setTyped} />
          <Assumed found={found} />
          {found.open ? null : <Open workflow={workflow} />}
        </>
      )}
    </Part>
  );
}

function Outlook({ found }: { found: Preview }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const { now, missing, labels } = found;
  if (missing > 0) return t("missing", { missing, labels });
  if (now === null) return t("sealed", { labels });
  if (now.result === "certified")
    return t("wouldCertify", {
      at: now.threshold === null ? t("perCategory") : formats.number(now.threshold, 2),
      coverage: formats.percent(now.coverage, 0),
      bound: formats.percent(now.bound),
    });
  return now.moreLabels === null ? t("wouldNever") : t("wouldNot", { more: Math.max(1, now.moreLabels) });
}

function Table({ found }: { found: Preview }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const rows: Row[] = [...found.rows, { all: true, ...found.allReviewed }];
  const dash = "–";
  return (
    <DataTable
      caption={t("thresholds")}
      rows={rows}
      idOf={(row) => ("all" in row ? "all" : String(row.threshold))}
      empty={null}
      columns={[
        {
          id: "threshold",
          head: found.calibration === null ? t("threshold") : t("thresholdCalibrated"),
          cell: (row) =>
            "all" in row ? t("everyCase") : <b>{formats.number(row.calibrated ?? row.threshold, 2)}</b>,
        },
        {
          id: "coverage",
          head: t("coverage"),
          number: true,
          cell: (row) => ("all" in row ? formats.percent(0, 0) : formats.percent(row.coverage, 0)),
        },
        {
          id: "labels",
          head: t("labels"),
          number: true,
          wideOnly: true,
          cell: (row) => ("all" in row ? formats.number(found.labels) : formats.number(row.labels)),
        },
        {
          id: "mayBeWrong",
          head: t("mayBeWrong"),
          number: true,
          wideOnly: true,
          cell: (row) =>
            "all" in row ? dash : row.mayBeWrong < 0 ? t("tooFew") : formats.number(row.mayBeWrong),
        },
        {
          id: "seen",
          head: t("wrong"),
          number: true,
          cell: (row) =>
            "all" in row || row.seen === null ? (
              dash
            ) : (
              <span>
                {t("ofN", { errors: formats.number(row.seen.errors), n: formats.number(row.seen.n) })}{" "}
                <span className={styles["bounds"]}>
                  {t("range", {
                    lower: formats.percent(row.seen.lower),
                    upper: formats.percent(row.seen.upper),
                  })}
                </span>
              </span>
            ),
        },
        {
          id: "reviews",
          head: t("reviewsPerDay"),
          number: true,
          cell: (row) => formats.number(row.reviewsPerDay, 1),
        },
        {
          id: "minutes",
          head: t("minutesPerDay"),
          number: true,
          wideOnly: true,
          cell: (row) => (row.minutesPerDay === null ? dash : formats.number(row.minutesPerDay, 0)),
        },
        {
          id: "people",
          head: t("people"),
          number: true,
          wideOnly: true,
          cell: (row) => (row.peopleNeeded === null ? dash : formats.number(row.peopleNeeded)),
        },
        ...(rows.some((row) => row.reviewCostPerDay !== null)
          ? [
              {
                id: "cost",
                head: t("reviewCost"),
                number: true,
                cell: (row: Row) =>
                  row.reviewCostPerDay === null ? dash : formats.number(row.reviewCostPerDay, 2),
              },
            ]
          : []),
      ]}
    />
  );
}

function Assumed({ found }: { found: Preview }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const { assumes, modelCostPerDay } = found;
  return (
    <p className={styles["soft"]}>
      {t("assumes", {
        cases: formats.number(assumes.casesPerDay, 1),
        autonomy: formats.percent(assumes.autonomy, 0),
      })}
      {modelCostPerDay === null
        ? null
        : ` ${t("modelCost", { amount: formats.number(modelCostPerDay.amount, 2), currency: modelCostPerDay.currency })}`}
      {found.rows.some((row) => row.seen?.of === "look") ? ` ${t("seenAtLook")}` : null}
    </p>
  );
}

function WhatIf({ typed, change }: { typed: Typed; change: (typed: Typed) => void }) {
  const t = useWords(QUALITY);
  const field = (name: keyof Typed, most: number) => (
    <TextInput
      label={t(`if.${name}`)}
      inputMode="decimal"
      value={typed[name]}
      {...(typed[name].trim() !== "" && valueOf(typed[name], most) === undefined
        ? { error: t("notNumber", { most }) }
        : {})}
      onChange={(event) => change({ ...typed, [name]: event.currentTarget.value })}
    />
  );
  return (
    <div className={styles["fields"]}>
      {field("threshold", 1)}
      {field("minutes", 1_000)}
      {field("hourlyCost", 10_000)}
    </div>
  );
}

/** Laying labels open: what follows from it is said before. */
function Open({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const open = useAct("openLabels", { refreshes: ["previewCertification", "automationForecast"] });
  if (!may("certificate.ask")) return null;
  return (
    <div>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("showWrong")}
      </Button>
      <Confirm
        open={asking}
        title={t("showWrong")}
        verb={t("showWrong")}
        onConfirm={() => open.mutateAsync({ params: { workflow }, body: {} })}
        onClose={() => setAsking(false)}
      >
        <p>{t("showWrongWhat")}</p>
      </Confirm>
    </div>
  );
}

function valueOf(text: string, most: number): number | undefined {
  const read = readNumber(text);
  return read.kind === "number" && read.value >= 0 && read.value <= most ? read.value : undefined;
}

function queryOf(typed: Typed): Record<string, string> {
  const threshold = valueOf(typed.threshold, 1);
  const minutes = valueOf(typed.minutes, 1_000);
  const hourlyCost = valueOf(typed.hourlyCost, 10_000);
  return {
    ...(threshold === undefined ? {} : { threshold: String(threshold) }),
    ...(minutes === undefined || minutes < 0.01 ? {} : { minutesPerCase: String(minutes) }),
    ...(hourlyCost === undefined ? {} : { hourlyCost: String(hourlyCost) }),
  };
}
