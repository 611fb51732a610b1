/** How a set and a run read in words: what a set proves, how far a run is, a share with its range. */
import { useIntl } from "react-intl";
import type { BentBy } from "../../../contract/evaluation-set-endpoints.ts";
import { useFormats } from "../../locales/formats.ts";
import { writtenMoney } from "../../locales/money.ts";
import { useWords } from "../../locales/words.ts";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { RUNS } from "./run-words.ts";
import { underWay, type EvaluationSet, type Run } from "./runs-of-sets.ts";
import styles from "./runs.module.css";

export interface Range {
  value: number;
  lower: number;
  upper: number;
}

const TONES: Record<Run["state"], Tone> = {
  waiting: "waiting",
  running: "waiting",
  done: "good",
  failed: "bad",
};

/** What a set proves, in words; never by its colour alone. */
export function Worth({ set }: { set: EvaluationSet }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  if (set.kind === "development") return <StatusWord plain tone="unknown" word={t("worth.development")} />;
  if (set.wornOut) return <StatusWord plain tone="bad" word={t("worth.wornOut")} />;
  if (set.representative) return <StatusWord plain tone="good" word={t("worth.sealed")} />;
  const why = formats.list(set.bentBy.map((code: BentBy) => t(`bent.${code}`)));
  return <StatusWord plain tone="attention" word={t("worth.bent", { why })} />;
}

/** The state; while it runs, how far and how long still. */
export function RunState({ run }: { run: Run }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const { asked, of, secondsLeft } = run.progress;
  const word = <StatusWord plain tone={TONES[run.state]} word={t(`state.${run.state}`)} />;
  if (!underWay(run)) return word;
  const told = t("progress", { asked: formats.number(asked), of: formats.number(of) });
  const left = secondsLeft === null ? "" : `, ${t("left", { span: formats.span(secondsLeft * 1_000) })}`;
  return (
    <span className={styles["progress"]}>
      {word}
      <progress max={Math.max(1, of)} value={asked} aria-label={told} />
      <span className={styles["soft"]}>
        {told}
        {left}
      </span>
    </span>
  );
}

/** A share with its range, the range on a line of its own where it is narrow. */
export function Share({ of }: { of: Range | null }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  if (of === null) return "–";
  return (
    <span>
      {formats.percent(of.value)}{" "}
      <span className={styles["range"]}>
        ({t("range", { lower: formats.percent(of.lower), upper: formats.percent(of.upper) })})
      </span>
    </span>
  );
}

/** What the calls of a run cost; what is not known is said to be so. */
export function useRunCost(): (cost: Run["cost"]) => string {
  const t = useWords(RUNS);
  const { locale } = useIntl();
  return ({ amount, currency, unknown }) => {
    if (amount === null || currency === null) return t("costUnknown");
    const written = writtenMoney(amount, currency, locale);
    return unknown === 0 ? written : t("costPartly", { amount: written, n: unknown });
  };
}
