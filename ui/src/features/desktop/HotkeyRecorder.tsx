import clsx from "clsx";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/shared/ui/Button";

import { heldModifiers, hotkeyOf, keysOf } from "./hotkey";
import { useKeyName } from "./useKeyName";

interface HotkeyRecorderProps {
  label: string;
  /** Such as "Ctrl+Alt+Space"; empty for none. */
  value: string;
  onChange: (value: string) => void;
}

/** Shows a hotkey, and takes another by its being pressed. Escape leaves it as it is. */
export function HotkeyRecorder({ label, value, onChange }: HotkeyRecorderProps) {
  const { t } = useTranslation();
  const keyName = useKeyName();
  const [held, setHeld] = useState<string[] | null>(null);
  const recording = held !== null;
  useEffect(() => {
    if (!recording) return;
    const press = (event: KeyboardEvent) => {
      // Nothing else may take these keys for itself meanwhile.
      event.preventDefault();
      event.stopPropagation();
      if (event.code === "Escape") return setHeld(null);
      const hotkey = hotkeyOf(event);
      if (hotkey === null) return setHeld(heldModifiers(event));
      setHeld(null);
      onChange(hotkey);
    };
    const release = (event: KeyboardEvent) => setHeld(heldModifiers(event));
    window.addEventListener("keydown", press, true);
    window.addEventListener("keyup", release, true);
    return () => {
      window.removeEventListener("keydown", press, true);
      window.removeEventListener("keyup", release, true);
    };
  }, [recording, onChange]);

  const shown = recording ? held : keysOf(value);
  return (
    <span className="flex items-center gap-1">
      <button
        type="button"
        aria-label={t("desktop.record", { name: label, value: value || t("desktop.noHotkey") })}
        aria-pressed={recording}
        onClick={() => setHeld(recording ? null : [])}
        onBlur={() => setHeld(null)}
        className={clsx(
          "flex h-9 min-w-44 items-center justify-center gap-1 rounded-lg border px-3 text-sm transition",
          recording ? "border-accent bg-accent-soft" : "border-line bg-page hover:bg-hover",
        )}
      >
        {shown.length > 0
          ? shown.map((key) => (
              <kbd
                key={key}
                className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs font-medium"
              >
                {keyName(key)}
              </kbd>
            ))
          : t(recording ? "desktop.press" : "desktop.noHotkey")}
        {recording && shown.length > 0 && <span className="text-soft">…</span>}
      </button>
      {value && !recording && (
        <IconButton label={t("desktop.clear", { name: label })} small onClick={() => onChange("")}>
          <X size={14} />
        </IconButton>
      )}
    </span>
  );
}
