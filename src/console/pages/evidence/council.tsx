/** What was agreed with the works council, put on record by name; figures of single persons take it and a second person. */
import { Button, Radio, Switch, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useAct } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

const STATES = ["informed", "agreed", "none_exists"] as const;
type State = (typeof STATES)[number];

export function Council({ workflow }: { workflow: string }) {
  const t = useWords(EVIDENCE);
  const may = useMay();
  const toast = useToast();
  const record = useAct("recordWorksAgreement", {
    refreshes: ["getReviewFigures", "listChanges", "getOverview"],
  });
  const [state, setState] = useState<State>();
  const [reference, setReference] = useState("");
  const [individuals, setIndividuals] = useState(false);
  const agreed = state === "agreed";
  const named = reference.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (state === undefined) return;
    record.mutate(
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
      <p>{t("councilWhat")}</p>
      {may("works_council.record") ? (
        <>
          <Radio.Group
            label={t("councilState")}
            value={state ?? ""}
            onChange={(value) => setState(value as State)}
          >
            <div className={styles["choices"]}>
              {STATES.map((one) => (
                <Radio key={one} value={one} label={t(`council.${one}`)} />
              ))}
            </div>
          </Radio.Group>
          {agreed ? (
            <>
              <TextInput
                label={t("reference")}
                required={individuals}
                withAsterisk={false}
                value={reference}
                onChange={(event) => setReference(event.currentTarget.value)}
              />
              <Switch
                label={t("individuals")}
                description={t("individualsWhat")}
                checked={individuals}
                onChange={(event) => setIndividuals(event.currentTarget.checked)}
              />
            </>
          ) : null}
          {record.isError ? (
            <div role="alert">
              <ErrorText error={record.error} />
            </div>
          ) : null}
          <Button
            type="submit"
            style={{ alignSelf: "flex-start" }}
            disabled={state === undefined}
            loading={record.isPending}
          >
            {t("record")}
          </Button>
        </>
      ) : (
        <p className={styles["soft"]}>{t("mayNot")}</p>
      )}
    </form>
  );
}
