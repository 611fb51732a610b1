/** What stands where a page could not be drawn: its file is missing since the console was built anew, or it has a fault. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { FileMissing, reloadOnce } from "../newer-build.ts";
import { Icon } from "../parts/icon.tsx";
import { Loading } from "../parts/page.tsx";
import styles from "../parts/page.module.css";

export function Broken({ error }: { error: unknown }) {
  const t = useWords(FRAME);
  const missing = error instanceof FileMissing;
  const [tries, setTries] = useState(missing);
  useEffect(() => {
    if (missing) void reloadOnce().then(setTries);
  }, [missing]);
  if (tries) return <Loading />;
  return (
    <div className={styles["state"]} role="alert">
      <span className={styles["bad"]}>
        <Icon name="warn" size={24} />
      </span>
      <h2>{t(missing ? "fileMissing" : "broken")}</h2>
      <p>{t(missing ? "fileMissingWhat" : "brokenWhat")}</p>
      <Button leftSection={<Icon name="refresh" />} onClick={() => location.reload()}>
        {t("reload")}
      </Button>
    </div>
  );
}
