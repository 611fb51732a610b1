/**
 * Numbers, times and sizes as the reader's country writes them.
 *
 * Times are relative up to a day, then absolute with the time zone; the zone is that of the workflow.
 */
import { useMemo } from "react";
import { useIntl } from "react-intl";
import { now } from "../clock.ts";

const DAY = 86_400_000;
const SECOND_UNITS = [
  ["second", 1],
  ["minute", 60],
  ["hour", 3_600],
] as const;

export interface Formats {
  number(value: number, digits?: number): string;
  /** A share from 0 to 1 as per cent. */
  percent(share: number, digits?: number): string;
  /** Relative up to a day, then date and time with zone. */
  when(iso: string): string;
  /** Date and time with zone. */
  moment(iso: string): string;
  /** Date with weekday. */
  day(iso: string): string;
  /** Hours and minutes. */
  hour(iso: string): string;
  /** Hours and minutes as clocks there show them, with the zone. */
  hourIn(zone: string, iso: string): string;
  /** A length of time in one or two units. */
  span(milliseconds: number): string;
  bytes(size: number): string;
  list(items: readonly string[]): string;
  zone: string;
}

export function useFormats(): Formats {
  const intl = useIntl();
  return useMemo(() => {
    const { locale } = intl;
    const zone = intl.timeZone ?? "UTC";
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
    const momentOf = new Intl.DateTimeFormat(locale, {
      weekday: "short",
      day: "2-digit",
      month: "2-digit",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: zone,
      timeZoneName: "short",
    });
    const dayOf = new Intl.DateTimeFormat(locale, {
      weekday: "short",
      day: "2-digit",
      month: "2-digit",
      year: "numeric",
      timeZone: zone,
    });
    const hourOf = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone });
    const lists = new Intl.ListFormat(locale, { type: "conjunction" });
    const number = (value: number, digits?: number) =>
      new Intl.NumberFormat(
        locale,
        digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits },
      ).format(value);
    const unit = (value: number, name: string) =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit: name,
        unitDisplay: "short",
        maximumFractionDigits: 0,
      }).format(value);
    return {
      number,
      percent: (share, digits = 1) =>
        new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share),
      when(iso) {
        const away = Date.parse(iso) - now();
        if (Math.abs(away) >= DAY) return momentOf.format(new Date(iso));
        const seconds = Math.round(away / 1_000);
        const [name, size] =
          SECOND_UNITS.findLast(([, size]) => Math.abs(seconds) >= size) ?? SECOND_UNITS[0];
        return relative.format(Math.trunc(seconds / size), name);
      },
      moment: (iso) => momentOf.format(new Date(iso)),
      day: (iso) => dayOf.format(new Date(iso)),
      hour: (iso) => hourOf.format(new Date(iso)),
      hourIn: (there, iso) =>
        new Intl.DateTimeFormat(locale, {
          hour: "2-digit",
          minute: "2-digit",
          timeZone: there,
          timeZoneName: "short",
        }).format(new Date(iso)),
      span(milliseconds) {
        const seconds = Math.round(milliseconds / 1_000);
        if (seconds < 60) return unit(seconds, "second");
        if (seconds < 3_600) return unit(Math.round(seconds / 60), "minute");
        if (seconds < 172_800) {
          const rest = Math.round((seconds % 3_600) / 60);
          const hours = unit(Math.floor(seconds / 3_600), "hour");
          return rest === 0 || rest === 60 ? hours : `${hours} ${unit(rest, "minute")}`;
        }
        return unit(Math.round(seconds / 86_400), "day");
      },
      bytes(size) {
        const [name, by] =
          size < 1_000
            ? (["byte", 1] as const)
            : size < 1_000_000
              ? (["kilobyte", 1_000] as const)
              : (["megabyte", 1_000_000] as const);
        return new Intl.NumberFormat(locale, {
          style: "unit",
          unit: name,
          maximumFractionDigits: by === 1_000_000 ? 1 : 0,
        }).format(size / by);
      },
      list: (items) => lists.format(items),
      zone,
    };
  }, [intl]);
}
