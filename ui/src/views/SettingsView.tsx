import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { FIRST_RUN } from "@/features/firstrun/steps";
import { KeyList } from "@/features/keys/KeyList";
import { GroupExtras } from "@/features/settings/GroupExtras";
import { groupSettings } from "@/features/settings/groups";
import { Row, SettingRow } from "@/features/settings/SettingRow";
import { settingText } from "@/features/settings/texts";
import { useSettings } from "@/features/settings/useSettings";
import { WindowSettings } from "@/features/settings/WindowSettings";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";
import { SearchField } from "@/shared/ui/fields";
import { Page, Section } from "@/shared/ui/Page";

/** The group that the keys of services follow. */
const BEFORE_KEYS = "llm";

export function Component() {
  const { t, i18n } = useTranslation();
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
          const shown = settings.filter(({ key }) => key !== FIRST_RUN);
          const groups = groupSettings(shown, search, (setting) =>
            Object.values(settingText(setting, i18n.language)).join(" "),
          );
          return (
            <>
              {groups.map(({ name, settings: members }) => (
                <Fragment key={name}>
                  <Section title={t(`settings.group.${name}`, { defaultValue: name })}>
                    {members.map((setting) => (
                      <SettingRow key={setting.key} setting={setting} />
                    ))}
                    {!search && <GroupExtras group={name} />}
                  </Section>
                  {!search && name === BEFORE_KEYS && <KeyList />}
                </Fragment>
              ))}
              {groups.length === 0 && (
                <p className="py-8 text-center text-soft">{t("settings.nothingFound")}</p>
              )}
              {!search && <SetUpAgain />}
              <p className="text-[13px] wrap-anywhere text-soft">{t("settings.keptIn", { path })}</p>
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function SetUpAgain() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Section title={t("firstRun.title")}>
      <Row label={t("firstRun.again")} description={t("firstRun.againNote")}>
        <Button onClick={() => void navigate("/welcome")}>{t("firstRun.open")}</Button>
      </Row>
    </Section>
  );
}
