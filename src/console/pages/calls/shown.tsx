/** How a call's outcome, tokens and cost read, in the list and on its own page. */
import { useIntl } from "react-intl";
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { writtenMoney } from "../../locales/money.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { CALLS, OUTCOME_WORDS } from "./words.ts";

export type Call = Reply<"getModelCall">;
type Try = Call["tries"][number];

const TONES: Record<Call["outcome"], Tone> = {
  answered: "good",
  draft: "attention",
  in_review: "waiting",
  pending: "waiting",
  refused: "attention",
  failed: "bad",
  aborted: "unknown",
};

export function Outcome({ outcome }: Pick<Call, "outcome">) {
  const word = useCode(OUTCOME_WORDS);
  return <StatusWord plain tone={TONES[outcome]} word={word(outcome)} />;
}

/** Tokens in and out; a guess says so, and what nobody counted is a dash. */
export function useTokens(): (of: Pick<Try, "inputTokens" | "outputTokens" | "tokensEstimated">) => string {
  const t = useWords(CALLS);
  return ({ inputTokens, outputTokens, tokensEstimated }) =>
    inputTokens === null && outputTokens === null
      ? "–"
      : t(tokensEstimated ? "tokensAbout" : "tokensAre", {
          input: inputTokens ?? 0,
          output: outputTokens ?? 0,
        });
}

/** What is not known is said to be so, never a zero. */
export function useCost(): (of: Pick<Try, "cost" | "currency">) => string {
  const t = useWords(CALLS);
  const { locale } = useIntl();
  return ({ cost, currency }) =>
    cost === null || currency === null ? t("costUnknown") : writtenMoney(cost, currency, locale);
}

/** A call of a workflow has its cost with its case. */
export function useCallCost(): (call: Call) => string {
  const t = useWords(CALLS);
  const cost = useCost();
  return (call) => (call.workflow === null ? cost(call) : call.case === null ? "–" : t("costOfCase"));
}

export function useTook(): (milliseconds: number | null) => string {
  const formats = useFormats();
  return (milliseconds) => (milliseconds === null ? "–" : `${formats.number(milliseconds)} ms`);
}
