import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gathered } from "./live.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first news is told at once, what comes in the pause together at its end, and nothing is told twice", () => {
  const told: string[][] = [];
  const news = gathered<string>((heard) => told.push([...heard]), 1_000);
  news.hear(["cases"]);
  expect(told).toEqual([["cases"]]);
  news.hear(["cases"]);
  news.hear(["reviews", "cases"]);
  vi.advanceTimersByTime(999);
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([["cases"], ["cases", "reviews"]]);
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(2);
  news.hear(["people"]);
  expect(told.at(-1)).toEqual(["people"]);
});

test("nothing is told after the end", () => {
  const told: string[][] = [];
  const news = gathered<string>((heard) => told.push([...heard]), 1_000);
  news.hear(["cases"]);
  news.hear(["reviews"]);
  news.stop();
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([["cases"]]);
});
