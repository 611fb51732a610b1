/** Puts on record what was agreed with the works council; begins with what holds now. */
import { Button, Radio, Switch, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useAct, type Reply } from "../../data/api.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import { COUNCIL } from "./council-words.ts";
import styles from "./evidence.module.css";

const STATES = ["informed", "agreed", "none_exists"] as const;
type State = (typeof STATES)[number];

/** What a new record changes on other pages. */
export const REFRESHES = ["getWorksAgreement", "getReviewFigures", "listChanges", "getOverview"] as const;

export function CouncilForm({
  workflow,
  record,
  asked,
}: {
  workflow: string;
  record: Reply<"getWorksAgreement">["record"];
  /** Figures of single persons were asked for, and wait. */
  asked: boolean;
}) {
  const t = useWords(COUNCIL);
  const toast = useToast();
  const act = useAct("recordWorksAgreement", { refreshes: REFRESHES });
  const [state, setState] = useState<State | undefined>(record?.state);
  const [reference, setReference] = useState(record?.reference ?? "");
  const [individuals, setIndividuals] = useState(asked || (record?.individuals ?? false));
  const agreed = state === "agreed";
  const named = reference.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (state === undefined) return;
    act.mutate(
      {
        params: { workflow },
        body: {
          state,
          individuals: agreed && individuals,
          ...(agreed && named !== "" ? { reference: named } : {}),
        },
      },
      { onSuccess: ({ pending }) => toast.show({ what: t(pending ? "recordedPending" : "recorded") }) },
    );
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <Radio.Group
        label={t("state")}
        value={state ?? ""}
        onChange={(value) => setState(STATES.find((one) => one === value))}
      >
        <div className={styles["choices"]}>
          {STATES.map((one) => (
            <Radio key={one} value={one} label={t(`state.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      {agreed ? (
        <>
          <TextInput
            label={t("reference")}
            required={individuals}
            withAsterisk={false}
            maxLength={300}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          <Switch
            label={t("individualsAgreed")}
            description={t("individualsWhat")}
            checked={individuals}
            onChange={(event) => setIndividuals(event.currentTarget.checked)}
          />
        </>
      ) : null}
      {act.isError ? (
        <div role="alert">
          <ErrorText error={act.error} />
        </div>
      ) : null}
      <Button
        type="submit"
        style={{ alignSelf: "flex-start" }}
        disabled={state === undefined}
        loading={act.isPending}
      >
        {t("record")}
      </Button>
    </form>
  );
}
