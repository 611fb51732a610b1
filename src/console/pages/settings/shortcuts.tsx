/** Which letter does what, for the person; each can be put elsewhere. The same map as in the list of keys (?). */
import { Button, TextInput } from "@mantine/core";
import { changePreferences, type Me, type Person } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { SHORTCUTS } from "../../locales/shortcuts.ts";
import { useWords } from "../../locales/words.ts";
import { KEYS, MOVABLE } from "../../parts/keys.ts";
import { Section } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./settings.module.css";
import { SETTINGS } from "./words.ts";

export function Shortcuts({ me, person }: { me: Me; person: Person }) {
  const t = useWords(SETTINGS);
  const what = useWords(SHORTCUTS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const { keys } = person.preferences;
  const keyOf = (name: (typeof MOVABLE)[number]) => keys[name] ?? KEYS[name];
  const prefer = (next: Record<string, string>) =>
    void changePreferences(me, { keys: next }).catch((error: unknown) =>
      toast.show({ what: frame("failed"), error: error as Error }),
    );

  function move(name: (typeof MOVABLE)[number], pressed: string) {
    const key = pressed.toLowerCase();
    if (!/^\p{L}$/u.test(key)) return;
    const taken = MOVABLE.some((other) => other !== name && keyOf(other) === key);
    if (taken) toast.show({ what: `${t("keyTaken")}: ${key.toUpperCase()}`, tone: "attention" });
    else prefer({ ...keys, [name]: key });
  }

  return (
    <Section title={t("shortcuts")}>
      <ul className={styles["shortcuts"]}>
        {MOVABLE.map((name) => (
          <li key={name}>
            <span id={`key-${name}`}>{what(name)}</span>
            <TextInput
              size="xs"
              w={56}
              aria-labelledby={`key-${name}`}
              value={keyOf(name).toUpperCase()}
              disabled={!person.preferences.shortcuts}
              onFocus={(event) => event.currentTarget.select()}
              onKeyDown={(event) => {
                if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
                event.preventDefault();
                move(name, event.key);
              }}
              onChange={(event) => move(name, event.currentTarget.value.slice(-1))}
            />
          </li>
        ))}
      </ul>
      <Button
        size="compact-sm"
        variant="subtle"
        disabled={Object.keys(keys).length === 0}
        onClick={() => prefer({})}
      >
        {t("keysReset")}
      </Button>
    </Section>
  );
}
