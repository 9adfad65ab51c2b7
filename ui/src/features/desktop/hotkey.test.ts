import { expect, it } from "vitest";

import { hotkeyOf } from "./hotkey";

const press = (code: string, ...held: ("ctrl" | "alt" | "shift" | "meta")[]) => ({
  code,
  ctrlKey: held.includes("ctrl"),
  altKey: held.includes("alt"),
  shiftKey: held.includes("shift"),
  metaKey: held.includes("meta"),
});

it.each([
  [press("Space", "ctrl", "alt"), "Ctrl+Alt+Space"],
  [press("KeyJ", "meta", "shift"), "Shift+Super+J"],
  [press("Digit1", "alt"), "Alt+1"],
  [press("F9"), "F9"],
  [press("F9", "shift"), "Shift+F9"],
  // One writes with these.
  [press("KeyJ"), null],
  [press("KeyJ", "shift"), null],
  [press("Enter"), null],
  // Not finished yet.
  [press("ControlLeft", "ctrl"), null],
  [press("AltRight", "ctrl", "alt"), null],
  [press("", "ctrl"), null],
])("%j is %s", (pressed, hotkey) => expect(hotkeyOf(pressed)).toBe(hotkey));
