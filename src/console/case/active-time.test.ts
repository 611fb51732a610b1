/** The clock of a person's work: what counts, and what does not. */
import { expect, test } from "vitest";
import { activeClock } from "./active-time.ts";

const MINUTE = 60_000;

function clockAt() {
  let now = 5_000;
  const clock = activeClock(() => now);
  clock.show();
  return { clock, pass: (milliseconds: number) => (now += milliseconds) };
}

test("work counts from sign to sign, and up to the moment that is asked", () => {
  const { clock, pass } = clockAt();
  pass(30_000);
  clock.sign();
  pass(20_000);
  expect(clock.read()).toBe(50_000);
});

test("of a pause two minutes count", () => {
  const { clock, pass } = clockAt();
  pass(40 * MINUTE);
  expect(clock.read()).toBe(2 * MINUTE);
  clock.sign();
  pass(MINUTE);
  expect(clock.read()).toBe(3 * MINUTE);
});

test("a hidden page stops the clock at once; nothing there counts, whatever scrolls meanwhile", () => {
  const { clock, pass } = clockAt();
  pass(MINUTE);
  clock.hide();
  pass(MINUTE);
  clock.sign();
  pass(MINUTE);
  expect(clock.read()).toBe(MINUTE);
  clock.show();
  pass(MINUTE);
  expect(clock.read()).toBe(2 * MINUTE);
});

test("being shown twice loses nothing", () => {
  const { clock, pass } = clockAt();
  pass(MINUTE);
  clock.show();
  expect(clock.read()).toBe(MINUTE);
});

test("a page that was opened in the background does not count before it is looked at", () => {
  let now = 0;
  const clock = activeClock(() => now);
  now = 5 * MINUTE;
  clock.sign();
  expect(clock.read()).toBe(0);
});
