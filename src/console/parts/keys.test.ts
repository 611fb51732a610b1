/** Which key counts, on German and English keyboards, with and without a screen reader. */
import { expect, test } from "vitest";
import type { Preferences } from "../data/me.tsx";
import { keysOf, matches } from "./keys.ts";

const person = (change: Partial<Preferences> = {}): Preferences => ({
  theme: "system",
  shortcuts: true,
  screenReader: false,
  keys: {},
  workflow: null,
  ...change,
});
const press = (key: string, more: object = {}) => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test("a letter counts by what it produces, alone", () => {
  const keys = keysOf(person());
  expect(matches(keys, "reject", press("r"))).toBe(true);
  expect(matches(keys, "reject", press("R", { shiftKey: true }))).toBe(true);
  expect(matches(keys, "reject", press("r", { ctrlKey: true }))).toBe(false);
  expect(matches(keys, "reject", press("r", { altKey: true }))).toBe(false);
});

test("approving takes Ctrl or Cmd, and works when letters are off", () => {
  for (const keys of [keysOf(person()), keysOf(person({ shortcuts: false }))]) {
    expect(matches(keys, "approve", press("Enter", { ctrlKey: true }))).toBe(true);
    expect(matches(keys, "approve", press("Enter", { metaKey: true }))).toBe(true);
    expect(matches(keys, "approve", press("Enter"))).toBe(false);
  }
});

test("letters can be switched off, moved, or bound to Alt and Shift", () => {
  expect(matches(keysOf(person({ shortcuts: false })), "edit", press("e"))).toBe(false);
  const moved = keysOf(person({ keys: { edit: "b", approve: "q" } }));
  expect([
    matches(moved, "edit", press("b")),
    matches(moved, "edit", press("e")),
    moved.of("approve"),
  ]).toEqual([true, false, "mod+Enter"]);
  const spoken = keysOf(person({ screenReader: true }));
  expect(matches(spoken, "edit", press("e"))).toBe(false);
  expect(matches(spoken, "edit", press("´", { altKey: true, shiftKey: true, code: "KeyE" }))).toBe(true);
  expect([spoken.shown("edit"), keysOf(person({ shortcuts: false })).shown("edit")]).toEqual([
    "alt+shift+e",
    undefined,
  ]);
});
