/** The stages as steps in a row, the one that runs marked by more than colour. */
import { ALARM_WORDS } from "../../locales/rollout.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import type { Rollout } from "./page.tsx";
import styles from "./rollout.module.css";
import { ROLLOUT, STATE_WORDS } from "./words.ts";

const TONES: Record<Rollout["state"], Tone> = {
  draft: "waiting",
  shadow: "waiting",
  running: "good",
  held: "attention",
  promoted: "good",
  rolled_back: "bad",
  aborted: "unknown",
};

/** What stands under a stage: of a rollout that goes on, and of one that was taken out. */
const WORDS = {
  open: { done: "stageDone", here: "stageHere", next: "stageNext" },
  over: { done: "stageDone", here: "stageLast", next: "stageNever" },
} as const;

export function Stages({ rollout }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  const { stages, stage, state, tripped, control, plan } = rollout;
  const over = state === "rolled_back" || state === "aborted";
  return (
    <Section title={t("stages")} aside={<StatusWord tone={TONES[state]} word={say(STATE_WORDS[state])} />}>
      <ol className={styles["stages"]}>
        {stages.map((one, i) => {
          const name =
            one === "shadow"
              ? t("stage.shadow")
              : typeof one === "number"
                ? formats.percent(one)
                : t("stage.team", { team: one.team });
          const place = i < stage || state === "promoted" ? "done" : i === stage ? "here" : "next";
          return (
            <li
              key={JSON.stringify([i, one])}
              data-place={place}
              {...(place === "here" && !over ? { "aria-current": "step" } : {})}
            >
              <b>{name}</b>
              <span>{t(WORDS[over ? "over" : "open"][place])}</span>
            </li>
          );
        })}
      </ol>
      <p className={styles["soft"]}>
        {t("since", { since: formats.moment(rollout.stageAt) })} ·{" "}
        {t("control", { control: control === "manual" ? t("people") : control })}
        {tripped === null ? null : (
          <>
            {" "}
            <StatusWord tone="bad" word={say(ALARM_WORDS[tripped])} />
          </>
        )}
      </p>
      <p className={styles["soft"]}>
        {t("agreed", {
          ceiling: formats.percent(plan.ceiling, 1),
          labelled: formats.number(plan.leastLabelled),
          latency:
            plan.latency === null ? "none" : t("seconds", { n: formats.number(plan.latency / 1000, 1) }),
          inFlight: plan.inFlight,
        })}
      </p>
    </Section>
  );
}
