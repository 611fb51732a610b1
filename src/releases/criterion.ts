/**
 * One criterion of a go / no-go decision against its evidence.
 *
 * A criterion is agreed and frozen before anything is measured. Its verdict follows from the bounds at the stated confidence and from
 * whole numbers alone, so that it can be recomputed. Evidence that is missing, failed or of another kind is never a pass: it could
 * not be run. Pure; how criteria become one verdict is in gate.ts.
 */
import type { CriterionGroup, CriterionReason, Verdict } from "../contract/gate.ts";
import { amountInterval, type AmountFigure, type GroupedAmounts } from "../statistics/amounts.ts";
import { mulberry32, type BootstrapPlan } from "../statistics/bootstrap.ts";
import { macroF1Interval, type Cell } from "../statistics/classification.ts";
import {
  casesMissingOfFew,
  casesToDecide,
  judgeBounds,
  type Level,
  type LevelJudgement,
  type Levels,
} from "../statistics/levels.ts";
import { holm } from "../statistics/multiple-testing.ts";
import {
  alwaysValidInterval,
  binomialTail,
  lowerBound,
  upperBound,
  type Interval,
} from "../statistics/proportion.ts";

export type Criterion = {
  name: string;
  group: CriterionGroup;
  /** A must has to pass; the others inform. */
  must: boolean;
} & (
  | {
      /** A part of the cases, 0 to 1; more is better. */
      kind: "share";
      levels: Levels;
      /** Parts of the cases that must not lie under the minimum on their own. */
      criticalSlices?: string[];
      /** A model says what is right: it must first have agreed with people. */
      judged?: true;
    }
  | {
      /** A mean or quantile in whole units (milliseconds, cents), or macro-F1. Where less is better the levels fall. */
      kind: "amount";
      figure: AmountFigure | "macro-f1";
      better: "more" | "less";
      levels: Levels;
    }
  /** Something that has been shown or not. */
  | { kind: "proof" }
  /** The part of the answers that are favourable: this value of the scale or more. */
  | { kind: "survey"; favourable: number; levels: Levels }
);

export interface Counted {
  right: number;
  n: number;
}

/** What is told of labels that coins asked for, beside what they say. */
export interface CoinCounts {
  /** Drawn cases behind the end of the sample: too many of those before them are not judged yet. */
  waiting: number;
  /** Of these, the ones that have no label yet: they hold the end where it is. */
  holding: number;
  /** Answers of another model than the one that answers now. */
  otherModel: number;
  /** Drawn cases that were left out, so that all had the same chance. */
  uneven: number;
  /** Cases that a program judged which plays a person, and those before the last of them. */
  played: number;
  /** Labelled cases from before the criterion was frozen as it is defined. */
  early: number;
}

/** What was measured; whole numbers, as they are stored. */
export type Evidence =
  | (Counted & {
      kind: "share";
      /** Cases that no answer came back for; they are not among the n. */
      unanswered: number;
      slices?: Record<string, Counted>;
      /** Agreement of the judging model with people: cases that both judged, and Krippendorff's alpha. */
      judge?: { cases: number; alpha: number };
      /** The cases are live ones with labels that coins asked for. */
      coins?: CoinCounts;
    })
  | { kind: "classes"; cells: Cell[]; classes: string[] }
  | { kind: "amount"; groups: GroupedAmounts }
  | { kind: "proof"; holds: boolean }
  /** How many answered 1, 2, and so on. */
  | { kind: "survey"; answers: number[] }
  | { kind: "failed"; problem: string };

export interface CriterionVerdict {
  name: string;
  group: CriterionGroup;
  must: boolean;
  verdict: Verdict;
  /** Cases, groups or answers behind it. */
  n: number;
  estimate?: number;
  bounds?: Interval;
  proven?: Level;
  /** About how many more cases, groups or answers it takes until the verdict moves on. */
  missing?: number;
  reasons: { code: CriterionReason; about?: string }[];
}

