/**
 * Judging a release by the criteria: what it will be held against, by which runs, and what a look costs; then the gate's own page.
 *
 * Signing is there. Whoever may not judge sees no button.
 */
import { Button, Checkbox, Modal, NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { GROUPS, isMeasured, type CriterionGroup } from "../../../contract/gate.ts";
import { useAct, useRead } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { judgesNeeded, lacksRun, setsNeeded, standingRun, type InForce } from "./gate-evidence.ts";
import { GATES } from "./gate-words.ts";
import { JudgedBy, type Row } from "./judged-by.tsx";
import { JUDGE } from "./judge-words.ts";
import styles from "./judge-gate.module.css";
import { useReadyReleases } from "./ready-releases.ts";
import { useRunsOf, type EvaluationSet, type Run } from "./runs-of-sets.ts";
import { HowToMakeOne } from "./sets.tsx";

/** What the page from which one judges has chosen already. */
export type Chosen = Pick<Run, "release" | "set">;

export function JudgeGate({ workflow, chosen }: { workflow: string; chosen?: Chosen }) {
  const t = useWords(JUDGE);
  const may = useMay();
  const [open, setOpen] = useState(false);
  if (!may("evaluation.run")) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("judge")}
      </Button>
      {open ? <JudgeDialog workflow={workflow} chosen={chosen} close={() => setOpen(false)} /> : null}
    </>
  );
}

interface DialogProps {
  workflow: string;
  chosen: Chosen | undefined;
  close: () => void;
}

function JudgeDialog(props: DialogProps) {
  const t = useWords(JUDGE);
  const frame = useWords(FRAME);
  const { workflow, close } = props;
  const criteria = useRead("getCriteria", { params: { workflow } });
  const sets = useRead("listEvaluationSets", { params: { workflow } });
  const failed = [criteria, sets].find(({ data, isError }) => data === undefined && isError);
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      // The second of two clicks may fall beside a dialog that has just become smaller.
      closeOnClickOutside={false}
      title={t("judge")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {failed !== undefined ? (
        <Failed error={failed.error} retry={failed.refetch} />
      ) : criteria.data === undefined || sets.data === undefined ? (
        <Loading />
      ) : criteria.data.inForce === null ? (
        <NoCriteria workflow={workflow} close={close} />
      ) : (
        <Judge {...props} criteria={criteria.data} inForce={criteria.data.inForce} sets={sets.data.sets} />
      )}
    </Modal>
  );
}

