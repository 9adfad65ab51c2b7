import { useEffect, useRef } from "react";

/** Names such as "ctrl+n" or "escape"; Ctrl and Command are the same. */
export type Shortcuts = Record<string, () => void>;

export function shortcutOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">): string {
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

/** Listens on the whole window. Whoever has handled the key already (a dialog, a menu) comes first. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const act = current.current[shortcutOf(event)];
      if (!act || event.defaultPrevented || event.isComposing) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
