/** What waits for somebody: a list, each row with a sentence, since when, and what the reader can do about it. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import { RelativeTime } from "./small.tsx";
import styles from "./waiting-list.module.css";

export function WaitingList({ children }: { children: ReactNode }) {
  return <ul className={styles["list"]}>{children}</ul>;
}

export function WaitingRow({
  icon,
  urgent = false,
  sentence,
  at,
  more,
  acts,
}: {
  icon: IconName;
  urgent?: boolean;
  sentence: ReactNode;
  at: string;
  /** A line of its own below the sentence. */
  more?: ReactNode;
  acts: ReactNode;
}) {
  return (
    <li>
      <span className={styles["icon"]} data-urgent={urgent}>
        <Icon name={icon} />
      </span>
      <span className={styles["text"]}>
        {sentence}{" "}
        <span className={styles["soft"]}>
          <RelativeTime at={at} />
        </span>
        {more === undefined ? null : <span className={styles["more"]}>{more}</span>}
      </span>
      {acts}
    </li>
  );
}
