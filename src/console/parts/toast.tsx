/**
 * What just happened, said once: a line at the bottom, in a polite live region, with undo for as long as undo works.
 *
 * A toast with undo stays until the time to undo is over and says when that is; Ctrl/Cmd+Z outside of text fields does
 * the same. Failures stay until they are closed. Only the newest one is shown.
 */
import { ActionIcon, Button } from "@mantine/core";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { now, useNow } from "../clock.ts";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "./icon.tsx";
import { ErrorText } from "./page.tsx";
import { KeyHint } from "./small.tsx";
import { isTyping } from "./typing.ts";
import styles from "./toast.module.css";

export interface Toast {
  what: string;
  tone?: "good" | "attention";
  /** What went wrong; stays until closed. */
  error?: Error;
  undo?: { until: string; run: () => Promise<unknown> };
  /** More to look at or do, beside the text. */
  more?: ReactNode;
}

interface Toasts {
  show(toast: Toast): void;
  clear(): void;
}

const STAYS = 6_000;
const ToastContext = createContext<Toasts | undefined>(undefined);

export function useToast(): Toasts {
  const toasts = useContext(ToastContext);
  if (toasts === undefined) throw new Error("No toasts here.");
  return toasts;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useWords(FRAME);
  const [shown, setShown] = useState<Toast & { id: number }>();
  const ids = useRef(0);
  const show = useCallback((toast: Toast) => setShown({ ...toast, id: ++ids.current }), []);
  const clear = useCallback(() => setShown(undefined), []);
  const value = useMemo(() => ({ show, clear }), [show, clear]);
  const seconds = shown?.undo === undefined ? 0 : secondsLeft(shown.undo.until);
  const announced = useMemo(
    () =>
      shown === undefined ? "" : seconds > 0 ? t("undoAnnounced", { what: shown.what, seconds }) : shown.what,
    // Said once per toast: a countdown that is read out every second helps nobody.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [shown?.id],
  );
  return (
    <ToastContext.Provider value={value}>
      {children}
      <div className={styles["place"]} role="region" aria-label={t("messages")}>
        <p className={styles["spoken"]} role="status">
          {announced}
        </p>
        {shown === undefined ? null : <ToastLine key={shown.id} toast={shown} close={clear} show={show} />}
      </div>
    </ToastContext.Provider>
  );
}

const secondsLeft = (until: string) => Math.max(0, Math.ceil((Date.parse(until) - now()) / 1_000));

function ToastLine({
  toast,
  close,
  show,
}: {
  toast: Toast;
  close: () => void;
  show: (toast: Toast) => void;
}) {
  const t = useWords(FRAME);
  useNow(250);
  const [busy, setBusy] = useState(false);
  const left = toast.undo === undefined ? undefined : secondsLeft(toast.undo.until);
  const undoable = left !== undefined && left > 0;

  useEffect(() => {
    if (toast.error !== undefined || undoable) return;
    const timer = setTimeout(close, STAYS);
    return () => clearTimeout(timer);
  }, [toast, undoable, close]);

  const undo = useCallback(async () => {
    if (toast.undo === undefined || busy) return;
    setBusy(true);
    try {
      await toast.undo.run();
    } catch (error) {
      show({ what: t("failed"), error: error as Error });
    }
  }, [toast, busy, show, t]);

  useEffect(() => {
    if (!undoable) return;
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.repeat) return;
      if (event.key.toLowerCase() !== "z" || isTyping(event.target)) return;
      event.preventDefault();
      void undo();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [undoable, undo]);

  return (
    <div className={`${styles["toast"]} ${toast.error ? styles["bad"] : ""}`}>
      <span className={styles["mark"]} data-tone={toast.error ? "bad" : (toast.tone ?? "good")}>
        <Icon name={toast.error ? "warn" : toast.tone === "attention" ? "warn" : "check"} />
      </span>
      <div className={styles["text"]}>
        {toast.what}
        {toast.error === undefined ? null : (
          <div role="alert">
            <ErrorText error={toast.error} />
          </div>
        )}
        {toast.more}
      </div>
      {undoable ? (
        <Button
          size="sm"
          variant="default"
          loading={busy}
          onClick={() => void undo()}
          aria-keyshortcuts="Control+Z"
          leftSection={<Icon name="undo" />}
          rightSection={<KeyHint keys="mod+Z" />}
        >
          {t("undoIn", { seconds: left })}
        </Button>
      ) : null}
      <ActionIcon variant="subtle" color="gray" aria-label={t("close")} onClick={close}>
        <Icon name="cross" />
      </ActionIcon>
    </div>
  );
}
