/**
 * What is attached to a case, in the column of the evidence: a button for each, and the one that is shown below them.
 *
 * It lies over nothing: the form and the texts stay usable beside it. Esc leaves it from anywhere inside.
 */
import { Button } from "@mantine/core";
import { useRef } from "react";
import { ATTACHMENTS } from "../locales/attachments.ts";
import { useFormats } from "../locales/formats.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { nameOf, useAttached, type Attached, type Attachment } from "./attached.ts";
import styles from "./attachments.module.css";
import { kindOf } from "./sheets.ts";
import { Viewer } from "./viewer.tsx";

export interface AttachmentsProps {
  attached: Attached;
  /** The value whose evidence is outlined. */
  sought?: unknown;
  /** Of the documents' words, as far as the case says. */
  lang?: string | undefined;
  /** Where Esc leads; without it, Esc closes what is shown. */
  leave?: { to: string; run: () => void };
}

export function Attachments({ attached, sought, lang, leave }: AttachmentsProps) {
  const t = useWords(ATTACHMENTS);
  const formats = useFormats();
  const buttons = useRef<HTMLDivElement>(null);
  const { all, shown, seen } = attached;
  if (all.length === 0) return null;
  function close() {
    const at = all.findIndex((one) => one.no === shown?.no);
    attached.show(undefined);
    buttons.current?.querySelectorAll("button")[at]?.focus();
  }
  const told = (one: Attachment) =>
    seen.has(one.no) ? t("seen") : leave !== undefined && kindOf(one) !== "other" ? t("notSeen") : undefined;
  return (
    <section
      className={styles["attachments"]}
      aria-label={t("title")}
      data-attachments
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || shown === undefined) return;
        event.preventDefault();
        if (leave === undefined) close();
        else leave.run();
      }}
    >
      <div className={styles["list"]} ref={buttons}>
        {all.map((one) => {
          const state = told(one);
          return (
            <Button
              key={one.no}
              variant={one.no === shown?.no ? "light" : "default"}
              size="xs"
              aria-pressed={one.no === shown?.no}
              leftSection={
                state === undefined ? (
                  <Icon name="clip" />
                ) : (
                  <Icon name={seen.has(one.no) ? "check" : "eye"} label={state} />
                )
              }
              onClick={() => (one.no === shown?.no && leave === undefined ? close() : attached.show(one.no))}
            >
              {nameOf(one)} · {formats.bytes(one.size)}
            </Button>
          );
        })}
      </div>
      {shown === undefined ? null : (
        <Viewer
          key={shown.no}
          attached={attached}
          attachment={shown}
          sought={sought}
          lang={lang}
          hint={leave?.to ?? t("escCloses")}
        />
      )}
    </section>
  );
}

/** The same where nothing depends on it: each is shown when it is asked for. */
export function AttachmentsOf({
  caseId,
  attachments,
}: {
  caseId: string;
  attachments: readonly Attachment[];
}) {
  return <Attachments attached={useAttached(caseId, attachments)} />;
}
