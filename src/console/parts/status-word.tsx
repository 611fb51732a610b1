/**
 * A status: icon, word and colour together, never a colour alone.
 *
 * `unknown` has a look of its own, a dashed outline: missing is not passing.
 */
import { FRAME } from "../locales/frame.ts";
import { ARM_WORDS, RUNG_WORDS, STATE_WORDS } from "../locales/codes.ts";
import { useSay, useWords } from "../locales/words.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./status-word.module.css";

export type Tone = "good" | "attention" | "bad" | "waiting" | "unknown";

const ICONS: Record<Tone, IconName> = {
  good: "check",
  attention: "warn",
  bad: "cross",
  waiting: "wait",
  unknown: "unknown",
};

/** How a case's state looks. */
const STATE_TONES: Record<string, Tone> = {
  received: "waiting",
  running: "waiting",
  in_review: "waiting",
  decided: "waiting",
  delivering: "waiting",
  delivered: "good",
  failed_delivery: "bad",
  returned: "attention",
  closed: "good",
  cancelled: "unknown",
  erased: "unknown",
};

export function StatusWord({ tone, word, plain = false }: { tone: Tone; word?: string; plain?: boolean }) {
  const t = useWords(FRAME);
  return (
    <span className={`${styles["status"]} ${styles[tone]} ${plain ? styles["plain"] : ""}`}>
      <Icon name={ICONS[tone]} size={14} />
      <span>{word ?? t(`status.${tone}`)}</span>
    </span>
  );
}

export function CaseState({ state }: { state: string }) {
  const say = useSay();
  const text = STATE_WORDS[state as keyof typeof STATE_WORDS] as (typeof STATE_WORDS)["received"] | undefined;
  return (
    <span className={styles["state"]}>
      <StatusWord
        plain
        tone={STATE_TONES[state] ?? "unknown"}
        word={text === undefined ? state : say(text)}
      />
    </span>
  );
}

/** The arm of a case or a release: four fixed hues, the same in every chart. */
export function Arm({ arm }: { arm: string }) {
  const say = useSay();
  const text = ARM_WORDS[arm as keyof typeof ARM_WORDS] as (typeof ARM_WORDS)["manual"] | undefined;
  return (
    <span className={styles["arm"]} data-arm={arm}>
      {text === undefined ? arm : say(text)}
    </span>
  );
}

export function RungWord({ rung }: { rung: number }) {
  const say = useSay();
  const text = RUNG_WORDS[rung];
  return (
    <StatusWord
      plain
      tone={rung === 0 ? "good" : rung === 1 ? "attention" : "bad"}
      word={text === undefined ? String(rung) : say(text)}
    />
  );
}
