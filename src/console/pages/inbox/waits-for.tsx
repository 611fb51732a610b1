/**
 * Why a case cannot be approved yet: attachments that have not been on screen, each with a button that shows it.
 *
 * Said after a moment only: the first one is usually there before anybody could read the sentence.
 */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { nameOf, type Attachment } from "../../case/attached.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import styles from "./at-work.module.css";

const AFTER = 800;

export function WaitsFor({
  attachments,
  show,
}: {
  attachments: readonly Attachment[];
  show: (no: number) => void;
}) {
  const t = useWords(INBOX);
  const [said, setSaid] = useState(false);
  const waiting = attachments.length > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSaid(true), AFTER);
    return () => {
      clearTimeout(timer);
      setSaid(false);
    };
  }, [waiting]);
  const [next] = attachments;
  return (
    <div role="status">
      {!said || next === undefined ? null : (
        <div className={styles["lease"]}>
          <span>{t("waitsFor", { names: attachments.map(nameOf).join(", ") })}</span>
          <Button variant="default" size="xs" onClick={() => show(next.no)}>
            {t("showIt", { name: nameOf(next) })}
          </Button>
        </div>
      )}
    </div>
  );
}
