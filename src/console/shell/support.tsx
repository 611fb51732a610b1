/** Whom to ask and how soon they answer: at the foot of every page, always in the same place. */
import { useWorkflow } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import styles from "./support.module.css";

export function Support() {
  const t = useWords(FRAME);
  const support = useWorkflow()?.support;
  if (support === undefined || support === null) return null;
  const mail = /^[^\s@]+@[^\s@]+$/.test(support.contact);
  return (
    <footer className={styles["support"]} aria-label={t("help")}>
      <Icon name="help" size={14} />
      {mail ? (
        <a href={`mailto:${support.contact}`}>{t("support", { contact: support.contact })}</a>
      ) : (
        <span>{t("support", { contact: support.contact })}</span>
      )}
      {support.answerHours === null ? null : (
        <span>· {t("supportAnswers", { hours: support.answerHours })}</span>
      )}
    </footer>
  );
}
