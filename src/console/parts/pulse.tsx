/**
 * The pulse: two anonymous questions every two weeks, as a small card that can be put off.
 *
 * Shown where work starts, never over it. Who answered and what was answered are kept apart; put off means for this visit.
 */
import { ActionIcon, Button, Radio } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useAct, useRead } from "../data/api.ts";
import { useMay } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useWords, words } from "../locales/words.ts";
import { Icon } from "./icon.tsx";
import { ErrorText } from "./page.tsx";
import styles from "./pulse.module.css";
import { useToast } from "./toast.tsx";

const PULSE = words({
  title: { de: "Zwei kurze Fragen", en: "Two short questions" },
  what: {
    de: "Anonym, alle zwei Wochen. Ergebnisse gibt es erst ab fünf Antworten.",
    en: "Anonymous, every two weeks. Results exist from five answers on.",
  },
  helps: { de: "Das Programm hilft mir bei der Arbeit.", en: "The program helps me in my work." },
  trust: { de: "Ich kann mich auf die Vorschläge verlassen.", en: "I can rely on the suggestions." },
  least: { de: "gar nicht", en: "not at all" },
  most: { de: "voll und ganz", en: "fully" },
  send: { de: "Antworten", en: "Answer" },
  later: { de: "Später", en: "Later" },
  thanks: {
    de: "Danke. Ihre Antwort ist ohne Namen gezählt.",
    en: "Thank you. Your answer is counted without a name.",
  },
});

const STEPS = ["1", "2", "3", "4", "5"] as const;

export function Pulse({ workflow }: { workflow: string }) {
  const t = useWords(PULSE);
  const frame = useWords(FRAME);
  const may = useMay();
  const toast = useToast();
  const [later, setLater] = useState(false);
  const [helps, setHelps] = useState("");
  const [trust, setTrust] = useState("");
  const pulse = useRead("getPulse", { params: { workflow } }, { enabled: may("pulse.answer") && !later });
  const answer = useAct("answerPulse", { refreshes: ["getPulse"] });
  if (later || pulse.data?.due !== true) return null;
  function submit(event: FormEvent) {
    event.preventDefault();
    answer.mutate(
      { params: { workflow }, body: { helps: Number(helps), trust: Number(trust) } },
      { onSuccess: () => toast.show({ what: t("thanks") }) },
    );
  }
  return (
    <form className={styles["pulse"]} onSubmit={submit} aria-label={t("title")}>
      <div className={styles["head"]}>
        <div>
          <h2>{t("title")}</h2>
          <p>{t("what")}</p>
        </div>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${t("later")}, ${frame("close")}`}
          onClick={() => setLater(true)}
        >
          <Icon name="cross" />
        </ActionIcon>
      </div>
      <Question text={t("helps")} value={helps} change={setHelps} />
      <Question text={t("trust")} value={trust} change={setTrust} />
      {answer.isError ? (
        <div role="alert">
          <ErrorText error={answer.error} />
        </div>
      ) : null}
      <Button
        type="submit"
        variant="default"
        style={{ alignSelf: "flex-start" }}
        disabled={helps === "" || trust === ""}
        loading={answer.isPending}
      >
        {t("send")}
      </Button>
    </form>
  );
}

function Question({ text, value, change }: { text: string; value: string; change: (value: string) => void }) {
  const t = useWords(PULSE);
  return (
    <Radio.Group label={text} value={value} onChange={change}>
      <div className={styles["steps"]}>
        <span>{t("least")}</span>
        {STEPS.map((step) => (
          <Radio key={step} value={step} label={step} />
        ))}
        <span>{t("most")}</span>
      </div>
    </Radio.Group>
  );
}
