import { useCallback, useState } from "react";

/** A text that survives a reload, kept under `key`. */
export function useLocalText(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => localStorage.getItem(key) ?? "");
  const [of, setOf] = useState(key);
  if (of !== key) {
    setOf(key);
    setText(localStorage.getItem(key) ?? "");
  }
  const change = useCallback(
    (next: string) => {
      setText(next);
      if (next) localStorage.setItem(key, next);
      else localStorage.removeItem(key);
    },
    [key],
  );
  return [text, change];
}
