/** Starting a run: over which set, of which release, who answers; behind "More" what is measured, how often, and how fast. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useAct, useRead } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import { Measured } from "./measured.tsx";
import { defaultMetrics, namesOf } from "./metric-entry.ts";
import { useMetricInWords } from "./metric-words.ts";
import { useReadyReleases } from "./ready-releases.ts";
import type { EvaluationSet } from "./runs-of-sets.ts";
import { START } from "./start-run-words.ts";
import styles from "./start-run.module.css";
import { stepsOf } from "./steps.ts";

const MOST_REPEATS = 9;
const MOST_AT_ONCE = 64;
const USUALLY_AT_ONCE = "8";

export function StartRun({ workflow, sets }: { workflow: string; sets: readonly EvaluationSet[] }) {
  const t = useWords(START);
  const may = useMay();
  const [open, setOpen] = useState(false);
  if (!may("evaluation.run")) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("start")}
      </Button>
      {open ? <StartDialog workflow={workflow} sets={sets} close={() => setOpen(false)} /> : null}
    </>
  );
}

function StartDialog({
  workflow,
  sets,
  close,
}: {
  workflow: string;
  sets: readonly EvaluationSet[];
  close: () => void;
}) {
  const t = useWords(START);
  const frame = useWords(FRAME);
  const toast = useToast();
  const [set, setSet] = useState(sets[0]!.id);
  const [release, setRelease] = useState<string>();
  const [step, setStep] = useState(0);
  const [repeats, setRepeats] = useState("1");
  const [atOnce, setAtOnce] = useState(USUALLY_AT_ONCE);
  /** Of the release that they were chosen for; another one has other fields. */
  const [chosen, setChosen] = useState<{ release: string; metrics: string[] }>();
  const [more, setMore] = useState(false);
  /** Until it failed; a second click starts no second run. */
  const [sent, setSent] = useState(false);
  const start = useAct("startEvaluation", { refreshes: ["listEvaluationSets", "getEvaluationSet"] });
  const releases = useReadyReleases(workflow);
  const ready = releases.data;
  const wanted = release ?? ready?.[0]?.id;
  const published = useRead(
    "getRelease",
    { params: { release: wanted ?? "" } },
    { enabled: wanted !== undefined },
  );
  const document: unknown = published.data?.document;
  const failed = [releases, published].find(({ data, isError }) => data === undefined && isError);
  const usual = useMemo(() => defaultMetrics(document), [document]);
  const names = useMemo(() => namesOf(document), [document]);
  const metrics = chosen !== undefined && chosen.release === wanted ? chosen.metrics : usual;
  const of = sets.find(({ id }) => id === set)!;
  const times = wholeUpTo(MOST_REPEATS, repeats);
  const together = wholeUpTo(MOST_AT_ONCE, atOnce);
  const go = () => {
    setSent(true);
    start.mutate(
      {
        params: { workflow },
        body: { set, release: wanted!, step, repeats: times!, atOnce: together!, metrics: [...metrics] },
      },
      {
        onSuccess() {
          toast.show({ what: t("started") });
          close();
        },
        onError: () => setSent(false),
      },
    );
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("start")}
      closeButtonProps={{ "aria-label": frame("close") }}
      // What was chosen is not lost to a click beside it.
      closeOnClickOutside={false}
    >
      <div className={styles["form"]}>
        <p className={styles["flat"]}>{ready?.length === 0 ? t("startNoRelease") : t("startWhat")}</p>
        <NativeSelect
          label={t("set")}
          value={set}
          onChange={(event) => setSet(event.currentTarget.value)}
          {...(of.kind === "sealed" ? { description: t("startSealed", { looks: of.looks }) } : {})}
          data={sets.map((one) => ({ value: one.id, label: `${one.name}@${one.version}` }))}
        />
        <NativeSelect
          label={t("release")}
          value={wanted ?? ""}
          onChange={(event) => {
            setRelease(event.currentTarget.value);
            setStep(0);
          }}
          data={(ready ?? []).map(({ id, label }) => ({ value: id, label }))}
        />
        {failed === undefined ? null : <Failed error={failed.error} retry={failed.refetch} />}
        <Steps document={document} step={step} change={setStep} />
        <Summary metrics={metrics} />
        <details
          className={styles["more"]}
          open={more || times === undefined || together === undefined}
          onToggle={(event) => setMore(event.currentTarget.open)}
        >
          <summary>{t("more")}</summary>
          <div className={styles["form"]}>
            {names === undefined || wanted === undefined ? null : (
              <Measured
                key={wanted}
                names={names}
                metrics={metrics}
                change={(now) => setChosen({ release: wanted, metrics: now })}
              />
            )}
            <TextInput
              label={t("howOften")}
              description={t("howOftenWhat")}
              inputMode="numeric"
              value={repeats}
              {...(times === undefined ? { error: t("notTimes") } : {})}
              onChange={(event) => setRepeats(event.currentTarget.value)}
              maxLength={3}
            />
            <TextInput
              label={t("atOnce")}
              description={t("atOnceWhat")}
              inputMode="numeric"
              value={atOnce}
              {...(together === undefined ? { error: t("notAtOnce") } : {})}
              onChange={(event) => setAtOnce(event.currentTarget.value)}
              maxLength={4}
            />
          </div>
        </details>
      </div>
      <FormFoot
        act={{ isPending: sent, error: start.error }}
        verb={t("start")}
        close={close}
        disabled={document === undefined || times === undefined || together === undefined}
        onAct={go}
        apart
      />
    </Modal>
  );
}

/** A whole number from 1 on; undefined for anything else. */
function wholeUpTo(most: number, typed: string): number | undefined {
  const number = /^\s*\d{1,3}\s*$/.test(typed) ? Number(typed) : 0;
  return number >= 1 && number <= most ? number : undefined;
}

function Summary({ metrics }: { metrics: readonly string[] }) {
  const t = useWords(START);
  const formats = useFormats();
  const say = useMetricInWords();
  return (
    <section className={styles["part"]} aria-label={t("measured")}>
      <h3 className={styles["name"]}>{t("measured")}</h3>
      <p className={styles["soft"]}>
        {t("always")}
        {metrics.length === 0 ? null : ` ${t("besides", { metrics: formats.list(metrics.map(say)) })}`}
      </p>
    </section>
  );
}

/** Who answers; there is nothing to choose in a release with its model alone. */
function Steps({
  document,
  step,
  change,
}: {
  document: unknown;
  step: number;
  change: (step: number) => void;
}) {
  const t = useWords(START);
  const steps = stepsOf(document);
  if (steps.length < 2) return null;
  return (
    <NativeSelect
      label={t("whichStep")}
      value={String(step)}
      onChange={(event) => change(Number(event.currentTarget.value))}
      data={steps.map(({ no, name }) => ({
        value: String(no),
        label: no === 0 ? t("stepModel", { name }) : t("stepFallback", { n: no, name }),
      }))}
    />
  );
}