/** Days or groups of cases, at least, before an amount is judged: fewer drawn again say nothing of how days differ. */
const LEAST_GROUPS = 10;
/** Fewer answers would show what single people said. */
const LEAST_ANSWERS = 5;
/** What a judging model must have shown beside people before it may decide. */
const JUDGE = { cases: 100, alpha: 0.67 };
/** Of the bootstrap, so that a verdict comes out the same again. */
const SEED = 42;

type Found = Omit<CriterionVerdict, "name" | "group" | "must">;

/** Judges one criterion; `evidence` is undefined where nothing was measured under its name. */
export function judgeCriterion(
  criterion: Criterion,
  evidence: Evidence | undefined,
  confidence = 0.95,
): CriterionVerdict {
  const { name, group, must } = criterion;
  return { name, group, must, ...verdictOf(criterion, evidence, confidence) };
}

function verdictOf(criterion: Criterion, evidence: Evidence | undefined, confidence: number): Found {
  if (evidence === undefined) return notRun("no-evidence");
  if (evidence.kind === "failed") return notRun("failed", evidence.problem);
  const wanted = criterion.kind === "amount" && criterion.figure === "macro-f1" ? "classes" : criterion.kind;
  if (evidence.kind !== wanted) return notRun("other-kind", evidence.kind);
  if (!levelsRise(criterion)) return notRun("bad-levels");
  if (!countsAreWhole(evidence)) return notRun("bad-counts");
  switch (criterion.kind) {
    case "share":
      return ofShare(criterion, evidence as Of<"share">, confidence);
    case "amount":
      return ofAmount(criterion, evidence as Of<"amount" | "classes">, confidence);
    case "proof":
      return { verdict: (evidence as Of<"proof">).holds ? "go" : "no-go", n: 1, reasons: [] };
    case "survey":
      return ofSurvey(criterion, evidence as Of<"survey">, confidence);
  }
}

type Of<K extends Evidence["kind"]> = Extract<Evidence, { kind: K }>;

function notRun(code: CriterionReason, about?: string): Found {
  return { verdict: "could-not-run", n: 0, reasons: [{ code, ...(about !== undefined && { about }) }] };
}

function ofShare(
  { levels, criticalSlices = [], judged }: Extract<Criterion, { kind: "share" }>,
  { right, n, unanswered, slices = {}, judge, coins }: Of<"share">,
  confidence: number,
): Found {
  if (judged && !(judge && judge.cases >= JUDGE.cases && judge.alpha >= JUDGE.alpha))
    return notRun("judge-not-proved");
  const all = n + unanswered;
  if (all === 0)
    return {
      verdict: "inconclusive",
      n: 0,
      ...missingOf(
        coins
          ? missingLabels({ right, n, unanswered, coins }, levels, "inconclusive", confidence)
          : casesToDecide(0, 0, levels, { confidence }),
      ),
      reasons: [{ code: "no-cases" }, ...coinReasons(coins)],
    };
  // What no answer came back for may have been right or wrong: it neither passes nor fails.
  const most = right + unanswered;
  const bounds = coins
    ? // Live cases can be watched in many places before a gate is judged: only bounds that may be read at any time hold.
      {
        lower: alwaysValidInterval(right, all, 1 - confidence).lower,
        upper: alwaysValidInterval(most, all, 1 - confidence).upper,
      }
    : { lower: lowerBound(right, all, confidence), upper: upperBound(most, all, confidence) };
  const found = judgeBounds(bounds, levels);
  const reasons: Found["reasons"] = [
    ...(unanswered > 0
      ? [{ code: coins ? ("labels-open" as const) : ("unanswered" as const), about: String(unanswered) }]
      : []),
    ...coinReasons(coins),
  ];
  const failing = failingSlices(criticalSlices, slices, levels.minimum, confidence);
  const empty = criticalSlices.filter((name) => !(slices[name] && slices[name].n > 0));
  reasons.push(...failing.map((about) => ({ code: "slice-fails" as const, about })));
  reasons.push(...empty.map((about) => ({ code: "slice-without-cases" as const, about })));
  const passes = found.verdict === "go" || found.verdict === "conditional";
  const verdict = failing.length > 0 ? "no-go" : empty.length > 0 && passes ? "inconclusive" : found.verdict;
  const missing = coins
    ? missingLabels({ right, n, unanswered, coins }, levels, found.verdict, confidence)
    : n > 0
      ? casesToDecide(right, n, levels, { confidence })
      : undefined;
  return {
    ...shown(found, n === 0 ? undefined : right / n),
    verdict,
    n,
    ...(verdict === found.verdict && missingOf(missing)),
    reasons,
  };
}

