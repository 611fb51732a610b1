/**
 * The verdict bar: last in reading and in tab order, each verb with its key.
 *
 * Disagreeing costs as much as agreeing: approve, edit and reject are one key each. Approving is dead until the source
 * has been on screen.
 */
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Shortcut } from "../../parts/keys.ts";
import { KeyHint } from "../../parts/small.tsx";
import { useKeys } from "../../parts/shortcuts.ts";
import styles from "./verdict-bar.module.css";

export type Verb =
  | "approve"
  | "edit"
  | "reject"
  | "escalate"
  | "ask"
  | "snooze"
  | "hide"
  | "next"
  | "previous"
  | "whatNow"
  | "list"
  | "bulk"
  | "skip"
  | "pause";

export interface VerdictBarProps {
  /** What the first button says. */
  approves: "approve" | "approveEdited" | "submitAnswer";
  ready: boolean;
  busy: boolean;
  hidden: boolean;
  canHide: boolean;
  canBulk: boolean;
  canGoBack: boolean;
  does: (verb: Verb) => void;
}

export function VerdictBar({
  approves,
  ready,
  busy,
  hidden,
  canHide,
  canBulk,
  canGoBack,
  does,
}: VerdictBarProps) {
  const t = useWords(INBOX);
  const keys = useKeys();
  const hint = (name: Shortcut) => {
    const shown = keys.shown(name);
    return shown === undefined ? null : <KeyHint keys={shown} />;
  };
  const verb = (name: Shortcut & Verb, label: string) => (
    <Button
      variant="default"
      className={styles["verb"] ?? ""}
      disabled={busy}
      aria-keyshortcuts={keys.shown(name) ?? ""}
      rightSection={hint(name)}
      onClick={() => does(name)}
    >
      {label}
    </Button>
  );
  return (
    <div className={styles["bar"]} role="group" aria-label={t("verdict")}>
      <Tooltip label={t("notReady")} disabled={ready}>
        <Button
          className={styles["approve"] ?? ""}
          loading={busy}
          aria-disabled={!ready}
          data-dead={!ready || undefined}
          aria-keyshortcuts="Control+Enter"
          rightSection={hint("approve")}
          onClick={() => does("approve")}
        >
          {t(approves)}
        </Button>
      </Tooltip>
      {verb("edit", t("edit"))}
      {verb("reject", t("reject"))}
      {verb("ask", t("ask"))}
      {verb("escalate", t("escalate"))}
      {verb("snooze", t("snooze"))}
      <div className={styles["rest"]}>
        <Button
          variant="subtle"
          size="xs"
          aria-keyshortcuts={keys.shown("whatNow") ?? ""}
          leftSection={<Icon name="help" />}
          rightSection={hint("whatNow")}
          onClick={() => does("whatNow")}
        >
          {t("whatNow")}
        </Button>
        <Menu position="top-end" width={300}>
          <Menu.Target>
            <ActionIcon variant="subtle" size={36} aria-label={t("more")}>
              <Icon name="menu" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {canHide ? (
              <Menu.Item
                leftSection={<Icon name="eye" />}
                rightSection={hint("hide")}
                onClick={() => does("hide")}
              >
                {t(hidden ? "show" : "hide")}
              </Menu.Item>
            ) : null}
            <Menu.Item
              leftSection={<Icon name="arrow" />}
              rightSection={hint("next")}
              onClick={() => does("next")}
            >
              {t("next")}
            </Menu.Item>
            {canGoBack ? (
              <Menu.Item
                leftSection={<Icon name="fold" />}
                rightSection={hint("previous")}
                onClick={() => does("previous")}
              >
                {t("previous")}
              </Menu.Item>
            ) : null}
            {canBulk ? (
              <Menu.Item leftSection={<Icon name="cases" />} onClick={() => does("bulk")}>
                {t("bulk")}
              </Menu.Item>
            ) : null}
            <Menu.Item leftSection={<Icon name="undo" />} onClick={() => does("skip")}>
              {t("skip")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="wait" />} onClick={() => does("pause")}>
              {t("pause")}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              leftSection={<Icon name="help" />}
              rightSection={hint("list")}
              onClick={() => does("list")}
            >
              {t("keys")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}
