/**
 * What a verdict brought to light: the suggestion of a cold case beside the person's own answer, or that a case was planted.
 *
 * Comes once, right after the verdict; Enter goes on.
 */
import { Button } from "@mantine/core";
import { useId } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import { labelOf, valueAt, type OutputField } from "../../case/output-fields.ts";
import { shownValue } from "../../case/shown-value.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { KeyHint } from "../../parts/small.tsx";
import type { Task } from "./desk.ts";
import styles from "./reveal.module.css";
import type { VerdictReply } from "./work.ts";

export interface Revealed {
  task: Task;
  reply: VerdictReply;
  fields: readonly OutputField[];
  /** Null: rejected. */
  yours: JsonObject | null;
}

export function Reveal({ revealed, goOn }: { revealed: Revealed; goOn: () => void }) {
  const t = useWords(INBOX);
  const formats = useFormats();
  const { reply, fields, yours, task } = revealed;
  const heading = useId();
  const suggested = reply.modelOutput as JsonObject | null;
  const labels = (paths: readonly string[]) =>
    formats.list(paths.map((path) => fields.find((field) => field.path === path)?.label ?? labelOf(path)));
  return (
    <section className={styles["reveal"]} role="group" aria-labelledby={heading}>
      <h2 id={heading}>
        {t(reply.planted === null ? "reveal.title" : "planted.title")} · {task.externalId}
      </h2>
      {reply.planted === null ? null : (
        <p>
          {t(reply.planted.caught ? "planted.caught" : "planted.missed")}{" "}
          {reply.planted.fields.length > 0
            ? t("planted.fields", { fields: labels(reply.planted.fields) })
            : ""}
        </p>
      )}
      {suggested === null ? (
        <p>{reply.planted === null ? t("reveal.none") : ""}</p>
      ) : (
        <>
          {reply.planted === null ? (
            <p>
              {reply.differs.length === 0
                ? t("reveal.same")
                : t("reveal.differs", { n: reply.differs.length })}
            </p>
          ) : null}
          <table className={styles["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("reveal.field")}</th>
                <th scope="col">{t("reveal.yours")}</th>
                <th scope="col">{t("reveal.suggestion")}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => (
                <tr key={field.path} data-differs={reply.differs.includes(field.path) || undefined}>
                  <th scope="row">{field.label}</th>
                  <td>{yours === null ? "–" : shownValue(valueAt(yours, field.path), field)}</td>
                  <td>{shownValue(valueAt(suggested, field.path), field)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <Button onClick={goOn} autoFocus rightSection={<KeyHint keys="Enter" />}>
        {t("reveal.go")}
      </Button>
    </section>
  );
}
