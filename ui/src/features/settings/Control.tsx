import clsx from "clsx";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Setting, SettingValue } from "@/backend";
import { HotkeyRecorder } from "@/features/desktop/HotkeyRecorder";
import { fieldLook, Switch } from "@/shared/ui/fields";

import { parseList } from "./groups";
import { choiceText, useSettingText } from "./texts";
import { useSuggestions } from "./useSettings";

interface ControlProps {
  setting: Setting;
  onChange: (value: SettingValue) => void;
}

/** The texts that are pressed rather than typed. */
const HOTKEYS = [
  "desktop.hotkey",
  "desktop.dictation_hotkey",
  "desktop.screen_hotkey",
  "desktop.stop_hotkey",
];

/** The control that fits the kind of a setting. */
export function Control({ setting, onChange }: ControlProps) {
  const { label } = useSettingText(setting);
  if (HOTKEYS.includes(setting.key)) {
    return <HotkeyRecorder label={label} value={String(setting.value)} onChange={onChange} />;
  }
  switch (setting.kind) {
    case "boolean":
      return <Switch label={label} checked={setting.value === true} onChange={onChange} />;
    case "choice":
      return <Choice label={label} setting={setting} onChange={onChange} />;
    case "number":
      return (
        <Typed
          label={label}
          text={String(setting.value)}
          numeric
          onCommit={(text) => {
            const value = Number(text.replace(",", "."));
            if (text.trim() === "" || Number.isNaN(value)) return false;
            onChange(value);
            return true;
          }}
        />
      );
    case "list":
      return (
        <Typed
          label={label}
          text={Array.isArray(setting.value) ? setting.value.join(", ") : ""}
          onCommit={(text) => {
            onChange(parseList(text));
            return true;
          }}
        />
      );
    case "text":
      return <Text label={label} setting={setting} onChange={onChange} />;
  }
}

interface ChoiceProps extends ControlProps {
  label: string;
  /** What choices are called that have names of their own. */
  names?: Record<string, string>;
}

function Choice({ label, setting, names = {}, onChange }: ChoiceProps) {
  const { i18n } = useTranslation();
  const value = String(setting.value);
  const choices = setting.choices ?? [];
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={clsx(fieldLook, "w-full")}
    >
      {(choices.includes(value) ? choices : [value, ...choices]).map((choice) => (
        <option key={choice} value={choice}>
          {names[choice] ?? choiceText(setting.key, choice, i18n.language)}
        </option>
      ))}
    </select>
  );
}

function Text({ label, setting, onChange }: ControlProps & { label: string }) {
  const { values, names, problem } = useSuggestions(setting.key);
  return (
    <div className="w-full">
      {values.length > 0 ? (
        <Choice label={label} setting={{ ...setting, choices: values }} names={names} onChange={onChange} />
      ) : (
        <Typed
          label={label}
          text={String(setting.value)}
          onCommit={(text) => {
            onChange(text.trim());
            return true;
          }}
        />
      )}
      {problem && <p className="mt-1 text-[13px] text-danger sm:max-w-52">{problem.message}</p>}
    </div>
  );
}

interface TypedProps {
  label: string;
  text: string;
  numeric?: boolean;
  /** Takes what was typed; false where it makes no sense. */
  onCommit: (text: string) => boolean;
}

/** A field that takes effect on Enter or when it is left; Escape gives the old text back. */
function Typed({ label, text, numeric = false, onCommit }: TypedProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const commit = () => {
    if (typed === null) return;
    const accepted = typed === text || onCommit(typed);
    setWrong(!accepted);
    if (accepted) setTyped(null);
  };
  return (
    <input
      aria-label={label}
      aria-invalid={wrong}
      inputMode={numeric ? "decimal" : "text"}
      spellCheck={false}
      autoComplete="off"
      value={typed ?? text}
      className={clsx(fieldLook, "w-full", numeric && "text-right tabular-nums", wrong && "border-danger")}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape" && typed !== null) {
          event.preventDefault();
          setTyped(null);
          setWrong(false);
        }
      }}
    />
  );
}
