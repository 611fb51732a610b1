/** One run of a release over an evaluation set: what came out, what it is worth, and what was taken for what. */
import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";
import { isRefusal, useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Page, Section } from "../../parts/page.tsx";
import { CopyableId } from "../../parts/small.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import facts from "../../parts/facts.module.css";
import { BackToQuality, Gone } from "../quality/back.tsx";
import { JudgeGate } from "../quality/judge-gate.tsx";
import { RunState, useRunCost, Worth } from "../quality/run-shown.tsx";
import { RUNS } from "../quality/run-words.ts";
import styles from "../quality/runs.module.css";
import { fullName, underWay } from "../quality/runs-of-sets.ts";
import { Classes } from "./classes.tsx";
import { Measures } from "./measures.tsx";
import { Slices } from "./slices.tsx";

export type RunRead = Reply<"getEvaluation">;
export type Figures = NonNullable<RunRead["figures"]>;

/** Milliseconds. */
const WHILE_RUNNING = 3_000;

export default function RunPage() {
  const t = useWords(RUNS);
  const { run: id = "" } = useParams({ strict: false }) as { run?: string };
  const [running, setRunning] = useState(true);
  const read = useRead("getEvaluation", { params: { run: id } }, running ? { every: WHILE_RUNNING } : {});
  const found = read.data;
  useEffect(() => setRunning(found === undefined || underWay(found)), [found]);
  const back = <BackToQuality label={t("back")} />;
  if (isRefusal(read.error, "not_found"))
    return <Gone title={t("opening")} gone={t("gone")} what={t("goneWhat")} back={t("back")} />;
  return (
    <Page
      title={found === undefined ? t("opening") : `${t("opening")}: ${fullName(found)}`}
      sentence={found === undefined ? undefined : <Sentence run={found} />}
      needs="workflow.see"
      read={read}
      actions={
        <>
          {back}
          {found?.state === "done" ? <CompareThis run={found.id} /> : null}
          {found?.state === "done" && found.step === 0 ? (
            <JudgeGate workflow={found.workflow} chosen={found} />
          ) : null}
        </>
      }
    >
      {found === undefined ? null : (
        <>
          <About run={found} />
          {found.figures === null ? (
            <NoFigures run={found} />
          ) : (
            <>
              <Measures figures={found.figures} />
              {found.figures.classes.map((table) => (
                <Classes key={table.field} table={table} />
              ))}
              <Slices figures={found.figures} />
            </>
          )}
        </>
      )}
    </Page>
  );
}

function Sentence({ run }: { run: RunRead }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const { release, accuracy, state } = run;
  return state === "done" && accuracy !== null
    ? t("runAccuracy", {
        release,
        set: fullName(run),
        accuracy: formats.percent(accuracy.value),
        n: formats.number(run.right + run.wrong),
      })
    : t("runSentence", { release, set: fullName(run), state: t(`state.${state}`) });
}

function CompareThis({ run }: { run: string }) {
  const t = useWords(RUNS);
  return (
    <Button
      variant="default"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/quality"
          search={(before: { workflow?: string }) => ({ ...sameWorkflow(before), new: run })}
          hash="comparison"
        />
      )}
    >
      {t("compareThis")}
    </Button>
  );
}

function About({ run }: { run: RunRead }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const cost = useRunCost();
  const { failed, unusable, leftOut, figures } = run;
  const none = failed - unusable;
  const rows: [string, ReactNode][] = [
    [t("state"), <RunState key="state" run={run} />],
    [
      t("release"),
      <span key="release">
        <code>{run.release}</code>
        {run.step === 0 ? null : `, ${t("step", { step: run.step })}`}
      </span>,
    ],
    [t("worthHere"), <WorthOfSet key="worth" run={run} />],
    [t("repeats"), t("times", { n: run.repeats })],
    ...(none === 0 ? [] : [[t("unanswered"), formats.number(none)] as [string, ReactNode]]),
    ...(unusable === 0
      ? []
      : [[t("unusable"), t("unusableWhat", { n: formats.number(unusable) })] as [string, ReactNode]]),
    ...(leftOut === 0
      ? []
      : [[t("leftOut"), t("leftOutWhat", { n: formats.number(leftOut) })] as [string, ReactNode]]),
    ...(figures === null || figures.destroyed === 0
      ? []
      : [
          [t("leftOut"), t("destroyedWhat", { n: formats.number(figures.destroyed) })] as [string, ReactNode],
        ]),
    [t("cost"), cost(run.cost)],
    [t("startedBy"), t("by", { when: formats.when(run.startedAt), who: run.startedBy })],
    [t("id"), <CopyableId key="id" id={run.id} />],
  ];
  return (
    <Section title={t("about")}>
      <dl className={facts["facts"]}>
        {rows.map(([name, value]) => (
          <Row key={`${name} ${typeof value === "string" ? value : ""}`} name={name} value={value} />
        ))}
      </dl>
    </Section>
  );
}

function Row({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** As the set is now: one that wore out later proves nothing more, whenever the run was. */
function WorthOfSet({ run: { workflow, set: id, setName, setVersion } }: { run: RunRead }) {
  const t = useWords(RUNS);
  const { data } = useRead("listEvaluationSets", { params: { workflow } });
  const set = data?.sets.find((one) => one.id === id);
  if (set === undefined) return `${setName}@${setVersion}`;
  return (
    <span className={styles["stack"]}>
      <Worth set={set} />
      {set.classesDiffer === null ? null : <span className={styles["soft"]}>{t("classesDiffer")}</span>}
    </span>
  );
}

function NoFigures({ run: { state, problem } }: { run: RunRead }) {
  const t = useWords(RUNS);
  return (
    <Section title={t("measures")}>
      <p className={styles["flat"]}>{t(state === "failed" ? "failedWhat" : "notDone")}</p>
      {problem === null ? null : (
        <p className={styles["flat"]} lang="en">
          {problem}
        </p>
      )}
    </Section>
  );
}
