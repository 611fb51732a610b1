/**
 * Whether a release is right about its live cases, by labels that a coin asked for: the evidence of the figure `right`.
 *
 * Where every case of the release is reviewed, as in a pilot, all of them count. Else only what the quality coin or the cold
 * coin drew at intake: what was reviewed for its low confidence, a rule or a missing certificate would bend the figure. Where
 * those coins had other probabilities on other days, cases of the likelier days are left out by hash until all had the same
 * chance, because exact bounds hold for such a sample and for no weighted one. Choosing is pure, and blind to what labels say;
 * judging is in criterion.ts, the rules shared with certificates in label-sample.ts.
 */
import { bucket } from "../cases/intake/coins.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { fieldsChanged } from "./asked.ts";
import type { ModelPair, SampleRequest } from "./certification-sample.ts";
import type { CoinCounts, Evidence } from "./criterion.ts";
import {
  boundCases,
  chooseCases,
  firstOfThreads,
  HELD,
  newestModel,
  ofModel,
  type BoundCase,
} from "./label-sample.ts";

/** A case that the release's own model answered, labelled or not. */
export interface AnsweredCase extends BoundCase {
  /** The quality coin or the cold one drew it, and how probable that was. */
  drawn: boolean;
  probability: number;
  /** The autonomy let it not go out: it was reviewed whatever the model said. */
  held: boolean;
}

export interface LiveLabels {
  workflow: string;
  release: string;
  /** Only cases that arrived later count. */
  since: number;
  /** When the criterion was frozen as it is defined: labelled cases from before are only counted as left out. */
  frozenAt: number;
}

/** Answers the counts, also where no label is among them or every case came too early; undefined where the release's own model has answered no case. */
export async function rightByCoins(
  database: Queryable,
  { workflow, release, since, frozenAt }: LiveLabels,
): Promise<Evidence | undefined> {
  const request: SampleRequest = {
    workflow,
    release,
    step: 0,
    set: undefined,
    // Answers from other fields say nothing of those that the model gives now.
    since: Math.max(since, (await fieldsChanged(database, workflow)) ?? 0),
    simulated: false,
    category: undefined,
    grid: [],
    part: undefined,
  };
  const model = await newestModel(database, request);
  if (!model) return undefined;
  const found = await boundCases<AnsweredCase & { early: boolean }>(database, request, {
    columns: sql`, (c.qa or c.cold) as drawn, (1 - (1 - c.qa_probability) * (1 - c.cold_probability))::float8 as probability, ${HELD} as held,
      c.received_at <= ${time(frozenAt)} as early`,
    bound: sql`true`,
  });
  const { cases, ...leftOut } = evenCases(
    found.filter((one) => !one.early),
    model,
    release,
  );
  const early = ofModel(found, model).filter(
    (one) => one.early && one.source !== null && (one.drawn || one.held),
  );
  const count = (wrong: boolean) => cases.filter((one) => one.source !== null && one.wrong === wrong).length;
  const [right, wrong] = [count(false), count(true)];
  return {
    kind: "share",
    right,
    n: right + wrong,
    unanswered: cases.length - right - wrong,
    coins: { ...leftOut, early: firstOfThreads(early).length },
  };
}

/** The cases that count, each drawn with the same chance, earliest first; one of a thread, the one that came first. */
export function evenCases(
  answered: readonly AnsweredCase[],
  model: ModelPair,
  release: string,
): { cases: BoundCase[] } & Omit<CoinCounts, "early"> {
  const own = ofModel(answered, model);
  const first = firstOfThreads(own);
  const drawn = own.every(({ held }) => held) ? first : first.filter((one) => one.drawn);
  const even = drawn.length === first.length ? first : evened(first, release);
  const { cases, leftOut } = chooseCases(even, model);
  const waiting = leftOut["not all labelled yet"] ?? 0;
  return {
    cases,
    waiting,
    // Those that wait are the newest.
    holding: even.slice(even.length - waiting).filter(({ source }) => source === null).length,
    otherModel: answered.length - own.length,
    uneven: drawn.length - even.length,
    played: (leftOut["simulated"] ?? 0) + (leftOut["before a simulated one"] ?? 0),
  };
}

/**
 * Those that would have been drawn had the coins always been as improbable as at their least probable, of the newest span that so keeps
 * most cases: a moment of low coins does not thin all that came after it. Chosen by probabilities alone, blind to draws and labels.
 */
function evened(first: readonly AnsweredCase[], release: string): AnsweredCase[] {
  let [least, begin, chance, kept] = [1, first.length, 1, 0];
  for (let i = first.length - 1; i >= 0; i--) {
    least = Math.min(least, first[i]!.probability);
    // Of cases that no coin could have drawn nothing is known: the sample begins after them.
    if (least === 0) break;
    const keeps = least * (first.length - i);
    if (keeps >= kept) [begin, chance, kept] = [i, least, keeps];
  }
  return first
    .slice(begin)
    .filter(({ drawn, probability, id }) => drawn && bucket(`even:${release}`, id) < chance / probability);
}
