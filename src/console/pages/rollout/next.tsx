/** Whether the stage may be left, and how long a worse release would stay unnoticed. */
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import type { Rollout } from "./page.tsx";
import styles from "./rollout.module.css";
import { HOLD_WORDS, ROLLOUT } from "./words.ts";

export function Next({ rollout, waits }: { rollout: Rollout; waits: boolean }) {
  const t = useWords(ROLLOUT);
  return (
    <Section title={t("next")}>
      <div className={styles["next"]}>
        <div>
          <Promotion rollout={rollout} />
          {waits ? <StatusWord tone="waiting" word={t("waits")} /> : null}
        </div>
        <Forecast forecast={rollout.forecast} />
      </div>
    </Section>
  );
}

function Promotion({ rollout: { promotion, plan } }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  if (promotion === null) return <p className={styles["flat"]}>{t("may.none")}</p>;
  if (promotion.kind === "hold")
    return (
      <>
        <p className={styles["flat"]}>{t("may.hold")}</p>
        <ul className={styles["reasons"]}>
          {promotion.reasons.map((reason) => (
            <li key={reason}>{say(HOLD_WORDS[reason])}</li>
          ))}
        </ul>
      </>
    );
  const { lower = 0, upper = 1 } = promotion.interval ?? {};
  return (
    <p className={styles["flat"]}>
      {t(`may.${promotion.kind}`, {
        lower: formats.percent(lower, 1),
        upper: formats.percent(upper, 1),
        ceiling: formats.percent(plan.ceiling, 1),
      })}
    </p>
  );
}

function Forecast({ forecast }: { forecast: Rollout["forecast"] }) {
  const t = useWords(ROLLOUT);
  const formats = useFormats();
  const { labelsPerDay, baseline, found } = forecast;
  return (
    <div>
      <h3 className={styles["small"]}>{t("forecast")}</h3>
      {labelsPerDay === 0 ? (
        <p className={styles["soft"]}>{t("forecastNone")}</p>
      ) : (
        <>
          <p className={styles["soft"]}>
            {t("forecastWhat", {
              labels: Number(labelsPerDay.toPrecision(2)),
              baseline: formats.percent(baseline, 1),
            })}
          </p>
          <ul className={styles["reasons"]}>
            {found.map(({ rate, days }) => (
              <li key={rate}>
                {days === null
                  ? t("foundNot", { rate: formats.percent(rate) })
                  : t("found", {
                      rate: formats.percent(rate),
                      days: days < 1 ? t("underADay") : t("days", { n: Math.round(days) }),
                    })}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
