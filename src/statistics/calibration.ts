/**
 * How far a confidence can be believed, and two ways to make it more believable.
 *
 * Confidence is a probability from 0 to 1 that the answer is right. Temperature bends it by one number and suits below
 * about 1,000 labels; the isotonic fit follows any rising shape and needs more. Fit on other cases than those that choose a
 * threshold. The expected calibration error is too large for small n, so that no gate rests on it. Pure.
 *
 * Sources: Brier 1950; Guo et al. 2017 (temperature, calibration error); Ayer et al. 1955 (pool adjacent violators).
 * The local classifier calibrates itself in models/local/calibration.ts: a curve that must stay smooth and inside 0 and 1
 * with few cases, which neither of these two does.
 */

export interface Believed {
  confidence: number;
  right: boolean;
}

export interface Bin {
  n: number;
  meanConfidence: number;
  /** The share of right answers. */
  right: number;
}

export interface CalibrationFigures {
  n: number;
  /** Mean of (p − y)², 0 to 1. */
  brier: number;
  /** Mean of −ln of the probability given to what came true. */
  logLoss: number;
  /** Σ n_b/n·|mean p − mean y| over the bins, and the largest difference of one bin. */
  equalWidth: { bins: Bin[]; error: number; most: number };
  equalMass: { bins: Bin[]; error: number; most: number };
  /** Mean confidence: the share of right answers to be expected, blind to changes of what is right. */
  expected: number;
  right: number;
}

/** The figures of calibration, with 10 bins of equal width and 5 of equal numbers; undefined without cases. */
export function calibrationFigures(cases: readonly Believed[]): CalibrationFigures | undefined {
  if (cases.length === 0) return undefined;
  const mean = (of: (one: Believed) => number) => cases.reduce((sum, one) => sum + of(one), 0) / cases.length;
  return {
    n: cases.length,
    brier: mean(({ confidence, right }) => (confidence - Number(right)) ** 2),
    logLoss: logLoss(cases),
    equalWidth: binned(byWidth(cases, 10), cases.length),
    equalMass: binned(byMass(cases, 5), cases.length),
    expected: mean(({ confidence }) => confidence),
    right: mean(({ right }) => Number(right)),
  };
}

/** The expected calibration error alone, over bins of equal width; undefined without cases. */
export function calibrationError(cases: readonly Believed[], bins = 10): number | undefined {
  return cases.length === 0 ? undefined : binned(byWidth(cases, bins), cases.length).error;
}

/** Mean log-loss in nats; a confidence of exactly 0 or 1 counts as one that is a millionth away. */
export function logLoss(cases: readonly Believed[], temperature = 1): number {
  const sum = cases.reduce((total, { confidence, right }) => {
    const z = logOdds(confidence) / temperature;
    return total + Math.log1p(Math.exp(right ? -z : z));
  }, 0);
  return sum / cases.length;
}

/**
 * The temperature T > 0 that makes sigmoid(logit(p)/T) fit best, by log-loss; above 1 the model was too sure of itself.
 *
 * Undefined where all are right or all wrong, which no T fits best. In 1/T the loss has one minimum, found where its
 * derivative changes sign. A confidence that says the opposite of the truth ends at the largest T, which says ½ to all.
 */
export function fitTemperature(cases: readonly Believed[]): number | undefined {
  const right = cases.filter((one) => one.right).length;
  if (right === 0 || right === cases.length) return undefined;
  const odds = cases.map((one) => ({ z: logOdds(one.confidence), y: Number(one.right) }));
  /** The derivative of the loss by b = 1/T; it rises with b. */
  const slope = (b: number) => odds.reduce((sum, { z, y }) => sum + (sigmoid(b * z) - y) * z, 0);
  let [low, high] = [1 / HOTTEST, HOTTEST];
  if (slope(low) >= 0) return HOTTEST;
  if (slope(high) <= 0) return 1 / HOTTEST;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return 2 / (low + high);
}

export function applyTemperature(confidence: number, temperature: number): number {
  return sigmoid(logOdds(confidence) / temperature);
}

/** A step of an isotonic fit: from this confidence on, so large a share is right. */
export interface IsotonicStep {
  from: number;
  right: number;
  n: number;
}

/**
 * The rising steps that fit best by squares (pool adjacent violators): neighbours whose shares of right answers fall are
 * put together until none do. Equal confidences are one step.
 */
export function fitIsotonic(cases: readonly Believed[]): IsotonicStep[] {
  const sorted = [...cases].sort((a, b) => a.confidence - b.confidence);
  const steps: { from: number; hits: number; n: number }[] = [];
  for (const { confidence, right } of sorted) {
    const last = steps.at(-1);
    if (last?.from === confidence) {
      last.hits += Number(right);
      last.n++;
    } else steps.push({ from: confidence, hits: Number(right), n: 1 });
  }
  const pooled: { from: number; hits: number; n: number }[] = [];
  for (const step of steps) {
    let last = step;
    for (
      let before = pooled.at(-1);
      before && before.hits * last.n >= last.hits * before.n;
      before = pooled.at(-1)
    ) {
      pooled.pop();
      last = { from: before.from, hits: before.hits + last.hits, n: before.n + last.n };
    }
    pooled.push(last);
  }
  return pooled.map(({ from, hits, n }) => ({ from, right: hits / n, n }));
}

/** The share of right answers that the steps give to a confidence; below the first step that of the first. */
export function applyIsotonic(confidence: number, steps: readonly IsotonicStep[]): number {
  const step = steps.findLast(({ from }) => from <= confidence) ?? steps[0];
  if (!step) throw new RangeError("An isotonic fit without a case says nothing.");
  return step.right;
}

/** Probabilities nearer to 0 or 1 than this say no more. */
const EDGE = 1e-6;

const HOTTEST = 1_000;

/** ln(p / (1 − p)). */
export function logOdds(probability: number): number {
  const kept = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return Math.log(kept / (1 - kept));
}

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** Bin floor(p·B), with p = 1 in the last. */
function byWidth(cases: readonly Believed[], bins: number): Believed[][] {
  const groups: Believed[][] = Array.from({ length: bins }, () => []);
  for (const one of cases) groups[Math.min(bins - 1, Math.floor(one.confidence * bins))]!.push(one);
  return groups;
}

/** Equal numbers after a stable sort, as far as they divide. */
function byMass(cases: readonly Believed[], bins: number): Believed[][] {
  const sorted = [...cases].sort((a, b) => a.confidence - b.confidence);
  return Array.from({ length: bins }, (_, i) =>
    sorted.slice(Math.floor((i * sorted.length) / bins), Math.floor(((i + 1) * sorted.length) / bins)),
  );
}

function binned(groups: readonly Believed[][], all: number): { bins: Bin[]; error: number; most: number } {
  const bins = groups
    .filter((group) => group.length > 0)
    .map((group) => ({
      n: group.length,
      meanConfidence: group.reduce((sum, one) => sum + one.confidence, 0) / group.length,
      right: group.filter((one) => one.right).length / group.length,
    }));
  const gaps = bins.map(({ meanConfidence, right }) => Math.abs(meanConfidence - right));
  return {
    bins,
    error: gaps.reduce((sum, gap, i) => sum + (gap * bins[i]!.n) / all, 0),
    most: Math.max(...gaps),
  };
}
