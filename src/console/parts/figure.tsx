/**
 * A number as it may be shown: value, range, how many cases, over how long, with its definition one click away.
 *
 * Too few cases is a proper value: "not yet: 89 more".
 */
import { Popover, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useFormats } from "../locales/formats.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "./icon.tsx";
import styles from "./figure.module.css";

/** As the program sends it. */
export interface Range {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  missing: number;
}

export interface FigureProps {
  name: string;
  range: Range;
  days?: number;
  /** How the value is written; a share as per cent unless said otherwise. */
  as?: (value: number) => string;
  /** What is counted, over what, and how the range comes about. */
  definition: ReactNode;
  /** Larger, with the name above it. */
  large?: boolean;
}

export function Figure({ name, range, days, as, definition, large = false }: FigureProps) {
  const t = useWords(FRAME);
  const formats = useFormats();
  const write = as ?? ((value: number) => formats.percent(value));
  const { value, low, high, n, missing } = range;
  const known = value !== null && missing === 0;
  return (
    <div className={large ? styles["large"] : styles["figure"]}>
      <span className={styles["name"]}>
        {name}
        <Definition name={name}>{definition}</Definition>
      </span>
      {known ? (
        <span className={styles["value"]}>
          <b>{write(value)}</b>{" "}
          {low === null || high === null ? null : (
            <span className={styles["range"]}>({t("range", { low: write(low), high: write(high) })})</span>
          )}{" "}
          <span className={styles["basis"]}>
            {t("ofCases", { n })}
            {days === undefined ? null : `, ${t("days", { days })}`}
          </span>
        </span>
      ) : (
        <span className={styles["unknown"]}>{t("notYet", { missing: Math.max(1, missing) })}</span>
      )}
    </div>
  );
}

export function Definition({ name, children }: { name: string; children: ReactNode }) {
  const t = useWords(FRAME);
  return (
    <Popover width={320} position="bottom-start" withArrow>
      <Popover.Target>
        <UnstyledButton className={styles["ask"]} aria-label={t("definition", { name })}>
          <Icon name="help" size={14} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={styles["definition"] ?? ""}>{children}</Popover.Dropdown>
    </Popover>
  );
}
