/**
 * Keeps a certificate to its word: certified on a part of labelled cases, judged by all of them.
 *
 * A split violates when the error among the cases that its threshold lets out, over the whole file, exceeds the target.
 * Beside the certificate stands the rule that people use by hand, the loosest threshold whose observed error is within
 * the target: it must break the promise often, else the cases are too easy to prove anything. And the first look of the
 * program, which spends a half of the error budget only.
 */
import { judgeSample } from "../../src/releases/certification.ts";
import { certify, GRID, type ScoredLabel } from "../../src/statistics/certification.ts";

export interface SplitFigures {
  n: number;
  splits: number;
  /** Splits in which a threshold was certified. */
  certified: number;
  violations: number;
  violationShare: number;
  /** Share of the whole file that may go out alone, on average; a split without a certificate counts as none. */
  meanCoverage: number;
  meanThreshold: number | null;
  firstLook: Summed;
  pointEstimate: Summed;
}

interface Summed {
  violations: number;
  violationShare: number;
  meanCoverage: number;
}

export interface Promised {
  target: number;
  delta: number;
}

interface Judged {
  violates: boolean;
  coverage: number;
}

/** Certifies on `splits` random parts of `n` cases each; the chance is the caller's, so that a run can be made again. */
export function judgeSplits(
  cases: readonly ScoredLabel[],
  { n, splits, chance, target, delta }: { n: number; splits: number; chance: () => number } & Promised,
): SplitFigures {
  const found = Array.from({ length: splits }, () => {
    const part = drawn(cases, n, chance);
    const certificate = certify(part, { target, delta, grid: GRID });
    const threshold = certificate.kind === "certified" ? certificate.threshold : undefined;
    return {
      threshold,
      certified: judge(cases, threshold, target),
      firstLook: judge(cases, firstLook(part, { target, delta }), target),
      estimated: judge(cases, loosestObserved(part, target), target),
    };
  });
  const thresholds = found.flatMap((one) => one.threshold ?? []);
  const own = summed(found.map((one) => one.certified));
  return {
    n,
    splits,
    certified: thresholds.length,
    ...own,
    meanThreshold: thresholds.length === 0 ? null : mean(thresholds),
    firstLook: summed(found.map((one) => one.firstLook)),
    pointEstimate: summed(found.map((one) => one.estimated)),
  };
}

/** The most violations among so many splits that a promise kept with 1 − δ explains: δ plus three standard errors. */
export function mostViolations({ delta }: Pick<Promised, "delta">, splits: number): number {
  return delta + 3 * Math.sqrt((delta * (1 - delta)) / splits);
}

function drawn(cases: readonly ScoredLabel[], n: number, chance: () => number): ScoredLabel[] {
  const rest = [...cases];
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor(chance() * (rest.length - i));
    [rest[i], rest[j]] = [rest[j]!, rest[i]!];
  }
  return rest.slice(0, n);
}

function judge(cases: readonly ScoredLabel[], threshold: number | undefined, target: number): Judged {
  if (threshold === undefined) return { violates: false, coverage: 0 };
  const accepted = cases.filter((one) => one.score >= threshold);
  const errors = accepted.filter((one) => one.wrong).length;
  return { violates: errors > target * accepted.length, coverage: accepted.length / cases.length };
}

/** What the program certifies when it looks at these labels for the first time, all of them its traffic, too. */
function firstLook(part: readonly ScoredLabel[], { target, delta }: Promised): number | undefined {
  const labels = part.map((one) => ({ ...one, category: undefined }));
  const traffic = labels.map((one) => ({ score: one.score, category: undefined, cases: 1 }));
  const plan = { look: 1, target, confidence: 1 - delta, per: "all", grid: GRID } as const;
  return judgeSample({ labels, traffic }, plan).threshold ?? undefined;
}

/** What one would do by hand: the loosest threshold that looks good enough. */
function loosestObserved(labels: readonly ScoredLabel[], target: number): number | undefined {
  return GRID.findLast((threshold) => {
    const accepted = labels.filter((one) => one.score >= threshold);
    return accepted.length > 0 && accepted.filter((one) => one.wrong).length <= target * accepted.length;
  });
}

function summed(judged: Judged[]): Summed {
  const violations = judged.filter((one) => one.violates).length;
  return {
    violations,
    violationShare: violations / judged.length,
    meanCoverage: mean(judged.map((one) => one.coverage)),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
