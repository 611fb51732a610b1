import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountOf, portion, unitsFrom, unitsOf } from "./money.ts";

describe("amounts of money", () => {
  test.each([
    ["0", "0"],
    ["12", "12"],
    ["12.50", "12.5"],
    ["0.000000000001", "0.000000000001"],
    ["-3.10", "-3.1"],
  ])("%s is read and written as %s", (text, written) => {
    expect(amountOf(unitsFrom(text))).toBe(written);
  });

  test.each(["", ".5", "5.", "1e3", "1,50", "0.0000000000001", "NaN", "0x10", " 1"])(
    "%j is no amount",
    (text) => {
      expect(unitsOf(text)).toBeUndefined();
    },
  );

  const units = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

  test("what is written is read again as the same", () => {
    fc.assert(fc.property(units, (one) => unitsFrom(amountOf(one)) === one));
  });

  test("the sum of written amounts is the written sum, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 50 }), (list) => {
        const sum = list.reduce((total, one) => total + one, 0n);
        const again = list
          .toReversed()
          .map((one) => unitsFrom(amountOf(one)))
          .reduce((total, one) => total + one, 0n);
        expect(amountOf(again)).toBe(amountOf(sum));
      }),
    );
  });

  test("a portion never exceeds what it is of", () => {
    expect(amountOf(portion(unitsFrom("10"), 8n, 10n))).toBe("8");
    expect(portion(1n, 2n, 3n)).toBe(0n);
  });
});
