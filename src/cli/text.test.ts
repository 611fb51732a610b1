import { describe, expect, it } from "vitest";
import { facts, percent, plain, table } from "./text.ts";

describe("text for a terminal", () => {
  it("aligns columns, also with umlauts and emoji, and marks what is empty", () => {
    const shown = table(
      ["name", "number"],
      [
        ["größe", 1],
        ["👍🏽", null],
        ["plain", true],
      ],
      "none",
    );
    expect(shown).toBe("name   number\ngröße  1\n👍🏽      -\nplain  yes");
    expect(table(["name"], [], "none")).toBe("none");
  });

  it("leaves out facts without a value and indents those with several lines", () => {
    expect(
      facts([
        ["a", "1"],
        ["gone", null],
        ["long", "x\ny"],
      ]),
    ).toBe("  a     1\n  long  x\n        y");
  });

  it("keeps line breaks and tabs and escapes every other control character", () => {
    expect(plain("a\tb\nc\u001b[2Jd\u0085\u2066e\0")).toBe("a\tb\nc\\u001b[2Jd\\u0085\\u2066e\\u0000");
  });

  it("shows shares without the noise of binary fractions", () => {
    expect([0.07, 0.2, 1, 0.025].map(percent)).toEqual(["7 %", "20 %", "100 %", "2.5 %"]);
  });
});
