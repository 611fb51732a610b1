/** The list of keys, each of which can be moved to another one. Opens with "?". */
import { Button, Modal } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { changePreferences, useMe } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { SHORTCUTS } from "../locales/shortcuts.ts";
import { useWords } from "../locales/words.ts";
import { KEYS, MOVABLE, type Shortcut } from "./keys.ts";
import { useKeys } from "./shortcuts.ts";
import { KeyHint } from "./small.tsx";
import styles from "./shortcut-list.module.css";

/** Keys that are spoken for, or hard to type on a German keyboard. */
const NOT_FREE = /^(?:[1-9]|[[\]/\\`?\s])$/;

export function ShortcutList({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords(SHORTCUTS);
  const frame = useWords(FRAME);
  const me = useMe();
  const keys = useKeys();
  const [moving, setMoving] = useState<Shortcut>();
  const [taken, setTaken] = useState(false);
  const own = me.person?.preferences.keys ?? {};

  function press(name: Shortcut, event: KeyboardEvent) {
    if (moving !== name || event.key === "Tab" || event.key === "Escape") return setMoving(undefined);
    const key = event.key.toLowerCase();
    if (key.length !== 1) return;
    event.preventDefault();
    event.stopPropagation();
    const other = MOVABLE.some((one) => one !== name && keys.of(one) === key);
    setTaken(other || NOT_FREE.test(key));
    if (other || NOT_FREE.test(key)) return;
    setMoving(undefined);
    void changePreferences(me, { keys: { ...own, [name]: key } });
  }

  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("title")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <p className={styles["what"]}>{keys.on ? t("what") : t("off")}</p>
      <table className={styles["keys"]}>
        <tbody>
          {(Object.keys(KEYS) as Shortcut[]).map((name) => (
            <tr key={name}>
              <th scope="row">{t(name)}</th>
              <td>
                {MOVABLE.includes(name) ? (
                  <Button
                    variant="subtle"
                    size="xs"
                    aria-label={`${t(name)}: ${keys.shown(name) ?? ""}`}
                    onClick={() => {
                      setTaken(false);
                      setMoving(name);
                    }}
                    onKeyDown={(event) => moving === name && press(name, event)}
                    onBlur={() => setMoving(undefined)}
                  >
                    {moving === name ? t("press") : <KeyHint keys={keys.shown(name) ?? keys.of(name)} />}
                  </Button>
                ) : (
                  <KeyHint keys={keys.of(name)} />
                )}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t("digits")}</th>
            <td>
              <KeyHint keys="1" /> – <KeyHint keys="9" />
            </td>
          </tr>
          <tr>
            <th scope="row">{t("undo")}</th>
            <td>
              <KeyHint keys="mod+Z" />
            </td>
          </tr>
        </tbody>
      </table>
      <p role="status" className={styles["taken"]}>
        {taken ? t("taken") : ""}
      </p>
      {Object.keys(own).length === 0 ? null : (
        <Button variant="default" size="xs" onClick={() => void changePreferences(me, { keys: {} })}>
          {t("reset")}
        </Button>
      )}
    </Modal>
  );
}
