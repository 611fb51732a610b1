/**
 * The rollout of a workflow: where it stands, what happens next, what its guards see, and the way back in two clicks.
 *
 * What a person may ask for comes with the reply; what the program does by itself it does without this page. It shows the newest
 * rollout, or the one that the address names; where the stable release has another one, however long ago, that is one click away:
 * a bad stable release can be taken out whatever is tried beside it.
 */
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useMay, useWorkflow } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Empty, Page } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { Delivered } from "./delivered.tsx";
import { Guards } from "./guards.tsx";
import { History } from "./history.tsx";
import { Moves } from "./moves.tsx";
import { Next } from "./next.tsx";
import { Stages } from "./stages.tsx";
import { StartButton } from "./start.tsx";
import { Way } from "./way.tsx";
import styles from "./rollout.module.css";
import { ROLLOUT, STATE_SENTENCES } from "./words.ts";

export type Rollout = Reply<"getRollout">;

export default function RolloutPage() {
  const t = useWords(ROLLOUT);
  const workflow = useWorkflow();
  if (workflow === undefined)
    return <Page title={t("title")} empty={<Empty icon="rollout" title={t("noWorkflow")} />} />;
  return <OfWorkflow key={workflow.name} workflow={workflow.name} />;
}

function OfWorkflow({ workflow }: { workflow: string }) {
  const t = useWords(ROLLOUT);
  const may = useMay();
  const { rollout: asked } = useSearch({ strict: false }) as { rollout?: unknown };
  const standing = useRead("getWorkflow", { params: { workflow } }, { every: 10_000 });
  const release = standing.data?.stableRelease;
  const list = useRead("listRollouts", { params: { workflow }, query: {} }, { every: 10_000 });
  const ofStable = useRead(
    "listRollouts",
    { params: { workflow }, query: { release } },
    { every: 10_000, enabled: release !== undefined && release !== "manual" },
  );
  // By its id: it may be older than what the list begins with.
  const id = typeof asked === "string" ? asked : "";
  const named = useRead("getRollout", { params: { rollout: id } }, { enabled: id !== "" });
  const rollouts = list.data?.rollouts ?? [];
  // After one that was ended before it had a case, the one before it still stands, and can be taken back.
  const last = rollouts.find(({ state }) => state !== "aborted") ?? rollouts[0];
  const ended = last === undefined || last.endedAt !== null;
  const start = ended && may("shadow.start") ? <StartButton workflow={workflow} /> : undefined;
  if (last === undefined)
    return (
      <Page
        title={t("title")}
        needs="workflow.see"
        read={list}
        empty={
          <Empty icon="rollout" title={t("none")} action={start}>
            <p>{t("noneWhat")}</p>
          </Empty>
        }
      />
    );
  const shown = named.data?.workflow === workflow ? named.data : last;
  const stable = ofStable.data?.rollouts.find(({ state }) => state === "promoted");
  return (
    <One key={shown.id} id={shown.id} workflow={workflow} start={start}>
      {stable === undefined || stable.id === shown.id ? null : (
        <p className={styles["flat"]}>
          {t("stableHas", { release: stable.release })}{" "}
          <Link to="/rollout" search={{ workflow, rollout: stable.id }}>
            {t("toStable")}
          </Link>
        </p>
      )}
      {shown.id === last.id ? null : (
        <p className={styles["flat"]}>
          <Link to="/rollout" search={sameWorkflow}>
            {t("toNewest")}
          </Link>
        </p>
      )}
    </One>
  );
}

function One({
  id,
  workflow,
  start,
  children,
}: {
  id: string;
  workflow: string;
  start: React.ReactNode;
  /** The ways to other rollouts. */
  children: React.ReactNode;
}) {
  const t = useWords(ROLLOUT);
  const read = useRead("getRollout", { params: { rollout: id } }, { every: 10_000 });
  const [waits, setWaits] = useState(false);
  const { data } = read;
  return (
    <Page
      title={t("title")}
      needs="workflow.see"
      read={read}
      sentence={data === undefined ? undefined : <Sentence rollout={data} />}
      actions={
        data === undefined ? undefined : (
          <>
            <Moves rollout={data} workflow={workflow} asked={() => setWaits(true)} />
            {start}
          </>
        )
      }
    >
      {data === undefined ? null : (
        <>
          {children}
          <Stages rollout={data} />
          {data.endedAt === null ? (
            <Next rollout={data} waits={waits} />
          ) : (
            <Delivered rollout={data} workflow={workflow} />
          )}
          <Guards rollout={data} />
          <Way id={data.id} />
          <History rollout={data} />
        </>
      )}
    </Page>
  );
}

function Sentence({ rollout }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  if (rollout.state === "held" && rollout.stages[rollout.stage] === "shadow")
    return t("heldInShadow", { release: rollout.release });
  return say(STATE_SENTENCES[rollout.state], {
    release: rollout.release,
    share: formats.percent(rollout.share),
    control: rollout.backTo === "manual" ? t("people") : rollout.backTo,
  });
}
