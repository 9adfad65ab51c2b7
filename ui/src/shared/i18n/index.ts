import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import de from "./de.json";
import en from "./en.json";

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const KEY = "jarvis.language";

/** What every text can name. */
const named = { wakePhrase: "Hey Jarvis" };

function chosen(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((one) => one?.slice(0, 2));
  return (wanted.find((one) => one && one in languages) as Language | undefined) ?? "en";
}

export async function startTranslations(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  // Chosen in another window.
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY) void i18next.changeLanguage(chosen());
  });
  await i18next.use(initReactI18next).init({
    lng: chosen(),
    fallbackLng: "en",
    resources: { en: { translation: en }, de: { translation: de } },
    // React escapes already.
    interpolation: { escapeValue: false, defaultVariables: named },
  });
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18next.changeLanguage(language);
}

/** What Jarvis is called by, wherever a text says it. */
export function nameWakePhrase(phrase: string): void {
  if (named.wakePhrase === phrase) return;
  named.wakePhrase = phrase;
  // What is shown is written anew.
  void i18next.changeLanguage(i18next.language);
}
