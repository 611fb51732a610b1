/**
 * Two runs over the same version of a set beside each other: which release is better, how sure that is, and the items that changed.
 *
 * The choice stands in the address, so that a link shows the same to everybody.
 */
import { NativeSelect, TextInput } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { readNumber } from "../settings/dial-forms.ts";
import { Compare } from "./compared.tsx";
import { Part } from "./part.tsx";
import { Share, useRunCost } from "./run-shown.tsx";
import { useMetricInWords } from "./metric-words.ts";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";
import { fullName, useRunsOf, type Run } from "./runs-of-sets.ts";

/** Sets whose runs are offered. */
const NEWEST_SETS = 20;
const MOST_MARGIN = 50;
const USUAL_MARGIN = "2";

export function Comparison({ workflow }: { workflow: string }) {
  const t = useWords(RUNS);
  const list = useRead("listEvaluationSets", { params: { workflow } });
  const sets = (list.data?.sets ?? []).filter(({ looks }) => looks > 1).slice(0, NEWEST_SETS);
  const runs = useRunsOf(
    workflow,
    sets.map(({ id }) => id),
  );
  const done = runs.data?.filter(({ state }) => state === "done") ?? [];
  const read = list.data === undefined ? list : runs;
  return (
    <Part
      title={t("comparison")}
      read={{ ...read, data: list.data === undefined ? undefined : runs.data }}
      empty={t("comparisonNone")}
      isEmpty={() => pairOf(done, {}) === undefined}
    >
      {() => <Chosen runs={done} />}
    </Part>
  );
}

interface Pair {
  fresh: Run;
  old: Run | undefined;
}

/** What the address names, as far as it can be compared; else the newest run and the one before it over the same set. */
function pairOf(runs: readonly Run[], wanted: { fresh?: unknown; old?: unknown }): Pair | undefined {
  const others = (run: Run) => runs.filter(({ id, set }) => set === run.set && id !== run.id);
  const fresh = runs.find(({ id }) => id === wanted.fresh) ?? runs.find((run) => others(run).length > 0);
  if (fresh === undefined) return undefined;
  const among = others(fresh);
  return { fresh, old: among.find(({ id }) => id === wanted.old) ?? among[0] };
}

function Chosen({ runs }: { runs: readonly Run[] }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const [metric, setMetric] = useState("accuracy");
  const [margin, setMargin] = useState(USUAL_MARGIN);
  const pair = pairOf(runs, { fresh: search["new"], old: search["old"] });
  if (pair === undefined) return null;
  const { fresh, old } = pair;
  const points = readNumber(margin);
  const valid = points !== undefined && points >= 0 && points <= MOST_MARGIN;
  const label = (run: Run) =>
    `${formats.when(run.startedAt)} · ${run.release}${run.step === 0 ? "" : `, ${t("step", { step: run.step })}`}`;
  const seek = (next: Record<string, string>) =>
    void navigate({
      to: ".",
      search: (before: object) => ({ ...before, ...next }),
      hash: true,
      replace: true,
    });
  const say = useMetricInWords();
  const metrics = ["accuracy", ...fresh.metrics.filter(isOfItems)];
  return (
    <>
      <div className={styles["choose"]}>
        <NativeSelect
          label={t("newRun")}
          value={fresh.id}
          onChange={(event) => seek({ new: event.currentTarget.value })}
          data={runs.map((run) => ({ value: run.id, label: `${fullName(run)} · ${label(run)}` }))}
        />
        <NativeSelect
          label={t("oldRun")}
          value={old?.id ?? ""}
          disabled={old === undefined}
          onChange={(event) => seek({ new: fresh.id, old: event.currentTarget.value })}
          data={runs
            .filter(({ set, id }) => set === fresh.set && id !== fresh.id)
            .map((run) => ({ value: run.id, label: label(run) }))}
        />
        {metrics.length === 1 ? null : (
          <NativeSelect
            label={t("comparedBy")}
            value={metric}
            onChange={(event) => setMetric(event.currentTarget.value)}
            data={metrics.map((one) => ({
              value: one,
              label: one === "accuracy" ? t("accuracy") : say(one),
            }))}
          />
        )}
        <TextInput
          label={t("margin")}
          inputMode="decimal"
          value={margin}
          {...(valid ? {} : { error: t("notMargin") })}
          onChange={(event) => setMargin(event.currentTarget.value)}
        />
      </div>
      <Sides sides={old === undefined ? [fresh] : [fresh, old]} />
      {old === undefined ? (
        <p className={styles["flat"]}>{t("noOther", { set: fullName(fresh) })}</p>
      ) : valid ? (
        <Compare
          fresh={fresh.id}
          old={old.id}
          metric={metrics.includes(metric) ? metric : "accuracy"}
          margin={Number((points / 100).toFixed(6))}
        />
      ) : null}
    </>
  );
}

/** What each has right on its own, before both are held against each other. */
function Sides({ sides }: { sides: readonly Run[] }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const cost = useRunCost();
  return (
    <DataTable
      caption={t("sides")}
      rows={sides}
      idOf={(run) => run.id}
      empty={null}
      columns={[
        {
          id: "side",
          head: t("run"),
          cell: (run) => (
            <Link to="/quality/runs/$run" params={{ run: run.id }} search={sameWorkflow}>
              {t(run === sides[0] ? "newRun" : "oldRun")}
            </Link>
          ),
        },
        {
          id: "release",
          head: t("release"),
          cell: (run) => <code className={styles["stack"]}>{run.release}</code>,
        },
        { id: "accuracy", head: t("accuracy"), number: true, cell: (run) => <Share of={run.accuracy} /> },
        { id: "n", head: t("n"), number: true, cell: (run) => formats.number(run.right + run.wrong) },
        {
          id: "repeats",
          head: t("repeats"),
          number: true,
          wideOnly: true,
          cell: (run) => t("times", { n: run.repeats }),
        },
        { id: "cost", head: t("cost"), number: true, wideOnly: true, cell: (run) => cost(run.cost) },
      ]}
    />
  );
}

/** One that is right or wrong for each item; the others are one figure of a whole run, and accuracy is there anyway. */
const isOfItems = (metric: string) => !/^(?:accuracy|macro-f1|latency|cost)\b/.test(metric);
