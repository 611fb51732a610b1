/** The sets that a gate is judged by: the newest run over each, what speaks against it, how often the set was looked at, and measuring now. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { MOST_LOOKS } from "../../../contract/gate.ts";
import { useAct } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import type { NeededSet, StandingRun } from "./gate-evidence.ts";
import { JUDGE } from "./judge-words.ts";
import styles from "./judge-gate.module.css";
import { RunState, Worth } from "./run-shown.tsx";
import type { EvaluationSet, Run } from "./runs-of-sets.ts";

export type Row = NeededSet & StandingRun;

interface Ask {
  repeats: number;
  metrics: string[];
}

export function JudgedBy({
  workflow,
  release,
  rows,
  ask,
}: {
  workflow: string;
  release: string;
  rows: readonly Row[];
  /** What a new run has to be asked for. */
  ask: Ask;
}) {
  const t = useWords(JUDGE);
  const sealed = rows.some(({ set }) => set?.kind === "sealed");
  return (
    <section aria-label={t("evidence")}>
      <h3>{t("evidence")}</h3>
      {rows.length === 0 ? <p>{t("evidenceNone")}</p> : <p>{t("newest")}</p>}
      <ul className={styles["rows"]}>
        {rows.map((row) => (
          <li key={row.set?.id ?? row.name ?? ""}>
            <strong>
              {row.set === undefined ? (row.name ?? t("set")) : `${row.set.name}@${row.set.version}`}
            </strong>
            {row.set === undefined ? (
              <span>{t(row.name === null ? "setGone" : "noSet")}</span>
            ) : (
              <Evidence workflow={workflow} release={release} row={row} set={row.set} ask={ask} />
            )}
          </li>
        ))}
      </ul>
      {sealed ? <p>{t("looksWhat", { most: MOST_LOOKS })}</p> : null}
    </section>
  );
}

function Evidence({
  workflow,
  release,
  row: { run, running, again },
  set,
  ask,
}: {
  workflow: string;
  release: string;
  row: Row;
  set: EvaluationSet;
  ask: Ask;
}) {
  const t = useWords(JUDGE);
  return (
    <>
      <Worth set={set} />
      <Looks set={set} />
      {run === undefined ? null : <ToRun run={run} />}
      {running === undefined ? null : (
        <span>
          <RunState run={running} />
        </span>
      )}
      {again === undefined || running !== undefined ? null : (
        <>
          <span>{t(`again.${again}`, { n: ask.repeats })}</span>
          <MeasureNow key={run?.id ?? ""} workflow={workflow} release={release} set={set} ask={ask} />
        </>
      )}
    </>
  );
}

function Looks({ set: { kind, looks, wornOut } }: { set: EvaluationSet }) {
  const t = useWords(JUDGE);
  if (kind === "development") return <span className={styles["soft"]}>{t("tuning")}</span>;
  return (
    <span className={styles["soft"]}>{t(wornOut ? "looksWorn" : "looks", { looks, most: MOST_LOOKS })}</span>
  );
}

function ToRun({ run }: { run: Run }) {
  const t = useWords(JUDGE);
  const formats = useFormats();
  return (
    <Link to="/quality/runs/$run" params={{ run: run.id }} search={sameWorkflow}>
      {t("runOf", { when: formats.when(run.startedAt) })}
    </Link>
  );
}

function MeasureNow({
  workflow,
  release,
  set,
  ask,
}: {
  workflow: string;
  release: string;
  set: EvaluationSet;
  ask: Ask;
}) {
  const t = useWords(JUDGE);
  /** Until it failed; then the run shows how far it is, and another one is a new button. */
  const [sent, setSent] = useState(false);
  const start = useAct("startEvaluation", { refreshes: ["getEvaluationSet", "listEvaluationSets"] });
  return (
    <>
      <span className={styles["soft"]}>{t(set.kind === "sealed" ? "measureCounts" : "measureCosts")}</span>
      {start.error === null ? null : (
        <div role="alert">
          <ErrorText error={start.error} />
        </div>
      )}
      <Button
        size="compact-md"
        variant="default"
        loading={sent}
        aria-label={t("measureOf", { set: `${set.name}@${set.version}` })}
        onClick={() => {
          setSent(true);
          start.mutate(
            { params: { workflow }, body: { set: set.id, release, ...ask } },
            { onError: () => setSent(false) },
          );
        }}
      >
        {t("measure")}
      </Button>
    </>
  );
}
