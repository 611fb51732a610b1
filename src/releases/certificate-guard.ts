/**
 * Whether a certificate still keeps its word: judged by coin labels of cases that would have gone out alone under it.
 *
 * Pure, from whole numbers that are stored. E-CEIL against "at most the promised share is wrong" may be read after every label;
 * a certificate whose promise is true is taken back with probability `ALPHA` at most in all its life. Where each category is
 * certified by itself, the whole and each group have a part of that.
 */
import { ceilingEvidence, rejects } from "../statistics/evidence.ts";

export const ALPHA = 0.05;

export interface WatchedGroup {
  /** Null: all cases of the certificate together. */
  category: string | null;
  n: number;
  errors: number;
}

export interface WatchVerdict extends WatchedGroup {
  /** ln E, and the ln E at which it is enough. */
  evidence: number;
  limit: number;
}

/** The groups with what speaks against each of them; the first is all together. */
export function judgeWatch(target: number, groups: readonly WatchedGroup[]): WatchVerdict[] {
  const all = groups.reduce((sum, { n, errors }) => ({ n: sum.n + n, errors: sum.errors + errors }), {
    n: 0,
    errors: 0,
  });
  const parts = groups.filter(({ category }) => category !== null);
  const alpha = ALPHA / (parts.length + 1);
  return [{ category: null, ...all }, ...parts].map((one) => ({
    ...one,
    evidence: ceilingEvidence(one.errors, one.n, target),
    limit: -Math.log(alpha),
  }));
}

/** The group that broke the promise, the whole before a part of it; undefined while none did. */
export function brokenBy(verdicts: readonly WatchVerdict[]): WatchVerdict | undefined {
  return verdicts.find(({ evidence, limit }) => rejects(evidence, Math.exp(-limit)));
}
