/** A secret that is shown this once: in a field that can be selected, with a button that copies it. */
import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";
import { FRAME } from "../../locales/frame.ts";
import { PARTS } from "../../locales/parts.ts";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";

interface ShownOnceProps {
  title: string;
  secret: string;
  close: () => void;
  children?: ReactNode;
}

export function ShownOnce({ title, secret, close, children }: ShownOnceProps) {
  const t = useWords(PARTS);
  const frame = useWords(FRAME);
  const { copy, copied } = useClipboard({ timeout: 2_000 });
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {children}
      <TextInput
        label={t("shownOnce")}
        readOnly
        value={secret}
        className="mono"
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close}>
          {t("done")}
        </Button>
        <Button
          data-autofocus
          leftSection={<Icon name={copied ? "check" : "copy"} />}
          onClick={() => copy(secret)}
        >
          {t(copied ? "copied" : "copy")}
        </Button>
      </Group>
    </Modal>
  );
}
