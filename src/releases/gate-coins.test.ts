/** A share by coin labels of live cases: its bounds, what is missing, and what is told of the labels that do not count. */
import { expect, test } from "vitest";
import { alwaysValidInterval } from "../statistics/proportion.ts";
import { judgeCriterion, type CoinCounts, type Criterion, type Evidence } from "./criterion.ts";

const accuracy = {
  name: "accuracy",
  group: "performance",
  must: true,
  kind: "share",
  levels: { minimum: 0.85, target: 0.92, stretch: 0.96 },
} satisfies Criterion;
const COINS: CoinCounts = { waiting: 0, holding: 0, otherModel: 0, uneven: 0, played: 0, early: 0 };

const share = (right: number, n: number): Extract<Evidence, { kind: "share" }> => ({
  kind: "share",
  right,
  n,
  unanswered: 0,
});

/** Of so many coin labels. */
const labels = (right: number, n: number, more: Partial<CoinCounts> = {}): Evidence => ({
  ...share(right, n),
  coins: { ...COINS, ...more },
});

test("of coin labels goes by luck in 5 % at most, however often anybody looks before the gate is judged", () => {
  // The true share is the target: whoever waits for the first moment at which the gate would go has it judged then.
  const goes = (right: number, n: number) => judgeCriterion(accuracy, labels(right, n)).verdict === "go";
  let enough = 0;
  /** How probable it is that so many are right and that it never would have gone before. */
  let yet = new Map([[0, 1]]);
  let gone = 0;
  for (let n = 1; n <= 500; n++) {
    const next = new Map<number, number>();
    const add = (right: number, chance: number) => next.set(right, (next.get(right) ?? 0) + chance);
    for (const [right, chance] of yet) {
      add(right + 1, chance * accuracy.levels.target);
      add(right, chance * (1 - accuracy.levels.target));
    }
    yet = next;
    if (n < 100) continue;
    // One case more takes no fewer right answers.
    while (enough <= n && !goes(enough, n)) enough++;
    for (const [right, chance] of yet) {
      if (right < enough) continue;
      gone += chance;
      yet.delete(right);
    }
  }
  expect(gone).toBeGreaterThan(0.001);
  expect(gone).toBeLessThanOrEqual(0.05);
});

test("of coin labels has bounds that may be read at any time, and what is missing is missing to those", () => {
  const of = (right: number, n: number, more: Partial<CoinCounts> = {}) =>
    judgeCriterion(accuracy, labels(right, n, more));
  const plain = judgeCriterion(accuracy, share(97, 100));
  const found = of(97, 100);
  expect(plain.verdict).toBe("go");
  expect(found).toMatchObject({ verdict: "conditional", n: 100, estimate: 0.97, reasons: [] });
  const { lower, upper } = alwaysValidInterval(97, 100, 0.05);
  expect(found.bounds).toEqual({ lower, upper });
  for (const [right, n] of [
    [180, 200],
    [97, 100],
    [130, 170],
  ] as const) {
    const { missing, verdict: before } = of(right, n);
    const rate = before !== "inconclusive" || right / n > 0.8 ? right / (n + 1) : (right + 1) / (n + 1);
    const after = (more: number) => of(Math.round((n + more) * rate), n + more).verdict;
    expect(missing).toBeGreaterThan(10);
    expect(after(missing!)).not.toBe(before);
    expect(after(Math.round(missing! / 10))).toBe(before);
  }
  // As many as suffice when all are right.
  const none = of(0, 0);
  expect(none).toMatchObject({ verdict: "inconclusive", n: 0, reasons: [{ code: "no-cases" }] });
  expect(of(none.missing!, none.missing!).verdict).toBe("conditional");
  expect(of(none.missing! - 1, none.missing! - 1).verdict).toBe("inconclusive");
  const told = { waiting: 4, holding: 2, otherModel: 3, uneven: 2, played: 1, early: 5 };
  expect(of(97, 100, told).reasons.map(({ code }) => code)).toEqual([
    "labels-waiting",
    "labels-holding",
    "other-model",
    "labels-uneven",
    "labels-played",
    "labels-early",
  ]);
  for (const wrong of [{ waiting: 1.5 }, { waiting: -1 }])
    expect(of(97, 100, wrong)).toMatchObject({ reasons: [{ code: "bad-counts" }] });
});

test("of coin labels asks for no further cases while those that wait would do, and says what holds them back", () => {
  const of = (more: Partial<CoinCounts>) => judgeCriterion(accuracy, labels(38, 40, more));
  const free = of({});
  expect(free).toMatchObject({ verdict: "inconclusive", reasons: [] });
  const held = of({ waiting: 360, holding: 12 });
  expect(held.missing).toBeUndefined();
  expect(held.reasons).toEqual([
    { code: "labels-waiting", about: "360" },
    { code: "labels-holding", about: "12" },
  ]);
  // What would not do even then is missing beyond them.
  expect(of({ waiting: 10, holding: 10 }).missing).toBe(free.missing! - 10);
});

test("of coin labels takes what they leave open for neither right nor wrong", () => {
  const coins = COINS;
  const hopeless = judgeCriterion(accuracy, { ...share(100, 100), unanswered: 40, coins });
  expect(hopeless).toMatchObject({ verdict: "inconclusive" });
  expect(hopeless).not.toHaveProperty("missing");
  expect(judgeCriterion(accuracy, { ...share(2, 2), coins }).missing).toBeGreaterThan(10);
  const found = judgeCriterion(accuracy, { ...share(400, 400), unanswered: 40, coins });
  expect(found).toMatchObject({ verdict: "conditional", n: 400, estimate: 1 });
  expect(found.bounds!.upper).toBe(1);
  expect(found.reasons[0]).toEqual({ code: "labels-open", about: "40" });
});
