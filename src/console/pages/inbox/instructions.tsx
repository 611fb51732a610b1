/** The workflow's own instructions, in the reader's language where they are written in it. */
import { INBOX } from "../../locales/inbox.ts";
import { languageOf, useWords } from "../../locales/words.ts";
import styles from "./at-work.module.css";
import type { Task } from "./desk.ts";

export function Instructions({ task }: { task: Task }) {
  const t = useWords(INBOX);
  const language = languageOf(document.documentElement.lang);
  const text = task.instructions[language] ?? task.instructions.de ?? task.instructions.en;
  if (text === null) return null;
  return (
    <details className={styles["instructions"]}>
      <summary>{t("instructions")}</summary>
      <div lang={task.instructions[language] === null ? (language === "de" ? "en" : "de") : language}>
        {text}
      </div>
    </details>
  );
}
