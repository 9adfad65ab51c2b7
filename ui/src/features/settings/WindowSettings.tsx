import { useTranslation } from "react-i18next";

import { chooseLanguage, languages, type Language } from "@/shared/i18n";
import { chooseTheme, themes, useTheme } from "@/shared/theme";
import { Segmented } from "@/shared/ui/fields";
import { Section } from "@/shared/ui/Page";

import { Row } from "./SettingRow";

/** What belongs to this window alone and is kept in it. */
export function WindowSettings() {
  const { t, i18n } = useTranslation();
  const theme = useTheme((state) => state.theme);
  return (
    <Section title={t("settings.window")}>
      <Row label={t("settings.theme")} description={t("settings.themeNote")}>
        <Segmented
          label={t("settings.theme")}
          value={theme}
          options={themes.map((value) => ({ value, text: t(`settings.themes.${value}`) }))}
          onChange={chooseTheme}
        />
      </Row>
      <Row label={t("settings.language")} description={t("settings.languageNote")}>
        <Segmented
          label={t("settings.language")}
          value={i18n.language as Language}
          options={Object.entries(languages).map(([value, text]) => ({ value: value as Language, text }))}
          onChange={chooseLanguage}
        />
      </Row>
    </Section>
  );
}
