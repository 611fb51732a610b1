/** Starting a rollout: which release, and what counts while it runs. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { useToast } from "../../parts/toast.tsx";
import { readNumber } from "../settings/dial-forms.ts";
import styles from "./rollout.module.css";
import { ROLLOUT } from "./words.ts";

const REFRESHES = ["listRollouts", "getRollout", "getWorkflow", "getOverview"] as const;

export function StartButton({ workflow }: { workflow: string }) {
  const t = useWords(ROLLOUT);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("start")}</Button>
      {open ? <StartDialog workflow={workflow} close={() => setOpen(false)} /> : null}
    </>
  );
}

function StartDialog({ workflow, close }: { workflow: string; close: () => void }) {
  const t = useWords(ROLLOUT);
  const frame = useWords(FRAME);
  const formats = useFormats();
  const toast = useToast();
  const releases = useRead("listReleases", { params: { workflow } });
  const ready = releases.data?.releases.filter((one) => one.state === "ready") ?? [];
  const [release, setRelease] = useState("");
  const [ceiling, setCeiling] = useState("");
  const [seconds, setSeconds] = useState("");
  const [inFlight, setInFlight] = useState<"review" | "finish">("review");
  const start = useAct("startRollout", { refreshes: REFRESHES });
  const percent = readNumber(ceiling);
  const valid = percent !== undefined && percent >= 0.01 && percent <= 50;
  const latency = seconds.trim() === "" ? null : readNumber(seconds);
  const wanted = release === "" ? (ready[0]?.id ?? "") : release;
  const go = () =>
    start.mutate(
      {
        params: { workflow },
        body: {
          release: wanted,
          ceiling: Number(((percent ?? 0) / 100).toFixed(6)),
          latency: latency == null ? null : latency * 1000,
          inFlight,
        },
      },
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
        <p className={styles["flat"]}>{ready.length === 0 ? t("noRelease") : t("startWhat")}</p>
        <NativeSelect
          label={t("release")}
          value={wanted}
          onChange={(event) => setRelease(event.currentTarget.value)}
          data={ready.map(({ id, publishedAt }) => ({
            value: id,
            label: t("releaseOf", { id, when: formats.when(publishedAt) }),
          }))}
        />
        <UntilAlone workflow={workflow} />
        <TextInput
          label={t("ceiling")}
          description={t("ceilingWhat")}
          inputMode="decimal"
          required
          value={ceiling}
          {...(ceiling !== "" && !valid ? { error: t("notPercent") } : {})}
          onChange={(event) => setCeiling(event.currentTarget.value)}
        />
        <TextInput
          label={t("latency")}
          inputMode="decimal"
          value={seconds}
          onChange={(event) => setSeconds(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("inFlight")}
          value={inFlight}
          onChange={(event) => setInFlight(event.currentTarget.value as "review" | "finish")}
          data={(["review", "finish"] as const).map((one) => ({ value: one, label: t(`inFlight.${one}`) }))}
        />
      </div>
      <FormFoot
        act={start}
        verb={t("start")}
        close={close}
        disabled={!valid || wanted === "" || latency === undefined || (latency !== null && latency <= 0)}
        onAct={go}
        apart
      />
    </Modal>
  );
}

/** Where cases go out alone today: for how long those of the new release will not. */
function UntilAlone({ workflow }: { workflow: string }) {
  const t = useWords(ROLLOUT);
  const formats = useFormats();
  const { data } = useRead("automationForecast", { params: { workflow } });
  if (data === undefined || !data.inForce) return null;
  const { days } = data.afterChange;
  return (
    <p className={styles["flat"]}>
      {days === null
        ? t("aloneUnknown")
        : t("aloneAfter", { median: days.median, likely: formats.number(days.likely) })}
    </p>
  );
}
