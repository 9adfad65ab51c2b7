import { expect, it } from "vitest";

import { hotkeyOf } from "./hotkey";

const press = (code: string, key: string, ...held: ("ctrl" | "alt" | "shift" | "meta")[]) => ({
  code,
  key,
  ctrlKey: held.includes("ctrl"),
  altKey: held.includes("alt"),
  shiftKey: held.includes("shift"),
  metaKey: held.includes("meta"),
});

it.each([
  [press("Space", " ", "ctrl", "alt"), "Ctrl+Alt+Space"],
  [press("KeyJ", "J", "meta", "shift"), "Shift+Super+J"],
  [press("Digit1", "1", "alt"), "Alt+1"],
  [press("Digit1", "!", "ctrl", "shift"), "Ctrl+Shift+1"],
  [press("Numpad1", "1", "ctrl"), "Ctrl+Numpad1"],
  [press("F9", "F9"), "F9"],
  [press("F9", "F9", "shift"), "Shift+F9"],
  // The key that is labelled Z on a German keyboard, and the one that is labelled M on a French one.
  [press("KeyY", "z", "ctrl"), "Ctrl+Z"],
  [press("Semicolon", "m", "ctrl"), "Ctrl+M"],
  // What Alt makes of a letter, and another alphabet.
  [press("KeyL", "@", "alt"), "Alt+L"],
  [press("KeyN", "Dead", "alt"), "Alt+N"],
  [press("KeyJ", "о", "ctrl"), "Ctrl+J"],
  // Signs.
  [press("Semicolon", "ö", "ctrl"), null],
  [press("Comma", ",", "ctrl", "alt"), null],
  [press("Backquote", "Dead", "ctrl"), null],
  // One writes with these.
  [press("KeyJ", "j"), null],
  [press("KeyJ", "J", "shift"), null],
  [press("Enter", "Enter"), null],
  // Not finished yet.
  [press("ControlLeft", "Control", "ctrl"), null],
  [press("AltRight", "AltGraph", "ctrl", "alt"), null],
  [press("", "", "ctrl"), null],
])("%j is %s", (pressed, hotkey) => expect(hotkeyOf(pressed)).toBe(hotkey));
