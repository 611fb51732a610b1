/**
 * Asks before something with consequences happens, and names them.
 *
 * The harmless answer is the first stop of the keyboard. While it happens the dialog stays; if it fails, it says why.
 */
import { Modal, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { FormFoot } from "./form-foot.tsx";

export interface ConfirmProps {
  open: boolean;
  title: string;
  /** What follows from it, in numbers where there are some. */
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  danger?: boolean;
  /** A word that must be typed first. */
  typed?: { label: string; word: string };
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

export function Confirm({
  open,
  title,
  children,
  verb,
  danger = false,
  typed,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const t = useWords(FRAME);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const [word, setWord] = useState("");

  function close() {
    setError(undefined);
    setWord("");
    onClose();
  }

  async function confirm() {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      close();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={open} onClose={close} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      {children}
      {typed === undefined ? null : (
        <TextInput
          mt="sm"
          label={typed.label}
          value={word}
          onChange={(event) => setWord(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      <FormFoot
        act={{ isPending: busy, error: error ?? null }}
        verb={verb}
        close={close}
        onAct={() => void confirm()}
        disabled={typed !== undefined && word.trim() !== typed.word}
        danger={danger}
        cancelFirst
        apart
      />
    </Modal>
  );
}
