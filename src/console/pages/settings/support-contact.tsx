/** Whom to ask and how soon they answer, changed by whoever owns the workflow; and which version of the program this is. */
import { Button, Group, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { readNumber } from "../../case/number-text.ts";
import { useAct } from "../../data/api.ts";
import { useMay, useMe, useWorkflow, type Workflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import facts from "../../parts/facts.module.css";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./settings.module.css";
import { SETTINGS } from "./words.ts";

export function SupportContact() {
  const t = useWords(SETTINGS);
  const me = useMe();
  const may = useMay();
  const workflow = useWorkflow();
  const support = workflow?.support ?? null;
  return (
    <div className={styles["form"]}>
      <p>{t("supportWhat")}</p>
      {support === null ? (
        <p className={styles["soft"]}>
          {me.support === null ? t("noSupport") : t("usualSupport", { contact: me.support.contact })}
        </p>
      ) : (
        <dl className={facts["facts"]}>
          <dt>{t("contact")}</dt>
          <dd>{support.contact}</dd>
          {support.answerHours === null ? null : (
            <>
              <dt>{t("answers")}</dt>
              <dd>{t("workingHours", { n: support.answerHours })}</dd>
            </>
          )}
        </dl>
      )}
      {workflow === undefined ? null : may("people.appoint") ? (
        <Change key={JSON.stringify([workflow.name, support])} workflow={workflow} />
      ) : (
        <p className={styles["soft"]}>{t("supportMayNot")}</p>
      )}
      <p className={styles["soft"]}>
        {me.support === null ? t("noUsualSupport") : t("usualSupportWhere", { contact: me.support.contact })}
      </p>
      <p className={styles["soft"]}>{t("version", { version: me.version })}</p>
    </div>
  );
}

function Change({ workflow: { name, support } }: { workflow: Workflow }) {
  const t = useWords(SETTINGS);
  const toast = useToast();
  const set = useAct("setDial", { refreshes: ["getMe", "getWorkflow", "listChanges"] });
  const [contact, setContact] = useState(support?.contact ?? "");
  const [hours, setHours] = useState(String(support?.answerHours ?? ""));
  const read = readNumber(hours);
  const badHours = hours.trim() !== "" && !(read.kind === "number" && read.value > 0 && read.value <= 2_000);
  const named = contact.trim();
  const change = (value: { contact: string; answerHours?: number } | null) =>
    set.mutate(
      { params: { workflow: name }, body: { setting: "support", value } },
      { onSuccess: () => toast.show({ what: t(value === null ? "supportRemoved" : "supportChanged") }) },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (named === "" || badHours) return;
    change({ contact: named, ...(read.kind === "number" ? { answerHours: read.value } : {}) });
  };
  return (
    <form className={styles["stack"]} onSubmit={submit}>
      <TextInput
        label={t("contact")}
        description={t("contactWhat")}
        maxLength={200}
        value={contact}
        onChange={(event) => setContact(event.currentTarget.value)}
      />
      <TextInput
        label={t("answersHours")}
        description={t("answersWhat")}
        inputMode="decimal"
        {...(badHours ? { error: t("badHours") } : {})}
        value={hours}
        onChange={(event) => setHours(event.currentTarget.value)}
      />
      {set.isError ? (
        <div role="alert">
          <ErrorText error={set.error} />
        </div>
      ) : null}
      <Group gap="xs">
        <Button type="submit" disabled={named === "" || badHours} loading={set.isPending}>
          {t("change")}
        </Button>
        {support === null ? null : (
          <Button variant="default" disabled={set.isPending} onClick={() => change(null)}>
            {t("supportRemove")}
          </Button>
        )}
      </Group>
    </form>
  );
}
