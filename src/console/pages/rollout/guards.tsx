/** The guards: how strong the evidence against the release is, on the way to its limit, with the counts behind it. */
import { GUARD_WORDS } from "../../locales/rollout.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import type { Rollout } from "./page.tsx";
import styles from "./rollout.module.css";
import { ROLLOUT } from "./words.ts";

type Guard = Rollout["guards"][number];
const TONES: Record<Guard["kind"], Tone> = {
  quiet: "good",
  tripped: "bad",
  "no-data": "unknown",
  failed: "attention",
};

export function Guards({ rollout }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  if (rollout.guards.length === 0) return null;
  return (
    <Section title={t("guards")}>
      <p className={styles["soft"]}>{t("guardsWhat")}</p>
      <ul className={styles["guards"]}>
        {rollout.guards.map((guard) => (
          <li key={guard.name}>
            <div className={styles["guardHead"]}>
              <b>{say(GUARD_WORDS[guard.name])}</b>
              <StatusWord plain tone={TONES[guard.kind]} word={t(`guard.${guard.kind}`)} />
              <span className={styles["soft"]}>{t(`action.${guard.action}`)}</span>
            </div>
            <Meter guard={guard} />
            <Counts guard={guard} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Evidence grows by factors, so the bar is logarithmic: from 1 (nothing) to the limit. */
function Meter({ guard: { evidence, limit, name } }: { guard: Guard }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  if (evidence === null || limit === null) return null;
  const part = Math.max(0, Math.min(1, Math.log(Math.max(1, evidence)) / Math.log(limit)));
  return (
    <div className={styles["meterRow"]}>
      <div
        className={styles["meter"]}
        role="meter"
        aria-label={say(GUARD_WORDS[name])}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
      >
        <span style={{ inlineSize: `${part * 100}%` }} data-full={part >= 1 || undefined} />
      </div>
      <span className={styles["soft"]}>
        {t("evidence", {
          value: formats.number(Number(evidence.toPrecision(2)), 2),
          limit: formats.number(Math.round(limit)),
        })}
      </span>
    </div>
  );
}

function Counts({ guard: { steps } }: { guard: Guard }) {
  const t = useWords(ROLLOUT);
  const sum = (arm: "candidate" | "stable") => ({
    errors: steps.reduce((all, step) => all + step[arm].errors, 0),
    n: steps.reduce((all, step) => all + step[arm].n, 0),
  });
  const stable = sum("stable");
  return (
    <span className={styles["counts"]}>
      {t("candidate", sum("candidate"))}
      {stable.n === 0 ? null : `, ${t("stable", stable)}`}
    </span>
  );
}
