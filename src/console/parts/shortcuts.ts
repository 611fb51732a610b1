/**
 * When a key counts: not when it repeats, not in a text field, a menu or a dialog, and only while its part is shown.
 *
 * Which keys there are is in keys.ts.
 */
import { useEffect, useMemo, useRef } from "react";
import { useMe } from "../data/me.tsx";
import { KEYS, keysOf, matches, type Keys, type Shortcut } from "./keys.ts";
import { isTyping } from "./typing.ts";

export function useKeys(): Keys {
  const preferences = useMe().person?.preferences;
  return useMemo(() => keysOf(preferences), [preferences]);
}

const inFloat = (target: EventTarget | null) =>
  target instanceof Element && target.closest("[role=dialog],[role=menu],[role=listbox]") !== null;

/** Does what belongs to a key, as long as the part is shown. */
export function useShortcuts(doing: Partial<Record<Shortcut, () => void>>): void {
  const keys = useKeys();
  const now = useRef(doing);
  now.current = doing;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented || inFloat(event.target)) return;
      const name = (Object.keys(KEYS) as Shortcut[]).find(
        (one) => now.current[one] !== undefined && matches(keys, one, event),
      );
      if (name === undefined || (name !== "approve" && isTyping(event.target))) return;
      event.preventDefault();
      now.current[name]!();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [keys]);
}

/** A digit chooses from a list, as long as the list is shown; in a text it stays a digit. */
export function useDigits(count: number, choose: (index: number) => void, active = true): void {
  const now = useRef(choose);
  now.current = choose;
  useEffect(() => {
    if (!active) return;
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (
        !/^[1-9]$/.test(event.key) ||
        (isTyping(event.target) && !(event.target instanceof HTMLSelectElement)) ||
        inFloat(event.target)
      )
        return;
      const index = Number(event.key) - 1;
      if (index >= count) return;
      event.preventDefault();
      now.current(index);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [count, active]);
}
