/** Amounts of money as the reader's country writes them: cents from one on, and as many figures as say something below it. */
import { useCallback } from "react";
import { useIntl } from "react-intl";

export function useMoney(currency: string): (amount: string) => string {
  const { locale } = useIntl();
  return useCallback((amount) => writtenMoney(amount, currency, locale), [currency, locale]);
}

export function writtenMoney(amount: string, currency: string, locale: string): string {
  const size = Math.abs(Number(amount));
  const digits =
    size === 0 || size >= 1
      ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(locale, { style: "currency", currency, ...digits }).format(Number(amount));
}
