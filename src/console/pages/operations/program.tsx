/** The program itself: workers, the audit log, and the last change that somebody made. */
import { DIAL_WORDS } from "../../locales/dials.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import type { Operations } from "./page.tsx";
import facts from "../../parts/facts.module.css";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

export function Program({ data }: { data: Operations }) {
  const t = useWords(OPERATIONS);
  const setting = useCode(DIAL_WORDS);
  const formats = useFormats();
  const { workers, audit, lastChange } = data;
  return (
    <Section title={t("program")}>
      <dl className={facts["facts"]}>
        <dt>{t("workers")}</dt>
        <dd>
          {workers === null ? (
            <StatusWord plain tone="unknown" word={t("workersUnknown")} />
          ) : workers === 0 ? (
            <StatusWord plain tone="bad" word={t("workersNone")} />
          ) : (
            <StatusWord plain tone="good" word={t("workersAre", { n: workers })} />
          )}
        </dd>
        <dt>{t("audit")}</dt>
        <dd>
          {audit.problem === null ? null : (
            <>
              <StatusWord plain tone="bad" word={audit.problem} />{" "}
            </>
          )}
          {t("auditIs", {
            size: audit.size,
            signed:
              audit.checkpointAt === null
                ? t("unsigned")
                : t("signed", { at: formats.when(audit.checkpointAt) }),
          })}
          {audit.waiting === 0 ? null : (
            <span className={styles["soft"]}> · {t("auditWaiting", { n: audit.waiting })}</span>
          )}
        </dd>
        <dt>{t("lastChange")}</dt>
        <dd>
          {lastChange === null ? (
            t("lastChangeNone")
          ) : (
            <>
              {t("lastChangeIs", { what: setting(lastChange.what), by: lastChange.by })}{" "}
              <span className={styles["soft"]}>
                <RelativeTime at={lastChange.at} />
              </span>
            </>
          )}
        </dd>
      </dl>
    </Section>
  );
}
