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
          <Pairs rollout={rollout} />
          {waits ? <StatusWord tone="waiting" word={t("waits")} /> : null}
        </div>
        <Forecast rollout={rollout} />
      </div>
    </Section>
  );
}

function Promotion({ rollout: { promotion, plan, state, tripped } }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  if (promotion === null) {
    const here = tripped !== null ? "may.heldInShadow" : state === "shadow" ? "may.shadow" : "may.none";
    return <p className={styles["flat"]}>{t(here)}</p>;
  }
  const inShadow = promotion.kind === "undecided" && promotion.interval === null;
  if (promotion.kind === "hold" || inShadow)
    return (
      <>
        <p className={styles["flat"]}>{t(inShadow ? "may.undecidedInShadow" : "may.hold")}</p>
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

/** What the two releases did with the same cases. */
function Pairs({ rollout: { pairs, state, control, stages } }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const formats = useFormats();
  if (pairs !== null)
    return (
      <p className={styles["soft"]}>
        {t("pairs", { ...pairs, p: pairs.p < 0.001 ? t("pTiny") : `= ${formats.number(pairs.p, 3)}` })}
      </p>
    );
  if (state !== "shadow" || stages[0] !== "shadow") return null;
  return <p className={styles["soft"]}>{t(control === "manual" ? "pairsPeople" : "pairsNone")}</p>;
}

function Forecast({ rollout: { forecast } }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const formats = useFormats();
  const { labelsPerDay, baseline, found, inShadow, share } = forecast;
  if (labelsPerDay === 0)
    return (
      <div>
        <h3 className={styles["small"]}>{t("forecast")}</h3>
        <p className={styles["soft"]}>{t("forecastNone")}</p>
      </div>
    );
  return (
    <div>
      <h3 className={styles["small"]}>{t("forecast")}</h3>
      <p className={styles["soft"]}>
        {t("forecastWhat", {
          labels: Number(labelsPerDay.toPrecision(2)),
          baseline: formats.percent(baseline, 1),
        })}
      </p>
      {inShadow.length === 0 ? null : (
        <>
          <p className={styles["soft"]}>{t("inShadow")}</p>
          <Found found={inShadow} />
          <p className={styles["soft"]}>{t("inStage", { share: formats.percent(share) })}</p>
        </>
      )}
      <Found found={found} />
    </div>
  );
}

function Found({ found }: { found: Rollout["forecast"]["found"] }) {
  const t = useWords(ROLLOUT);
  const formats = useFormats();
  return (
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
  );
}
