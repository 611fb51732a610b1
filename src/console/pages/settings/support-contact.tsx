/** Whom to ask, how soon they answer, and which version of the program this is. */
import { useMe, useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import styles from "./settings.module.css";
import { SETTINGS } from "./words.ts";

export function SupportContact() {
  const t = useWords(SETTINGS);
  const me = useMe();
  const support = useWorkflow()?.support ?? null;
  return (
    <div className={styles["form"]}>
      <p>{t("supportWhat")}</p>
      {support === null ? (
        <p className={styles["soft"]}>{t("noSupport")}</p>
      ) : (
        <dl className={styles["facts"]}>
          <dt>{t("contact")}</dt>
          <dd>{support.contact}</dd>
          {support.answerHours === null ? null : (
            <>
              <dt>{t("answers")}</dt>
              <dd>{t("hours", { n: support.answerHours })}</dd>
            </>
          )}
        </dl>
      )}
      <p className={styles["soft"]}>{t("version", { version: me.version })}</p>
    </div>
  );
}
