/**
 * The question that a verb asks before it is done: a reason by digit, and words where they are needed.
 *
 * Letter, digit, done: where no words are needed the digit ends it. Takes the place of the verdict bar, so that nothing
 * moves; Esc goes back. What is typed is kept by the page.
 */
import { Button, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { REVIEW_REASONS, type ReviewReason } from "../../../contract/states.ts";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { KeyHint } from "../../parts/small.tsx";
import { useDigits } from "../../parts/shortcuts.ts";
import styles from "./verdict-bar.module.css";

export type Asking = "edit" | "reject" | "escalate" | "ask";

export interface PanelProps {
  asks: Asking;
  text: string;
  onText: (text: string) => void;
  /** A first wording for a question, by reason. */
  wording?: (reason: ReviewReason) => string;
  preset?: ReviewReason | undefined;
  busy: boolean;
  onDone: (reason: ReviewReason, text: string | undefined) => void;
  onCancel: () => void;
}

const needsText = (asks: Asking, reason: ReviewReason) =>
  asks === "escalate" || asks === "ask" || reason === "other";

export function ReasonPanel({ asks, text, onText, wording, preset, busy, onDone, onCancel }: PanelProps) {
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  const say = useSay();
  const [reason, setReason] = useState<ReviewReason | undefined>(preset);
  const panel = useRef<HTMLDivElement>(null);
  const words = useRef<HTMLTextAreaElement>(null);
  const wanted = reason !== undefined && needsText(asks, reason);

  function choose(index: number) {
    const chosen = REVIEW_REASONS[index];
    if (chosen === undefined || busy) return;
    setReason(chosen);
    if (!needsText(asks, chosen)) return onDone(chosen, undefined);
    if (text === "" && wording !== undefined) onText(wording(chosen));
  }
  useDigits(REVIEW_REASONS.length, choose, !busy);

  useEffect(() => {
    const place = words.current;
    if (!wanted || place === null) return panel.current?.focus();
    place.focus();
    place.setSelectionRange(place.value.length, place.value.length);
  }, [wanted]);

  const finish = () => {
    if (reason !== undefined && text.trim() !== "") onDone(reason, text.trim());
  };

  function keys(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    }
    if (event.key === "Enter" && !event.shiftKey && event.target === words.current) {
      event.preventDefault();
      if (!event.repeat) finish();
    }
  }

  return (
    <div
      className={styles["panel"]}
      ref={panel}
      tabIndex={-1}
      role="group"
      aria-label={t(`reason.${asks}`)}
      onKeyDown={keys}
    >
      <h3 className={styles["question"]}>{t(`reason.${asks}`)}</h3>
      <div className={styles["reasons"]} role="group" aria-label={t("reasons")}>
        {REVIEW_REASONS.map((one, index) => (
          <Button
            key={one}
            variant={one === reason ? "light" : "default"}
            size="xs"
            aria-pressed={one === reason}
            leftSection={<KeyHint keys={String(index + 1)} />}
            disabled={busy}
            onClick={() => choose(index)}
          >
            {say(REVIEW_REASON_WORDS[one])}
          </Button>
        ))}
      </div>
      {wanted ? (
        <Textarea
          ref={words}
          label={t(`text.${asks}`)}
          description={t("enterSends")}
          autosize
          minRows={2}
          maxRows={8}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      ) : null}
      <div className={styles["ends"]}>
        <Button variant="default" onClick={onCancel} rightSection={<KeyHint keys="Escape" />}>
          {frame("cancel")}
        </Button>
        {wanted ? (
          <Button
            loading={busy}
            disabled={text.trim() === ""}
            onClick={finish}
            rightSection={<KeyHint keys="Enter" />}
          >
            {t(asks === "edit" ? "approveEdited" : asks)}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Until when: chosen by digit. */
export function SnoozePanel({
  options,
  busy,
  onDone,
  onCancel,
}: {
  options: readonly { label: string; until: string }[];
  busy: boolean;
  onDone: (until: string) => void;
  onCancel: () => void;
}) {
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), []);
  useDigits(options.length, (index) => onDone(options[index]!.until), !busy);
  return (
    <div
      className={styles["panel"]}
      ref={panel}
      tabIndex={-1}
      role="group"
      aria-label={t("reason.snooze")}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <h3 className={styles["question"]}>{t("reason.snooze")}</h3>
      <div className={styles["reasons"]}>
        {options.map(({ label, until }, index) => (
          <Button
            key={until}
            variant="default"
            size="xs"
            leftSection={<KeyHint keys={String(index + 1)} />}
            disabled={busy}
            onClick={() => onDone(until)}
          >
            {label}
          </Button>
        ))}
      </div>
      <div className={styles["ends"]}>
        <Button variant="default" onClick={onCancel} rightSection={<KeyHint keys="Escape" />}>
          {frame("cancel")}
        </Button>
      </div>
    </div>
  );
}

/** Why a case is put back undecided. */
export function SkipPanel({
  text,
  onText,
  busy,
  onDone,
  onCancel,
}: {
  text: string;
  onText: (text: string) => void;
  busy: boolean;
  onDone: () => void;
  onCancel: () => void;
}) {
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  return (
    <div
      className={styles["panel"]}
      role="group"
      aria-label={t("reason.skip")}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <h3 className={styles["question"]}>{t("reason.skip")}</h3>
      <Textarea
        data-autofocus
        autoFocus
        label={t("text.skip")}
        description={t("enterSends")}
        autosize
        minRows={1}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.repeat || text.trim() === "") return;
          event.preventDefault();
          onDone();
        }}
      />
      <div className={styles["ends"]}>
        <Button variant="default" onClick={onCancel} rightSection={<KeyHint keys="Escape" />}>
          {frame("cancel")}
        </Button>
        <Button
          loading={busy}
          disabled={text.trim() === ""}
          onClick={onDone}
          rightSection={<KeyHint keys="Enter" />}
        >
          {t("skip")}
        </Button>
      </div>
    </div>
  );
}
