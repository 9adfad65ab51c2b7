type Press = Pick<KeyboardEvent, "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

const MODIFIERS = /^(Control|Alt|Shift|Meta|OS|CapsLock|AltGraph)/;
/** Keys that may stand alone: nobody writes with them. */
const ALONE = /^(F([1-9]|1\d|2[0-4])|Pause|ScrollLock|Media\w+)$/;

/** The modifiers that are held, in the order in which they are written. */
export function heldModifiers(press: Press): string[] {
  return [
    press.ctrlKey && "Ctrl",
    press.altKey && "Alt",
    press.shiftKey && "Shift",
    press.metaKey && "Super",
  ].filter((name) => name !== false);
}

/** A hotkey such as "Ctrl+Alt+Space" from what is pressed; none while it is not one yet. */
export function hotkeyOf(press: Press): string | null {
  if (press.code === "" || MODIFIERS.test(press.code)) return null;
  const key = press.code.replace(/^(Key|Digit)/, "");
  const held = heldModifiers(press);
  // Shift alone makes a capital, not a hotkey.
  const real = held.some((name) => name !== "Shift");
  return real || ALONE.test(key) ? [...held, key].join("+") : null;
}

/** The keys of a hotkey that is written as one text. */
export function keysOf(hotkey: string): string[] {
  return hotkey.split("+").filter(Boolean);
}