/**
 * For bounds that may be read at any time; of further labels as many stay open as did. Those that wait are there already: where they
 * would do, what is missing is to settle the open ones that hold them back, and no case more.
 */
function missingLabels(
  { right, n, unanswered, coins: { waiting } }: Counted & { unanswered: number; coins: CoinCounts },
  { minimum, target }: Levels,
  verdict: Verdict,
  confidence: number,
): number | undefined {
  if (verdict !== "conditional" && verdict !== "inconclusive") return undefined;
  const all = n + unanswered;
  const certainty = { confidence, anytime: true };
  const more =
    verdict === "conditional"
      ? casesMissingOfFew(right, all, target, certainty)
      : right >= all * minimum
        ? casesMissingOfFew(right, all, minimum, certainty)
        : casesMissingOfFew(n - right, all, 1 - minimum, certainty);
  return more !== undefined && more > waiting ? more - waiting : undefined;
}

function coinReasons(coins: CoinCounts | undefined): Found["reasons"] {
  if (!coins) return [];
  const { waiting, holding, otherModel, uneven, played, early } = coins;
  const told = [
    ["labels-waiting", waiting],
    ["labels-holding", holding],
    ["other-model", otherModel],
    ["labels-uneven", uneven],
    ["labels-played", played],
    ["labels-early", early],
  ] as const;
  return told.flatMap(([code, count]) => (count > 0 ? [{ code, about: String(count) }] : []));
}

/** The critical slices that lie under the minimum, after Holm over all of them. */
function failingSlices(
  names: readonly string[],
  slices: Readonly<Record<string, Counted>>,
  minimum: number,
  confidence: number,
): string[] {
  const some = names.filter((name) => (slices[name]?.n ?? 0) > 0);
  const adjusted = holm(some.map((name) => binomialTail(slices[name]!.right, slices[name]!.n, minimum)));
  return some.filter((_, i) => adjusted[i]! <= 1 - confidence);
}

function ofAmount(
  { figure, better, levels }: Extract<Criterion, { kind: "amount" }>,
  evidence: Of<"amount" | "classes">,
  confidence: number,
): Found {
  const drawn = drawnAgain(figure, evidence, onBothSides(confidence));
  if (!drawn.interval) return tooFew("few-groups", drawn.n, LEAST_GROUPS);
  const { lower, upper, estimate } = drawn.interval;
  if (better === "more") return ofBootstrap({ lower, upper }, levels, estimate, drawn.n);
  // Less is better: judged upside down, told the right way up.
  const turned = ofBootstrap(
    { lower: -upper, upper: -lower },
    { minimum: -levels.minimum, target: -levels.target, stretch: -levels.stretch },
    -estimate,
    drawn.n,
  );
  return { ...turned, estimate, bounds: { lower, upper } };
}

/** The figure with its interval, and the groups that were drawn: days, groups of cases, single cases for macro-F1. */
function drawnAgain(
  figure: AmountFigure | "macro-f1",
  evidence: Of<"amount" | "classes">,
  plan: BootstrapPlan,
): { n: number; interval?: (Interval & { estimate: number }) | undefined } {
  if (evidence.kind === "amount") {
    const groups = evidence.groups.filter((group) => group.some(([, count]) => count > 0));
    if (figure === "macro-f1" || groups.length < LEAST_GROUPS) return { n: groups.length };
    return { n: groups.length, interval: amountInterval(groups, figure, plan) };
  }
  const n = evidence.cells.reduce((sum, cell) => sum + cell.n, 0);
  if (n < LEAST_GROUPS) return { n };
  return { n, interval: macroF1Interval(evidence.cells, evidence.classes, plan) };
}

