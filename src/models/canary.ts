/**
 * What a run of the canary says about a model: still the same, another one, or nothing.
 *
 * Pure: stored answers give the same judgement again. A baseline asks the fixed questions three times and knows of each
 * whether the model always says the same; only such answers are held against later ones. One that differs is asked twice
 * more and counts only when it differs each time. So many must differ that chance does it once in ten years for a model,
 * if a settled answer strays on no more than one day in twenty.
 */
import { binomialTail } from "../statistics/proportion.ts";

/** Answers by the id of their question; null: not in the form that was asked for. */
export type Answers = Readonly<Record<string, string | null>>;

/** How a model calls itself. */
export interface Identity {
  model: string;
  version: string | null;
}

/** What later runs are held against. */
export interface Known {
  answered: readonly Identity[];
  /** Of settled questions only. */
  answers: Readonly<Record<string, string>>;
}

export const ROUNDS = 3;
/** Fewer settled answers say too little about how a model behaves. */
export const FEWEST_SETTLED = 8;
const STRAYS = 0.05;
const FALSE_ALARM_A_DAY = 1 / 3650;

export type Change =
  | { kind: "name" | "version"; before: string; after: string }
  | { kind: "behaviour"; differing: readonly string[] };

/** The settled answers of some rounds: those that were the same each time. */
export function settled(rounds: readonly Answers[]): Record<string, string> {
  const [first = {}, ...others] = rounds;
  return Object.fromEntries(
    Object.entries(first).flatMap(([id, answer]) =>
      answer !== null && others.every((one) => one[id] === answer) ? [[id, answer]] : [],
    ),
  );
}

/** From how many differing answers on a model has changed; undefined where too few are compared. */
export function limitOf(compared: number): number | undefined {
  if (compared < FEWEST_SETTLED) return undefined;
  let limit = 1;
  while (1 - binomialTail(limit - 1, compared, STRAYS) > FALSE_ALARM_A_DAY) limit++;
  return limit;
}

/** Questions whose answer is another one than the known one; those that were not answered this time are left out. */
export function differing(known: Known["answers"], given: Answers): string[] {
  return Object.keys(known).filter((id) => id in given && given[id] !== known[id]);
}

/** Another name or version than ever was known; undefined when all are known. A name weighs more than a version. */
export function newIdentity(known: readonly Identity[], said: readonly Identity[]): Change | undefined {
  const [first] = known;
  if (first === undefined) return undefined;
  const stranger = said.find((one) => !known.some((old) => sameIdentity(old, one)));
  if (stranger === undefined) return undefined;
  const kind = known.some((one) => one.model === stranger.model) ? "version" : "name";
  return { kind, before: wordsOf(first), after: wordsOf(stranger) };
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.model === b.model && a.version === b.version;
}

export function wordsOf({ model, version }: Identity): string {
  return version === null ? model : `${model} (${version})`;
}

/** Each of them once, in their order. */
export function eachOnce(said: readonly Identity[]): Identity[] {
  return said.filter((one, at) => said.findIndex((other) => sameIdentity(one, other)) === at);
}

export interface Judgement {
  change: Change | undefined;
  compared: number;
  differing: number;
  limit: number | undefined;
}

/** `confirmed`: the questions that differed the first time and each time that they were asked again. */
export function judge(
  known: Known,
  run: { answered: readonly Identity[]; first: Answers; confirmed: readonly string[] },
): Judgement {
  const compared = Object.keys(known.answers).filter((id) => id in run.first).length;
  const limit = limitOf(compared);
  const figures = { compared, differing: run.confirmed.length, limit };
  const identity = newIdentity(known.answered, run.answered);
  if (identity) return { change: identity, ...figures };
  const other = limit !== undefined && run.confirmed.length >= limit;
  return { change: other ? { kind: "behaviour", differing: run.confirmed } : undefined, ...figures };
}
