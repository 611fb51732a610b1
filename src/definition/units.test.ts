import { expect, it } from "vitest";
import { parseDuration, parsePercent, showDuration } from "./units.ts";

it("reads durations with their units", () => {
  const read = ["20 s", "every 5 min", "90 d", "1.5 h", "250ms", "1 day"].map(parseDuration);
  expect(read).toEqual([20_000, 300_000, 7_776_000_000, 5_400_000, 250, 86_400_000]);
  expect(["", "5", "s", "-5 s", "5 weeks", "5 s 3 ms"].map(parseDuration)).toEqual(Array(6).fill(undefined));
});

it("reads percents exactly, so that the same words give the same digest", () => {
  expect(["5 %", "7%", "0.1 %", "2,5 %", "100 %", "29 %"].map(parsePercent)).toEqual([
    0.05, 0.07, 0.001, 0.025, 1, 0.29,
  ]);
  expect(["", "5", "%", "five %", "-5 %"].map(parsePercent)).toEqual(Array(5).fill(undefined));
});

it("shows durations in the largest whole unit", () => {
  expect([20_000, 90_000, 86_400_000, 1_500, 0].map(showDuration)).toEqual([
    "20 s",
    "90 s",
    "1 d",
    "1500 ms",
    "0 ms",
  ]);
});
