/** Above a case: what it is, when it is due, why a person sees it, and what was said about it so far. */
import type { Ref } from "react";
import { REASON_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { now, useNow } from "../../clock.ts";
import { CopyableId, RelativeTime, Tag } from "../../parts/small.tsx";
import type { Task } from "./desk.ts";
import styles from "./at-work.module.css";

export function CaseHead({
  task,
  at,
  of,
  ref,
}: {
  task: Task;
  at: number;
  of: number;
  ref: Ref<HTMLHeadingElement>;
}) {
  const t = useWords(INBOX);
  const formats = useFormats();
  const reason = useCode(REASON_WORDS);
  const verdict = useCode(VERDICT_WORDS);
  useNow(20_000);
  const late = task.dueAt !== null && Date.parse(task.dueAt) < now();
  return (
    <div className={styles["head"]}>
      <div className={styles["line"]}>
        <h2 ref={ref} tabIndex={-1} className={styles["title"]}>
          {task.externalId}
        </h2>
        {task.team === null ? null : <Tag>{task.team}</Tag>}
        {task.turn === "second" ? (
          <Tag>{t("second")}</Tag>
        ) : task.turn === "escalated" ? (
          <Tag>{t("escalatedTurn")}</Tag>
        ) : null}
        <span className={styles["meta"]}>
          {t("hours", { when: formats.when(task.receivedAt) })}
          {task.dueAt === null ? null : (
            <>
              {" · "}
              <span data-late={late || undefined}>
                {t(late ? "overdueSince" : "due", { when: formats.when(task.dueAt) })}
              </span>
            </>
          )}
          {of > 1 ? ` · ${t("position", { at: at + 1, of })}` : ""}
        </span>
        <span className={styles["id"]}>
          <CopyableId id={task.caseId} />
        </span>
      </div>
      {task.reasons.length === 0 ? null : (
        <p className={styles["why"]}>
          <b>{t("why")}:</b>{" "}
          {task.reasons.map(({ code, detail }, index) => (
            <span key={`${code}${detail ?? ""}`}>
              {index > 0 ? " · " : ""}
              {reason(code)}
              {detail === undefined ? null : (
                <>
                  {" "}
                  (<code>{detail}</code>)
                </>
              )}
            </span>
          ))}
        </p>
      )}
      {task.earlier === null ? null : (
        <p className={styles["why"]}>
          {t("earlier", { person: task.earlier.person, verdict: verdict(task.earlier.verdict) })}
        </p>
      )}
      {task.notes.length === 0 ? null : (
        <ul className={styles["notes"]} aria-label={t("notes")}>
          {task.notes.map((note) => (
            <li key={`${note.at}${note.kind}`}>
              <span className={styles["by"]}>
                {note.person ?? t("sender")}, {t(`note.${note.kind}`)}, <RelativeTime at={note.at} />:
              </span>{" "}
              <span className={styles["said"]}>{note.text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
