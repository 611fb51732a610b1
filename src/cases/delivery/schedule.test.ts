import fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_TRIES, pauseBeforeRetry } from "./schedule.ts";

const HOUR = 3_600_000;
const middle = 0.5;

test("the pause doubles from one second on, and stays at an hour", () => {
  const pauses = [1, 2, 3, 4, 5].map((tries) => pauseBeforeRetry(tries, middle, undefined));
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  expect(pauseBeforeRetry(11, middle, undefined)).toBe(1_024_000);
});

test("a pause is moved by up to a fifth, so that failed deliveries do not come back at one moment", () => {
  expect(pauseBeforeRetry(1, 0, undefined)).toBe(800);
  expect(pauseBeforeRetry(1, 0.999_999, undefined)).toBe(1_200);
});

test("a longer Retry-After wins, a shorter one does not, and nobody makes us wait longer than an hour", () => {
  expect(pauseBeforeRetry(1, middle, 90_000)).toBe(90_000);
  expect(pauseBeforeRetry(5, middle, 2_000)).toBe(16_000);
  expect(pauseBeforeRetry(1, middle, 24 * HOUR)).toBe(HOUR);
});

test("after the last try there is none", () => {
  expect(pauseBeforeRetry(MOST_TRIES - 1, middle, undefined)).toBeDefined();
  expect(pauseBeforeRetry(MOST_TRIES, middle, undefined)).toBeUndefined();
  expect(pauseBeforeRetry(MOST_TRIES + 5, middle, 1_000)).toBeUndefined();
});

test("every pause is a whole number of milliseconds that can be waited", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MOST_TRIES - 1 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.option(fc.nat(10 * HOUR), { nil: undefined }),
      (tries, chance, retryAfter) => {
        const pause = pauseBeforeRetry(tries, chance, retryAfter)!;
        expect(Number.isInteger(pause)).toBe(true);
        expect(pause).toBeGreaterThanOrEqual(800);
        expect(pause).toBeLessThanOrEqual(1.2 * HOUR);
      },
    ),
  );
});
