/** The two dials of a release: which share of new cases it gets, and which part of those may go out alone. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText, Section } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import { readNumber } from "./dial-forms.ts";
import styles from "./settings.module.css";
import { SETTINGS } from "./words.ts";

type Workflow = Reply<"getWorkflow">;
const REFRESHES = ["getWorkflow", "listChanges", "getOverview", "listReleases"] as const;

export function ShareAndAutonomy({ workflow }: { workflow: Workflow }) {
  const may = useMay();
  const shares = may("share.lower") || may("share.pilot") || may("share.raise");
  const autonomy = may("autonomy.lower") || may("autonomy.raise");
  return (
    <>
      {shares ? <Share workflow={workflow} /> : null}
      {autonomy ? <Autonomy workflow={workflow} /> : null}
    </>
  );
}

const share = (text: string) => {
  const number = readNumber(text);
  return number === undefined || number < 0 || number > 100 ? undefined : Number((number / 100).toFixed(10));
};

function Share({ workflow }: { workflow: Workflow }) {
  const t = useWords(SETTINGS);
  const toast = useToast();
  const formats = useFormats();
  const releases = useRead("listReleases", { params: { workflow: workflow.name } });
  const ready = releases.data?.releases.filter((one) => one.state === "ready") ?? [];
  const [release, setRelease] = useState<string>();
  const [text, setText] = useState("");
  const set = useAct("setShare", { refreshes: REFRESHES });
  const wanted = release ?? workflow.candidateRelease ?? ready[0]?.id ?? "";
  const value = share(text);
  return (
    <Section title={t("share")}>
      {ready.length === 0 ? (
        <p className={styles["soft"]}>{t("noRelease")}</p>
      ) : (
        <div className={styles["form"]}>
          <NativeSelect
            label={t("release")}
            value={wanted}
            onChange={(event) => setRelease(event.currentTarget.value)}
            data={ready.map((one) => ({ value: one.id, label: one.id }))}
          />
          <TextInput
            label={t("newPercent")}
            description={t("autonomyNow", { value: formats.percent(workflow.share) })}
            inputMode="decimal"
            value={text}
            {...(text !== "" && value === undefined ? { error: t("notNumber") } : {})}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {set.isError ? (
            <div role="alert">
              <ErrorText error={set.error} />
            </div>
          ) : null}
          <Button
            variant="default"
            loading={set.isPending}
            disabled={value === undefined || wanted === ""}
            onClick={() =>
              value === undefined
                ? undefined
                : set.mutate(
                    { params: { workflow: workflow.name }, body: { release: wanted, share: value } },
                    {
                      onSuccess(after) {
                        toast.show({ what: t(after.share === value ? "changed" : "waits") });
                        setText("");
                      },
                    },
                  )
            }
          >
            {t("setShare")}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Autonomy({ workflow }: { workflow: Workflow }) {
  const t = useWords(SETTINGS);
  const toast = useToast();
  const formats = useFormats();
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const set = useAct("setAutonomy", { refreshes: REFRESHES });
  const value = share(text);
  return (
    <Section title={t("autonomy")}>
      <div className={styles["form"]}>
        <TextInput
          label={t("newPercent")}
          description={t("autonomyNow", { value: formats.percent(workflow.autonomy) })}
          inputMode="decimal"
          value={text}
          {...(text !== "" && value === undefined ? { error: t("notNumber") } : {})}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput
          label={t("reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {set.isError ? (
          <div role="alert">
            <ErrorText error={set.error} />
          </div>
        ) : null}
        <Button
          variant="default"
          loading={set.isPending}
          disabled={value === undefined}
          onClick={() =>
            value === undefined
              ? undefined
              : set.mutate(
                  {
                    params: { workflow: workflow.name },
                    body: { autonomy: value, ...(reason.trim().length < 3 ? {} : { reason: reason.trim() }) },
                  },
                  {
                    onSuccess(change) {
                      toast.show({
                        what: change.note ?? t(change.state === "pending" ? "waits" : "changed"),
                      });
                      setText("");
                      setReason("");
                    },
                  },
                )
          }
        >
          {t("setAutonomy")}
        </Button>
      </div>
    </Section>
  );
}
