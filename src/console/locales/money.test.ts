/** How amounts of money are written. */
import { expect, it } from "vitest";
import { writtenMoney } from "./money.ts";

it.each([
  ["0", "€0.00"],
  ["0.0000536", "€0.0000536"],
  ["0.014", "€0.014"],
  ["0.123456", "€0.123"],
  ["1.5", "€1.50"],
  ["1234.567", "€1,234.57"],
])("%s is written as %s", (amount, written) => {
  expect(writtenMoney(amount, "EUR", "en")).toBe(written);
});

it("stands as the reader's country writes it", () => {
  expect(writtenMoney("1234.5", "EUR", "de").replaceAll(/\s/g, " ")).toBe("1.234,50 €");
});
