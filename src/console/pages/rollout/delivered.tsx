/** What the release delivered before it was taken out, or promoted: how many, how many unreviewed, and which. */
import { Link } from "@tanstack/react-router";
import { useRead } from "../../data/api.ts";
import { useWords } from "../../locales/words.ts";
import type { Rollout } from "./page.tsx";
import styles from "./rollout.module.css";
import { ROLLOUT } from "./words.ts";

export function Delivered({ rollout, workflow }: { rollout: Rollout; workflow: string }) {
  const t = useWords(ROLLOUT);
  const read = useRead("rolledOutCases", { params: { rollout: rollout.id }, query: { limit: 1 } });
  if (read.data === undefined) return null;
  const { total, alone } = read.data;
  return (
    <p className={styles["flat"]}>
      {t("delivered", { n: total, alone })}{" "}
      {total === 0 ? null : (
        <Link to="/cases" search={{ workflow, release: rollout.release, state: "delivered" }}>
          {t("showDelivered")}
        </Link>
      )}
    </p>
  );
}
