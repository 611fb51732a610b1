/** Evidence is what stands in the source, word for word. */
import { expect, test } from "vitest";
import { evidenceIn, placeIn } from "./evidence.ts";

const shown = (text: string, value: unknown) =>
  evidenceIn(text, value).map(({ from, to }) => text.slice(from, to));

test.each<[string, unknown, string[]]>([
  ["Invoice 4711 over 1.234,50 € is wrong.", 1234.5, ["1.234,50"]],
  ["Invoice over CHF 1'234.50", 1234.5, ["1'234.50"]],
  ["Total 0,10", 0.1, ["0,10"]],
  ["It says 119.00 EUR, paid were 119.", 119, ["119.00"]],
  ["Am 20.11.2026 geliefert", "2026-11-20", ["20.11.2026"]],
  ["The Payment failed twice: payment FAILED.", "payment_failed", ["Payment failed", "payment FAILED"]],
  [
    "Please send the spare parts for my machine",
    "Dear customer, the spare parts for your order",
    ["the spare parts for"],
  ],
  ["Order AB-123, not AB-1234", "AB-123", ["AB-123"]],
])("in “%s”, %s is found as it is written there", (text, value, found) => {
  expect(shown(text, value)).toEqual(found);
});

test.each<[string, unknown]>([
  ["The total is 12345", 1234],
  ["The total is 119.50, or 2.119 in yen", 119],
  ["We like it", "no"],
  ["a nicer day", "nice"],
  ["anything", null],
  ["anything", { a: 1 }],
  ["", "value"],
])("in “%s”, %s is not found", (text, value) => {
  expect(shown(text, value)).toEqual([]);
});

test("a place is named by page and line: the page in front of somebody first, else the first one", () => {
  const pages = ["Invoice 4711\nTotal 119.00", "Terms", "Reminder\n\nof 119.00"];
  expect(placeIn(pages, 119)).toEqual({ page: 1, line: 2 });
  expect(placeIn(pages, 119, 3)).toEqual({ page: 3, line: 3 });
  expect(placeIn(pages, 119, 2)).toEqual({ page: 1, line: 2 });
  expect(placeIn(pages, 4712)).toBeUndefined();
  expect(placeIn([], 119)).toBeUndefined();
});