/** One-sided bounds at the confidence are the ends of the interval that leaves as much out on each side. */
function onBothSides(confidence: number): BootstrapPlan {
  return { chance: mulberry32(SEED), confidence: 1 - 2 * (1 - confidence) };
}

function ofBootstrap({ lower, upper }: Interval, levels: Levels, estimate: number, n: number): Found {
  const judged = judgeBounds({ lower, upper }, levels);
  return {
    ...shown(judged, estimate),
    n,
    ...missingOf(groupsToDecide({ lower, upper }, levels, estimate, n, judged)),
    reasons: [],
  };
}

/** The interval narrows with the root of n: so many more until its end reaches the level that lies on the estimate's near side. */
function groupsToDecide(
  { lower, upper }: Interval,
  { minimum, target }: Levels,
  estimate: number,
  n: number,
  { verdict }: LevelJudgement,
): number | undefined {
  if (verdict === "go" || verdict === "no-go") return undefined;
  const [width, distance] =
    verdict === "conditional"
      ? [estimate - lower, estimate - target]
      : estimate >= minimum
        ? [estimate - lower, estimate - minimum]
        : [upper - estimate, minimum - estimate];
  if (!(distance > 0)) return undefined;
  return Math.max(1, Math.ceil(n * (width / distance) ** 2) - n);
}

function ofSurvey(
  { favourable, levels }: Extract<Criterion, { kind: "survey" }>,
  { answers }: Of<"survey">,
  confidence: number,
): Found {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [n, right] = [sum(answers), sum(answers.slice(favourable - 1))];
  if (n < LEAST_ANSWERS) return tooFew("few-answers", n, LEAST_ANSWERS);
  const bounds = { lower: lowerBound(right, n, confidence), upper: upperBound(right, n, confidence) };
  return {
    ...shown(judgeBounds(bounds, levels), right / n),
    n,
    ...missingOf(casesToDecide(right, n, levels, { confidence })),
    reasons: [],
  };
}

function tooFew(code: CriterionReason, n: number, least: number): Found {
  return { verdict: "inconclusive", n, ...missingOf(Math.max(1, least - n)), reasons: [{ code }] };
}

function shown({ lower, upper, verdict, proven }: LevelJudgement, estimate: number | undefined) {
  return {
    verdict,
    bounds: { lower, upper },
    ...(estimate !== undefined && { estimate }),
    ...(proven && { proven }),
  };
}

function missingOf(missing: number | undefined): { missing?: number } {
  return missing === undefined ? {} : { missing };
}

function levelsRise(criterion: Criterion): boolean {
  if (criterion.kind === "proof") return true;
  const { minimum, target, stretch } = criterion.levels;
  if (criterion.kind === "amount")
    return criterion.better === "more"
      ? minimum <= target && target <= stretch
      : minimum >= target && target >= stretch;
  return minimum > 0 && minimum <= target && target <= stretch && stretch < 1;
}

function countsAreWhole(evidence: Exclude<Evidence, { kind: "failed" }>): boolean {
  const whole = (...counts: number[]) => counts.every((count) => Number.isSafeInteger(count) && count >= 0);
  const counted = ({ right, n }: Counted) => whole(right, n, n - right);
  switch (evidence.kind) {
    case "share":
      return (
        counted(evidence) &&
        whole(evidence.unanswered, ...Object.values(evidence.coins ?? {})) &&
        Object.values(evidence.slices ?? {}).every(counted)
      );
    case "classes":
      return whole(...evidence.cells.map(({ n }) => n));
    case "amount":
      return evidence.groups.every((group) =>
        group.every(([amount, count]) => Number.isSafeInteger(amount) && whole(count)),
      );
    case "proof":
      return true;
    case "survey":
      return whole(...evidence.answers);
  }
}
