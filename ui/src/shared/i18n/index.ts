import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import de from "./de.json";
import en from "./en.json";

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const KEY = "jarvis.language";

function chosen(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((one) => one?.slice(0, 2));
  return (wanted.find((one) => one && one in languages) as Language | undefined) ?? "en";
}

export async function startTranslations(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({
    lng: chosen(),
    fallbackLng: "en",
    resources: { en: { translation: en }, de: { translation: de } },
    // React escapes already.
    interpolation: { escapeValue: false },
  });
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18next.changeLanguage(language);
}
