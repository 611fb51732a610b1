/** How a gate reads: its verdict as icon and word, what a reason says, a level in its unit. */
import { useIntl } from "react-intl";
import { VERDICTS, type Verdict } from "../../../contract/gate.ts";
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { writtenMoney } from "../../locales/money.ts";
import { useSay, useWords, type Text } from "../../locales/words.ts";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { GATES } from "./gate-words.ts";

export type Gate = Reply<"getGate">;
export type Criterion = Gate["criteria"][number];

const TONES: Record<Verdict, Tone> = {
  go: "good",
  conditional: "attention",
  "no-go": "bad",
  inconclusive: "unknown",
  "could-not-run": "unknown",
};

export function VerdictWord({ verdict, plain = true }: { verdict: Verdict; plain?: boolean }) {
  const t = useWords(GATES);
  return <StatusWord plain={plain} tone={TONES[verdict]} word={t(`verdict.${verdict}`)} />;
}

export function useVerdict(): (verdict: Verdict) => string {
  const say = useSay();
  return (verdict) => say(VERDICTS[verdict]);
}

/** A reason, and what it is about. */
export function useReason<C extends string>(
  table: Record<C, Text>,
): (reason: { code: C; about?: string | undefined }) => string {
  const say = useSay();
  return ({ code, about }) => `${say(table[code])}${about === undefined ? "" : ` (${about})`}`;
}

/** A figure or level in the unit of its criterion. */
export function useInUnit(): (value: number | null, unit: string | null) => string {
  const t = useWords(GATES);
  const formats = useFormats();
  const { locale } = useIntl();
  return (value, unit) => {
    if (value === null) return "–";
    if (unit === "share") return formats.percent(value);
    if (unit === "ms") return t("ms", { n: formats.number(Math.round(value)) });
    if (unit !== null && /^[A-Z]{3}$/.test(unit)) return writtenMoney(String(value), unit, locale);
    return `${formats.number(Number(value.toPrecision(4)))} ${unit ?? ""}`.trim();
  };
}
