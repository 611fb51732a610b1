/**
 * The functions that probabilities are made of: gamma, beta, normal, chi-square, Student's t, and a search for roots.
 *
 * Pure, no dependencies; double precision, relative errors about 1e-13. What they are used for is in the files beside.
 * Sources: Lanczos 1964; Lentz's continued fractions as in Numerical Recipes, 3rd edition, sections 6.1 to 6.4.
 */

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

/** The value in [low, high] at which a rising function crosses zero, by bisection to the last bit. */
export function crossing(low: number, high: number, rises: (x: number) => number): number {
  for (let i = 0; i < 200 && high - low > 0; i++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (rises(middle) < 0) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}

/** The normal quantile: z with Φ(z) = p, by bisection on the error function. */
export function normalQuantile(p: number): number {
  return crossing(-40, 40, (z) => normalCumulative(z) - p);
}

/** Φ(z) = ½ (1 ± P(½, z²/2)). */
export function normalCumulative(z: number): number {
  const tail = incompleteGamma(0.5, (z * z) / 2);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}

/** P(χ² ≥ x) with so many degrees of freedom: Q(df / 2, x / 2). */
export function chiSquareTail(x: number, freedom: number): number {
  return incompleteGamma(freedom / 2, x / 2);
}

/** The chi-square value that is exceeded with this probability. */
export function chiSquareQuantile(freedom: number, exceeded: number): number {
  let high = freedom + 10;
  while (chiSquareTail(high, freedom) > exceeded) high *= 2;
  return crossing(0, high, (x) => exceeded - chiSquareTail(x, freedom));
}

/** The quantile of Student's t for p above ½: P(T ≤ t) = 1 − ½ I_{ν/(ν+t²)}(ν/2, ½). */
export function studentQuantile(p: number, freedom: number): number {
  const tail = (t: number) => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  let high = 10;
  while (tail(high) > 1 - p) high *= 2;
  return crossing(0, high, (t) => 1 - p - tail(t));
}

/** Q(a, x), the regularised upper incomplete gamma function. */
export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  if (x === 0) return 0;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10_000; n++) {
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
  for (let i = 1; i < 10_000; i++) {
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

/** ln Σ exp(x), without overflow; −∞ for no terms. */
export function logSumExp(terms: readonly number[]): number {
  const most = Math.max(...terms);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
}

/** ln of the mean of exp(x). */
export function logMeanExp(terms: readonly number[]): number {
  return logSumExp(terms) - Math.log(terms.length);
}

/** ln (n over k). */
export function logChoose(n: number, k: number): number {
  return k < 0 || k > n ? -Infinity : logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
