/** What was decided about the output and why, in words; the number behind "sure" on demand. */
import { CASE } from "../../locales/case.ts";
import { REASON_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Definition } from "../../parts/figure.tsx";
import { CopyableId, RelativeTime } from "../../parts/small.tsx";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

/** Three words for a confidence: what the threshold asks is sure; without one, fixed marks. */
function sureness(confidence: number, threshold: number | null): "high" | "middle" | "low" {
  if (confidence >= (threshold ?? 0.9)) return "high";
  return confidence >= 0.6 ? "middle" : "low";
}

const OUTCOMES = ["auto", "review", "fallback"] as const;

export function Decision({ found }: { found: Case }) {
  const t = useWords(CASE);
  const formats = useFormats();
  const reason = useCode(REASON_WORDS);
  const { decision } = found;
  if (decision === null) return <p className={styles["quiet"]}>{t("undecided")}</p>;
  const outcome = OUTCOMES.find((one) => one === decision.outcome);
  return (
    <dl className={styles["list"]}>
      <dt>{t("outcome")}</dt>
      <dd>
        {outcome === undefined ? decision.outcome : t(`outcome.${outcome}`)},{" "}
        <RelativeTime at={decision.at} />
      </dd>
      {decision.reasons.length === 0 ? null : (
        <>
          <dt>{t("because")}</dt>
          <dd>
            <ul className={styles["reasons"]}>
              {decision.reasons.map(({ code, detail }) => (
                <li key={`${code}${detail ?? ""}`}>
                  {reason(code)}
                  {detail === undefined ? null : (
                    <>
                      {" "}
                      (<code>{detail}</code>)
                    </>
                  )}
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      {decision.confidence === null ? null : (
        <>
          <dt>{t("sureness")}</dt>
          <dd className={styles["sure"]}>
            {t(`sure.${sureness(decision.confidence, decision.threshold)}`)}
            <Definition name={t("sureness")}>
              {t("sureWhat", {
                value: formats.number(decision.confidence, 2),
                threshold:
                  decision.threshold === null ? t("noThreshold") : formats.number(decision.threshold, 2),
              })}
            </Definition>
          </dd>
        </>
      )}
      {decision.certificate === null ? null : (
        <>
          <dt>{t("certificate")}</dt>
          <dd>
            <CopyableId id={decision.certificate} short />
          </dd>
        </>
      )}
    </dl>
  );
}
