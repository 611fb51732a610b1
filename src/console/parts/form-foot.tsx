/** The foot of a dialog that does something: why it failed, giving it up, and the act, which waits while it happens. */
import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { ErrorText } from "./page.tsx";

export interface FormFootProps {
  act: { isPending: boolean; error: Error | null };
  /** On the button. */
  verb: string;
  close: () => void;
  /** Without it the button sends the form in which it stands. */
  onAct?: () => void;
  disabled?: boolean;
  /** Said in place of the act's own error. */
  problem?: ReactNode;
  danger?: boolean;
  /** The harmless answer is the first stop of the keyboard. */
  cancelFirst?: boolean;
  /** Where the dialog itself keeps no distance between its parts. */
  apart?: boolean;
}

export function FormFoot({
  act,
  verb,
  close,
  onAct,
  disabled = false,
  problem,
  danger = false,
  cancelFirst = false,
  apart = false,
}: FormFootProps) {
  const t = useWords(FRAME);
  const failed = problem ?? (act.error === null ? undefined : <ErrorText error={act.error} />);
  return (
    <>
      {failed === undefined ? null : <div role="alert">{failed}</div>}
      <Group justify="flex-end" gap="xs" {...(apart ? { mt: "md" } : {})}>
        <Button variant="default" onClick={close} {...(cancelFirst ? { "data-autofocus": true } : {})}>
          {t("cancel")}
        </Button>
        <Button
          loading={act.isPending}
          disabled={disabled}
          {...(onAct === undefined ? { type: "submit" } : { onClick: onAct })}
          {...(danger ? { style: { background: "var(--bad)", color: "var(--surface)" } } : {})}
        >
          {verb}
        </Button>
      </Group>
    </>
  );
}
