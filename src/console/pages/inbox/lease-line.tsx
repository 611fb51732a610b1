/** How the lease stands: a minute before it ends, and when it is lost, with what can be done. */
import { Button } from "@mantine/core";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import styles from "./at-work.module.css";
import type { Lease } from "./lease.ts";

export function LeaseLine({ lease, retake, drop }: { lease: Lease; retake: () => void; drop: () => void }) {
  const t = useWords(INBOX);
  const { lost, endsIn, keep } = lease;
  // Said once, not every second.
  const spoken = lost ? t("leaseLost") : endsIn === undefined ? "" : t("leaseEnds", { seconds: 60 });
  return (
    <>
      <p role="status" className={styles["spoken"]}>
        {spoken}
      </p>
      {lost ? (
        <div className={styles["lease"]}>
          <span aria-hidden>{t("leaseLost")}</span>
          <Button size="xs" variant="default" onClick={retake}>
            {t("takeAgain")}
          </Button>
          <Button size="xs" variant="subtle" onClick={drop}>
            {t("drop")}
          </Button>
        </div>
      ) : endsIn === undefined ? null : (
        <div className={styles["lease"]}>
          <span aria-hidden>{t("leaseEnds", { seconds: endsIn })}</span>
          <Button size="xs" variant="default" onClick={keep}>
            {t("keep")}
          </Button>
        </div>
      )}
    </>
  );
}
