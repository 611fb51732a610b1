/** Starting a run: over which set, of which release, who answers, and how often each item is asked. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { useToast } from "../../parts/toast.tsx";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";
import type { EvaluationSet } from "./runs-of-sets.ts";
import { stepsOf } from "./steps.ts";

const MOST_REPEATS = 9;

export function StartRun({ workflow, sets }: { workflow: string; sets: readonly EvaluationSet[] }) {
  const t = useWords(RUNS);
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
  const t = useWords(RUNS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const [set, setSet] = useState(sets[0]!.id);
  const [release, setRelease] = useState<string>();
  const [step, setStep] = useState(0);
  const [repeats, setRepeats] = useState("1");
  const start = useAct("startEvaluation", { refreshes: ["listEvaluationSets", "getEvaluationSet"] });
  const ready = useReady(workflow);
  const wanted = release ?? ready?.[0]?.id;
  const of = sets.find(({ id }) => id === set)!;
  const times = /^\s*[1-9]\s*$/.test(repeats) ? Number(repeats) : undefined;
  const go = () =>
    start.mutate(
      { params: { workflow }, body: { set, release: wanted!, step, repeats: times! } },
      {
        onSuccess() {
          toast.show({ what: t("started") });
          close();
        },
      },
    );
  return (
    <Modal opened onClose={close} title={t("start")} closeButtonProps={{ "aria-label": frame("close") }}>
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
        <Steps release={wanted} step={step} change={setStep} />
        <TextInput
          label={t("howOften")}
          description={t("howOftenWhat")}
          inputMode="numeric"
          value={repeats}
          {...(times === undefined ? { error: t("notTimes") } : {})}
          onChange={(event) => setRepeats(event.currentTarget.value)}
          maxLength={String(MOST_REPEATS).length + 2}
        />
      </div>
      <FormFoot
        act={start}
        verb={t("start")}
        close={close}
        disabled={wanted === undefined || times === undefined}
        onAct={go}
        apart
      />
    </Modal>
  );
}

function useReady(workflow: string): { id: string; label: string }[] | undefined {
  const formats = useFormats();
  const { data } = useRead("listReleases", { params: { workflow } });
  return data?.releases
    .filter(({ state }) => state === "ready")
    .map(({ id, publishedAt }) => ({ id, label: `${id} · ${formats.day(publishedAt)}` }));
}

/** Who answers; there is nothing to choose in a release with its model alone. */
function Steps({
  release,
  step,
  change,
}: {
  release: string | undefined;
  step: number;
  change: (step: number) => void;
}) {
  const t = useWords(RUNS);
  const { data } = useRead(
    "getRelease",
    { params: { release: release ?? "" } },
    { enabled: release !== undefined },
  );
  const steps = stepsOf(data?.document);
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
