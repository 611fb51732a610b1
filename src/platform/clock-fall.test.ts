/** When a clock counts as set back: measured against time that only passes. */
import { expect, test } from "vitest";
import { watchClock } from "./clock-fall.ts";

function clockAndWatch() {
  const time = { wall: 1_000_000, passed: 0 };
  const look = watchClock({ now: () => time.wall }, () => {
    const start = time.passed;
    return () => time.passed - start;
  });
  return {
    look,
    /** So much time passes, and the clock shows so much more. */
    pass(milliseconds: number, shown = milliseconds) {
      time.passed += milliseconds;
      time.wall += shown;
    },
  };
}

test("a clock that goes with time was never set back, however long between two looks", () => {
  const { look, pass } = clockAndWatch();
  for (const milliseconds of [500, 0, 86_400_000]) {
    pass(milliseconds);
    expect(look()).toBe(0);
  }
});

test("a clock that is set back says by how much, once", () => {
  const { look, pass } = clockAndWatch();
  pass(500, 500 - 3_600_000);
  expect(look()).toBe(3_600_000);
  pass(500);
  expect(look()).toBe(0);
});

test("a clock that is set forward, or back by what time services do, is left alone", () => {
  const { look, pass } = clockAndWatch();
  pass(500, 3_600_000);
  expect(look()).toBe(0);
  pass(500, -1_000);
  expect(look()).toBe(0);
});
