/**
 * Which key does what, as the person has it, and whether a key that was pressed is it.
 *
 * Letters are matched by the character that the key produces, so a German keyboard works as an English one. In
 * screen-reader mode letters need Alt and Shift, because a screen reader uses single letters itself; never Ctrl and Alt,
 * which is AltGr. Pure. When a key counts is in shortcuts.ts.
 */
import type { Preferences } from "../data/me.tsx";

export const KEYS = {
  approve: "mod+Enter",
  edit: "e",
  reject: "r",
  escalate: "x",
  ask: "f",
  snooze: "s",
  hide: "h",
  next: "j",
  previous: "k",
  whatNow: "w",
  list: "?",
} as const;
export type Shortcut = keyof typeof KEYS;

/** Single keys that a person may put elsewhere. */
export const MOVABLE: readonly Shortcut[] = (Object.keys(KEYS) as Shortcut[]).filter(
  (name) => name !== "approve" && name !== "list",
);

export interface Keys {
  /** Letters count. */
  on: boolean;
  /** As it is matched. */
  of(name: Shortcut): string;
  /** As it is written on screen; undefined while letters are off. */
  shown(name: Shortcut): string | undefined;
  withModifiers: boolean;
}

export function keysOf(preferences: Preferences | undefined): Keys {
  const on = preferences?.shortcuts ?? true;
  const withModifiers = preferences?.screenReader ?? false;
  const of = (name: Shortcut) => (MOVABLE.includes(name) ? preferences?.keys[name] : undefined) ?? KEYS[name];
  return {
    on,
    withModifiers,
    of,
    shown(name) {
      const key = of(name);
      if (key.length > 1) return key;
      if (!on) return undefined;
      return withModifiers ? `alt+shift+${key}` : key;
    },
  };
}

interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether the key pressed is this one. Pure. */
export function matches(keys: Keys, name: Shortcut, pressed: Pressed): boolean {
  const key = keys.of(name);
  const mod = pressed.ctrlKey || pressed.metaKey;
  if (key === "mod+Enter") return pressed.key === "Enter" && mod && !pressed.altKey;
  if (!keys.on || mod) return false;
  if (keys.withModifiers)
    return (
      pressed.altKey &&
      pressed.shiftKey &&
      (pressed.key.toLowerCase() === key || pressed.code === `Key${key.toUpperCase()}`)
    );
  return !pressed.altKey && pressed.key.toLowerCase() === key;
}
