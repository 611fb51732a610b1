/**
 * Amounts of money as whole numbers, so that sums are exact: one unit is a millionth of a millionth of the currency.
 *
 * Pure. A price names at most six decimals for a million tokens, so what one token costs is a whole number of units and
 * nothing is ever rounded. Outside, an amount is decimal text.
 */

/** Units of 1e-12 of a currency. */
export type Units = bigint;

const DECIMALS = 12;
const ONE = 10n ** BigInt(DECIMALS);
const FORM = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/** Undefined for text that is no decimal number of at most twelve places. */
export function unitsOf(text: string): Units | undefined {
  const [, sign, whole, fraction = ""] = FORM.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const units = BigInt(whole) * ONE + BigInt(fraction.padEnd(DECIMALS, "0"));
  return sign === "-" ? -units : units;
}

/** The same for text that the database or this program wrote. */
export function unitsFrom(text: string): Units {
  const units = unitsOf(text);
  if (units === undefined) throw new TypeError(`${text.slice(0, 40)} is no amount`);
  return units;
}

/** Decimal text without superfluous zeros; "0" for nothing. */
export function amountOf(units: Units): string {
  const [sign, size] = units < 0n ? ["-", -units] : ["", units];
  const fraction = String(size % ONE)
    .padStart(DECIMALS, "0")
    .replace(/0+$/, "");
  return `${sign}${size / ONE}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `numerator` of `denominator`, rounded down: for shares and rates, never for sums. */
export function portion(units: Units, numerator: bigint, denominator: bigint): Units {
  return (units * numerator) / denominator;
}

/** For figures that are estimates in any case, as those of a forecast. */
export function asNumber(units: Units): number {
  return Number(units) / Number(ONE);
}
