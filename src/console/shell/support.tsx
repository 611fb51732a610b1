/** The foot of every page, always in the same place: the contact of the workflow, or else that of the installation. */
import { useMe, useWorkflow } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { WhomToAsk } from "../parts/whom-to-ask.tsx";
import styles from "./support.module.css";

export function Support() {
  const t = useWords(FRAME);
  const me = useMe();
  const support = useWorkflow()?.support ?? me.support;
  if (support === null) return null;
  return (
    <footer className={styles["support"]} aria-label={t("help")}>
      <WhomToAsk {...support} />
    </footer>
  );
}