function Judge({
  workflow,
  chosen,
  close,
  criteria: { repeats, lacks },
  inForce,
  sets,
}: DialogProps & {
  criteria: InForce;
  inForce: NonNullable<InForce["inForce"]>;
  sets: readonly EvaluationSet[];
}) {
  const t = useWords(JUDGE);
  const formats = useFormats();
  const navigate = useNavigate();
  const judge = useAct("judgeGate", { refreshes: ["listGates", "getGate", "getRollout"] });
  /** Until it failed: also while the page of the gate is loaded. A second click then judges no second time. */
  const [sent, setSent] = useState(false);
  const releases = useReadyReleases(workflow);
  const ready = releases.data;
  const [release, setRelease] = useState(chosen?.release);
  const [mainId, setMain] = useState(
    chosen?.set ?? (sets.find(({ kind }) => kind === "sealed") ?? sets[0])?.id,
  );
  const all = GROUPS.filter((group) => inForce.criteria.some((one) => one.group === group));
  const [groups, setGroups] = useState<readonly CriterionGroup[]>(all);
  const wanted = release ?? ready?.[0]?.id;
  const criteria = inForce.criteria.filter(({ group }) => groups.includes(group));
  const needed = setsNeeded(
    criteria,
    sets.find(({ id }) => id === mainId),
    sets,
  );
  const runs = useRunsOf(
    workflow,
    needed.flatMap(({ set }) => set?.id ?? []),
  );
  const judges = judgesNeeded(criteria);
  const rows = needed.map(({ name, set }): Row => ({
    name,
    set,
    ...standingRun(runs.data ?? [], {
      release: wanted ?? "",
      set: set?.id ?? "",
      frozenAt: inForce.frozenAt,
      repeats,
      judges,
    }),
  }));
  const namesNoSet = criteria.some((one) => isMeasured(one) && one.set === null);
  const running = rows.some((row) => row.running !== undefined);
  const lacking = rows.some((row) => lacksRun(row, row));
  const go = () => {
    setSent(true);
    judge.mutate(
      {
        params: { workflow },
        body: {
          release: wanted!,
          runs: rows.flatMap(({ run }) => run?.id ?? []),
          ...(groups.length === all.length ? {} : { groups: [...groups] }),
        },
      },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: "/quality/gates/$gate", params: { gate: id }, search: sameWorkflow }),
        onError: () => setSent(false),
      },
    );
  };
  return (
    <div className={styles["form"]}>
      <p>{ready?.length === 0 && chosen === undefined ? t("noRelease") : t("what")}</p>
      {chosen !== undefined ? null : (
        <NativeSelect
          label={t("release")}
          value={wanted ?? ""}
          onChange={(event) => setRelease(event.currentTarget.value)}
          data={(ready ?? []).map(({ id, label }) => ({ value: id, label }))}
        />
      )}
      {chosen !== undefined || !namesNoSet || sets.length === 0 ? null : (
        <NativeSelect
          label={t("set")}
          description={t("setWhat")}
          value={mainId ?? ""}
          onChange={(event) => setMain(event.currentTarget.value)}
          data={sets.map((one) => ({ value: one.id, label: `${one.name}@${one.version}` }))}
        />
      )}
      <section aria-label={t("criteria")}>
        <h3>{t("criteria")}</h3>
        <p>
          {t("criteriaAre", {
            n: criteria.length,
            version: inForce.version,
            when: formats.when(inForce.frozenAt),
            who: inForce.frozenBy,
          })}
          {criteria.every(isMeasured)
            ? null
            : ` ${t("live", { n: criteria.filter((one) => !isMeasured(one)).length })}`}
        </p>
      </section>
      {all.length < 2 ? null : <Groups all={all} groups={groups} change={setGroups} />}
      {namesNoSet && sets.length === 0 ? (
        <section aria-label={t("evidence")}>
          <h3>{t("evidence")}</h3>
          <p>{t("setsNone")}</p>
          <HowToMakeOne workflow={workflow} />
        </section>
      ) : runs.isError ? (
        <Failed error={runs.error} retry={runs.refetch} />
      ) : wanted === undefined && releases.isError ? (
        <Failed error={releases.error} retry={releases.refetch} />
      ) : wanted === undefined && ready !== undefined ? null : runs.data === undefined ||
        wanted === undefined ? (
        <Loading />
      ) : (
        <JudgedBy workflow={workflow} release={wanted} rows={rows} ask={{ repeats, metrics: judges }} />
      )}
      {lacks === null ? null : <p>{t("lacks")}</p>}
      {running ? <p role="status">{t("underWay")}</p> : lacking ? <p>{t("incomplete")}</p> : null}
      <FormFoot
        act={{ isPending: sent, error: judge.error }}
        verb={t("verb")}
        close={close}
        onAct={go}
        disabled={
          wanted === undefined ||
          criteria.length === 0 ||
          runs.data === undefined ||
          running ||
          lacking ||
          (namesNoSet && sets.length === 0)
        }
      />
    </div>
  );
}

function Groups({
  all,
  groups,
  change,
}: {
  all: readonly CriterionGroup[];
  groups: readonly CriterionGroup[];
  change: (groups: CriterionGroup[]) => void;
}) {
  const t = useWords(JUDGE);
  const gates = useWords(GATES);
  return (
    <Checkbox.Group
      label={t("groups")}
      description={t("groupsWhat")}
      value={[...groups]}
      onChange={(now) => change(all.filter((group) => now.includes(group)))}
      {...(groups.length === 0 ? { error: t("groupsNone") } : {})}
    >
      <div className={styles["groups"]}>
        {all.map((group) => (
          <Checkbox key={group} value={group} label={gates(`group.${group}`)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

const SAMPLE = `- name: right answers
  group: performance
  metric: accuracy
  minimum: 85 %
  target: 90 %`;

/** How criteria come to be; nothing can be judged before. */
export function NoCriteria({ workflow, close }: { workflow: string; close: () => void }) {
  const t = useWords(JUDGE);
  const frame = useWords(FRAME);
  return (
    <div className={styles["form"]}>
      <h3>{t("missing")}</h3>
      <p>{t("missingWhat")}</p>
      <pre className={styles["code"]}>
        <code>{`# criteria.yaml\n${SAMPLE}`}</code>
      </pre>
      <p>{t("missingThen")}</p>
      <pre className={styles["code"]}>
        <code>{`# workflow.yaml\ncriteria: criteria.yaml\n\npilotage apply workflows/${workflow}`}</code>
      </pre>
      <Button variant="default" className={styles["end"]} onClick={close}>
        {frame("close")}
      </Button>
    </div>
  );
}
