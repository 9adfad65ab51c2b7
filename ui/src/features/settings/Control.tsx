import clsx from "clsx";
import { useState } from "react";

import type { Setting, SettingValue } from "@/backend";
import { fieldLook, Switch } from "@/shared/ui/fields";

import { labelOf, parseList } from "./groups";
import { useSuggestions } from "./useSettings";

interface ControlProps {
  setting: Setting;
  onChange: (value: SettingValue) => void;
}

/** The control that fits the kind of a setting. */
export function Control({ setting, onChange }: ControlProps) {
  const label = labelOf(setting.key);
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

function Choice({ label, setting, onChange }: ControlProps & { label: string }) {
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
        <option key={choice}>{choice}</option>
      ))}
    </select>
  );
}

function Text({ label, setting, onChange }: ControlProps & { label: string }) {
  const suggestions = useSuggestions(setting.key);
  if (suggestions.length > 0) {
    return <Choice label={label} setting={{ ...setting, choices: suggestions }} onChange={onChange} />;
  }
  return (
    <Typed
      label={label}
      text={String(setting.value)}
      onCommit={(text) => {
        onChange(text.trim());
        return true;
      }}
    />
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
