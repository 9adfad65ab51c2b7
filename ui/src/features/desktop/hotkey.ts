type Press = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

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

/** What a hotkey calls a key; none for one that writes a sign, which is not the same on every keyboard. */
function nameOf({ code, key }: Press): string | null {
  // The program takes the letter, which is not at the same place on every keyboard.
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // With Alt, and in other alphabets, the key of a letter writes something else.
  if (/^(Key|Digit)/.test(code)) return code.replace(/^(Key|Digit)/, "");
  const sign = key === "Dead" || (key.length === 1 && !/^(Space|Numpad)/.test(code));
  return sign ? null : code;
}

/** A hotkey such as "Ctrl+Alt+Space" from what is pressed; none while it is not one yet. */
export function hotkeyOf(press: Press): string | null {
  if (press.code === "" || MODIFIERS.test(press.code)) return null;
  const key = nameOf(press);
  if (key === null) return null;
  const held = heldModifiers(press);
  // Shift alone makes a capital, not a hotkey.
  const real = held.some((name) => name !== "Shift");
  return real || ALONE.test(key) ? [...held, key].join("+") : null;
}

/** The keys of a hotkey that is written as one text. */
export function keysOf(hotkey: string): string[] {
  return hotkey.split("+").filter(Boolean);
}
