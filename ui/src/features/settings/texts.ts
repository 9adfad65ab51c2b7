import { useTranslation } from "react-i18next";

import type { Setting } from "@/backend";
import de from "@/shared/i18n/settings.de.json";
import en from "@/shared/i18n/settings.en.json";

import { labelOf } from "./groups";

interface Known {
  label?: string;
  /** In place of the server's description. */
  note?: string;
  /** What its choices are called. */
  choices?: Record<string, string>;
}

const texts: Record<string, Record<string, Known>> = { en, de };

export interface SettingText {
  label: string;
  description: string;
}

/** What a setting is called and what it means. Where there are no words for it the server's own English stands. */
export function settingText(setting: Setting, language: string): SettingText {
  const known = texts[language]?.[setting.key];
  return { label: known?.label ?? labelOf(setting.key), description: known?.note ?? setting.description };
}

export function useSettingText(setting: Setting): SettingText {
  return settingText(setting, useTranslation().i18n.language);
}

export function choiceText(key: string, choice: string, language: string): string {
  return texts[language]?.[key]?.choices?.[choice] ?? choice;
}
