/** Progress reads as a sentence: rows, rate, time left. */
import { expect, test } from "vitest";
import { rowProgress, shownProgress } from "./progress.ts";

test("rows, rate and time left", () => {
  expect(shownProgress(1_200_000, 3_000_000, 5_000)).toBe(
    "1,200,000 of about 3,000,000 rows, 240,000 rows/s, about 8 s left",
  );
});

test("where nobody knows how many there are, or there are more, no time is promised", () => {
  expect(shownProgress(500, 0, 1_000)).toBe("500 rows, 500 rows/s");
  expect(shownProgress(500, 400, 1_000)).toBe("500 rows, 500 rows/s");
});

test("what is worked on is named, and rows add up", () => {
  const said: string[] = [];
  const progress = rowProgress({
    doing: "Checking",
    expected: 0,
    elapsed: () => 1_000,
    show: (line) => said.push(line),
  });
  progress.begin("case_");
  progress.add(2);
  progress.add(3);
  expect(said.at(-1)).toBe("Checking case_: 5 rows, 5 rows/s");
});
