/** The evaluation sets of the workflow and the newest runs of releases over them. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { Part } from "./part.tsx";
import { RunState, Share, useRunCost } from "./run-shown.tsx";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";
import { fullName, useFiguresOf, useRunsOf, type EvaluationSet, type Run } from "./runs-of-sets.ts";
import { HowToMakeOne, Sets } from "./sets.tsx";
import { StartRun } from "./start-run.tsx";

/** Sets whose runs are shown while none is chosen. */
const NEWEST_SETS = 8;
const PAGE = 10;

export function Runs({ workflow }: { workflow: string }) {
  const t = useWords(RUNS);
  const read = useRead("listEvaluationSets", { params: { workflow } });
  const sets = read.data?.sets ?? [];
  return (
    <Part
      title={t("runs")}
      read={read}
      empty={<HowToMakeOne workflow={workflow} />}
      isEmpty={(found) => found.sets.length === 0}
      aside={sets.length === 0 ? undefined : <StartRun workflow={workflow} sets={sets} />}
    >
      {(found) => <SetsWithRuns workflow={workflow} sets={found.sets} />}
    </Part>
  );
}

function SetsWithRuns({ workflow, sets }: { workflow: string; sets: readonly EvaluationSet[] }) {
  const t = useWords(RUNS);
  const [chosen, setChosen] = useState<string>();
  const of = sets.find(({ id }) => id === chosen);
  const runs = useRunsOf(
    workflow,
    (of === undefined ? sets.slice(0, NEWEST_SETS) : [of]).map(({ id }) => id),
  );
  const caption = of === undefined ? t("newestRuns") : t("runsOf", { set: `${of.name}@${of.version}` });
  return (
    <>
      <p className={styles["flat"]}>{t("runsWhat")}</p>
      <Sets sets={sets} chosen={chosen} choose={setChosen} />
      <h3 className={styles["small"]}>{caption}</h3>
      {runs.data !== undefined ? (
        <List key={chosen ?? ""} runs={runs.data} caption={caption} />
      ) : runs.isError ? (
        <Failed error={runs.error} retry={runs.refetch} />
      ) : (
        <Loading />
      )}
    </>
  );
}

function List({ runs, caption }: { runs: readonly Run[]; caption: string }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const cost = useRunCost();
  const [limit, setLimit] = useState(PAGE);
  const shown = runs.slice(0, limit);
  const figures = useFiguresOf(shown);
  return (
    <DataTable
      caption={caption}
      rows={shown}
      idOf={(run) => run.id}
      empty={<p className={styles["soft"]}>{t("runsNone")}</p>}
      more={runs.length > limit ? () => setLimit(limit + 2 * PAGE) : undefined}
      columns={[
        {
          id: "run",
          head: t("run"),
          cell: (run) => (
            <span className={`${styles["stack"]} ${styles["when"]}`}>
              <Link to="/quality/runs/$run" params={{ run: run.id }} search={sameWorkflow}>
                {formats.when(run.startedAt)}
              </Link>
              <span className={styles["soft"]}>{fullName(run)}</span>
            </span>
          ),
        },
        {
          id: "release",
          head: t("release"),
          cell: (run) => (
            <span className={styles["stack"]}>
              <code>{run.release}</code>
              {run.step === 0 ? null : (
                <span className={styles["soft"]}>{t("step", { step: run.step })}</span>
              )}
            </span>
          ),
        },
        { id: "state", head: t("state"), cell: (run) => <RunState run={run} /> },
        { id: "n", head: t("n"), number: true, cell: (run) => formats.number(run.right + run.wrong) },
        { id: "accuracy", head: t("accuracy"), number: true, cell: (run) => <Share of={run.accuracy} /> },
        {
          id: "repeats",
          head: t("repeats"),
          number: true,
          wideOnly: true,
          cell: (run) => <Repeats run={run} flips={figures.get(run.id)?.flips ?? null} />,
        },
        { id: "cost", head: t("cost"), number: true, cell: (run) => cost(run.cost) },
        {
          id: "p95",
          head: t("p95"),
          number: true,
          wideOnly: true,
          cell: (run) => {
            const p95 = figures.get(run.id)?.latency.p95;
            return p95 == null ? "–" : t("ms", { n: formats.number(Math.round(p95.value)) });
          },
        },
      ]}
    />
  );
}

function Repeats({ run, flips }: { run: Run; flips: { share: { value: number } | null } | null }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const share = flips?.share;
  return (
    <span className={styles["stackEnd"]}>
      <span>{t("times", { n: run.repeats })}</span>
      {share == null ? null : (
        <span className={styles["soft"]}>{t("flipped", { share: formats.percent(share.value) })}</span>
      )}
    </span>
  );
}
