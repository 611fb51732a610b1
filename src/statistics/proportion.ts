/**
 * Exact bounds for a share of errors among n independent cases.
 *
 * Pure, no dependencies. Gates and certificates use the exact binomial bounds; the beta mixture may be read after every
 * case. Sources: Clopper and Pearson 1934; Robbins 1970 and Howard et al. 2021 (beta mixture); Wilson 1927 (display only).
 */

export interface Interval {
  lower: number;
  upper: number;
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0; relative error about 1e-15 (Lanczos, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce((total, term, i) => (i === 0 ? term : total + term / (z + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln B(a, b). */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** I_x(a, b), the regularised incomplete beta function, by its continued fraction (Lentz). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  const tiny = 1e-300;
  const above = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / above(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / above(1 + even * d);
    c = above(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / above(1 + odd * d);
    c = above(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * fraction;
}

/** P(Bin(n, p) ≤ k), exact to rounding. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return 1 - incompleteBeta(p, k + 1, n - k);
}

/** The value in [low, high] at which a rising function crosses zero, by bisection to the last bit. */
function crossing(low: number, high: number, rises: (x: number) => number): number {
  for (let i = 0; i < 200 && high - low > 0; i++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (rises(middle) < 0) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}

/** One-sided exact upper bound (Clopper-Pearson): with `confidence` the true share is not above it. */
export function upperBound(errors: number, n: number, confidence: number): number {
  if (errors >= n) return 1;
  return crossing(errors / n, 1, (p) => 1 - confidence - binomialTail(errors, n, p));
}

/** One-sided exact lower bound (Clopper-Pearson). */
export function lowerBound(errors: number, n: number, confidence: number): number {
  if (errors <= 0) return 0;
  return crossing(0, errors / n, (p) => incompleteBeta(p, errors, n - errors + 1) - (1 - confidence));
}

/** Two-sided exact interval (Clopper-Pearson). */
export function exactInterval(errors: number, n: number, confidence: number): Interval {
  const each = 1 - (1 - confidence) / 2;
  return { lower: lowerBound(errors, n, each), upper: upperBound(errors, n, each) };
}

/** The normal quantile: z with Φ(z) = p, by bisection on the error function. */
export function normalQuantile(p: number): number {
  return crossing(-40, 40, (z) => normalCumulative(z) - p);
}

/** Φ(z), by the incomplete gamma series and continued fraction. */
export function normalCumulative(z: number): number {
  const x = (z * z) / 2;
  const tail = x < 1.5 ? 1 - gammaSeries(0.5, x) : gammaFraction(0.5, x);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}

function gammaSeries(a: number, x: number): number {
  if (x === 0) return 0;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 500; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 500; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return fraction * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** Wilson's score interval: for display, never for a decision. */
export function wilsonInterval(errors: number, n: number, confidence: number): Interval {
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = errors / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { lower: Math.max(0, (centre - spread) / scale), upper: Math.min(1, (centre + spread) / scale) };
}

/**
 * An interval that may be read after every case: with 1 − α it holds at all times at once.
 *
 * {p : ln B(a+x, b+n−x) − ln B(a, b) − x ln p − (n−x) ln(1−p) < ln(1/α)} with a = b = ½.
 */
export function alwaysValidInterval(errors: number, n: number, alpha: number, a = 0.5, b = 0.5): Interval {
  const evidence = logBeta(a + errors, b + n - errors) - logBeta(a, b) - Math.log(1 / alpha);
  const against = (p: number) => evidence - errors * Math.log(p) - (n - errors) * Math.log1p(-p);
  const share = errors / n;
  return {
    lower: errors === 0 ? 0 : crossing(0, share, (p) => -against(p)),
    upper: errors === n ? 1 : crossing(share, 1, against),
  };
}
