/** Small parts of every page: a key, an id that can be copied, a moment in time, words of a program that plays a person. */
import { Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useNow } from "../clock.ts";
import { FRAME } from "../locales/frame.ts";
import { useFormats } from "../locales/formats.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "./icon.tsx";
import styles from "./small.module.css";

export const ON_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** A key as it stands on the reader's keyboard. Hidden from screen readers: the control carries aria-keyshortcuts. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <kbd className={styles["key"]} aria-hidden>
      {writtenKeys(keys)}
    </kbd>
  );
}

/** `mod+Enter` as ⌘↵ or Strg+↵. */
export function writtenKeys(keys: string): string {
  const german = document.documentElement.lang.startsWith("de");
  const names: Record<string, string> = {
    mod: ON_APPLE ? "⌘" : german ? "Strg" : "Ctrl",
    alt: ON_APPLE ? "⌥" : "Alt",
    shift: ON_APPLE ? "⇧" : german ? "Umschalt" : "Shift",
    Enter: "↵",
    Escape: "Esc",
  };
  const parts = keys.split("+").map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
  return parts.join(ON_APPLE ? "" : "+");
}

export function CopyableId({ id, short = false }: { id: string; short?: boolean }) {
  const t = useWords(FRAME);
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  return (
    <span className={styles["id"]}>
      <code title={id}>{short ? `${id.slice(0, 12)}…` : id}</code>
      <Tooltip label={copied ? t("copied") : t("copy")}>
        <UnstyledButton
          className={styles["copy"]}
          onClick={() => copy(id)}
          aria-label={`${t("copy")}: ${id}`}
        >
          <Icon name={copied ? "check" : "copy"} size={14} />
        </UnstyledButton>
      </Tooltip>
      <VisuallyHidden role="status">{copied ? t("copied") : ""}</VisuallyHidden>
    </span>
  );
}

/** Relative up to a day, then absolute with its zone; the exact moment on hover and for machines. */
export function RelativeTime({ at }: { at: string | null }) {
  const formats = useFormats();
  useNow(20_000);
  if (at === null) return <span className={styles["none"]}>–</span>;
  return (
    <time dateTime={at} title={formats.moment(at)} className={styles["time"]}>
      {formats.when(at)}
    </time>
  );
}

export function Simulated() {
  const t = useWords(FRAME);
  return <span className={styles["tag"]}>{t("simulated")}</span>;
}

export function Tag({ children }: { children: ReactNode }) {
  return <span className={styles["tag"]}>{children}</span>;
}
