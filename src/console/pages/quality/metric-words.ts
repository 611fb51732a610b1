/** How a metric reads: `number total within 1 %` as "total within 1 %". What a metric may be is in metric-entry.ts. */
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { START } from "./start-run-words.ts";

/** A metric as its kind and its parts, to be said in words. */
export function partsOf(metric: string): { kind: string; field: string; parameter: string } {
  const [, kind = metric, rest = ""] = /^(\S+)\s*(.*)$/s.exec(metric) ?? [];
  if (kind === "judge") return { kind, field: "", parameter: rest };
  const [, field = rest, parameter = ""] =
    /^(.*?)\s+(?:=\s*|within\s+|similarity\s+|(?=\/))(.*)$/s.exec(rest) ?? [];
  return { kind, field, parameter };
}

/** A metric as people say it; one that has no words of its own as it is written. */
export function useMetricInWords(): (metric: string) => string {
  const t = useWords(START);
  const formats = useFormats();
  const amount = (written: string): string => {
    const days = /^(\d+) days?$/.exec(written)?.[1];
    if (days !== undefined) return t("days", { n: Number(days) });
    const [, whole, decimals = "", percent = ""] = /^(\d+)(?:\.(\d+))?( %)?$/.exec(written) ?? [];
    if (whole === undefined) return written;
    return `${formats.number(Number(`${whole}.${decimals}`), decimals.length)}${percent}`;
  };
  return (metric) => {
    const { kind, field, parameter } = partsOf(metric);
    const key = `is.${kind}`;
    if (!Object.hasOwn(START, key)) return metric;
    const inNumbers = kind === "number" || kind === "date" || kind === "text";
    return t(key as "is.number", { field, parameter: inNumbers ? amount(parameter) : parameter });
  };
}
