import { useState } from "react";
import { useTranslation } from "react-i18next";

import { groupSettings } from "@/features/settings/groups";
import { SettingRow } from "@/features/settings/SettingRow";
import { useSettings } from "@/features/settings/useSettings";
import { WindowSettings } from "@/features/settings/WindowSettings";
import { Answered } from "@/shared/ui/Answered";
import { SearchField } from "@/shared/ui/fields";
import { Page, Section } from "@/shared/ui/Page";

export function Component() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const query = useSettings();
  const field = (
    <SearchField
      className="w-full sm:w-64"
      placeholder={t("settings.search")}
      value={search}
      onChange={(event) => setSearch(event.target.value)}
    />
  );
  return (
    <Page title={t("settings.title")} aside={field}>
      {!search && <WindowSettings />}
      <Answered query={query} lines={12}>
        {({ path, settings }) => {
          const groups = groupSettings(settings, search);
          return (
            <>
              {groups.map(({ name, settings: members }) => (
                <Section key={name} title={t(`settings.group.${name}`, { defaultValue: name })}>
                  {members.map((setting) => (
                    <SettingRow key={setting.key} setting={setting} />
                  ))}
                </Section>
              ))}
              {groups.length === 0 && (
                <p className="py-8 text-center text-soft">{t("settings.nothingFound")}</p>
              )}
              <p className="text-[13px] wrap-anywhere text-soft">{t("settings.keptIn", { path })}</p>
            </>
          );
        }}
      </Answered>
    </Page>
  );
}
