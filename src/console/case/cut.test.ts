/** Where a long text is cut. */
import { describe, expect, test } from "vitest";
import { isCut, shownPart } from "./cut.ts";

describe("a text", () => {
  test("of ordinary length is shown whole, and one that is a little longer, too", () => {
    for (const length of [0, 60, 20_000, 24_000]) {
      const text = "x".repeat(length);
      expect(isCut(text)).toBe(false);
      expect(shownPart(text)).toBe(text);
    }
  });

  test("of two megabytes is cut behind a word or a line, and nothing of it is lost or changed", () => {
    const words = "every word counts ".repeat(110_000);
    expect(isCut(words)).toBe(true);
    const part = shownPart(words);
    expect(part.length).toBeGreaterThan(19_500);
    expect(part.length).toBeLessThanOrEqual(20_000);
    expect(words.startsWith(part)).toBe(true);
    expect(part.endsWith(" ")).toBe(true);
    expect(shownPart("line\n".repeat(9_000)).endsWith("\n")).toBe(true);
  });

  test("without spaces is cut at the letter, and never within one", () => {
    expect(shownPart("x".repeat(30_000))).toHaveLength(20_000);
    expect(shownPart(`x${"😀".repeat(15_000)}`)).toHaveLength(19_999);
  });
});
