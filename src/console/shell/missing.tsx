/** What stands where there is no page. */
import { Link } from "@tanstack/react-router";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import styles from "../parts/page.module.css";

export function Missing() {
  const t = useWords(FRAME);
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <div>
          <h1 className={styles["title"]}>{t("notFound")}</h1>
          <p className={styles["sentence"]}>{t("notFoundWhat")}</p>
        </div>
      </header>
      <Link to="/">{t("toStart")}</Link>
    </div>
  );
}
