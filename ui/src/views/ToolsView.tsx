import { useState } from "react";
import { useTranslation } from "react-i18next";

import { groupTools } from "@/features/tools/catalogue";
import { ExplainForm } from "@/features/tools/ExplainForm";
import { GrantList } from "@/features/tools/GrantList";
import { RulesEditor } from "@/features/tools/RulesEditor";
import { ToolRow } from "@/features/tools/ToolRow";
import { useTools } from "@/features/tools/useTools";
import { Answered } from "@/shared/ui/Answered";
import { SearchField } from "@/shared/ui/fields";
import { Page, Section } from "@/shared/ui/Page";

/** What Jarvis can do, what it may do, and by which rules. */
export function Component() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const query = useTools();
  const groupName = (group: string) => t(`toolbox.group.${group}`, { defaultValue: group });
  const field = (
    <SearchField
      className="w-full sm:w-64"
      placeholder={t("toolbox.search")}
      value={search}
      onChange={(event) => setSearch(event.target.value)}
    />
  );
  return (
    <Page title={t("toolbox.title")} aside={field}>
      <p className="-mt-5 mb-6 text-sm text-soft">{t("toolbox.note")}</p>
      <Answered query={query} lines={12}>
        {(tools) => {
          const groups = groupTools(tools, search, groupName);
          return (
            <>
              {groups.map(({ name, tools: members }) => (
                <Section key={name} title={groupName(name)}>
                  {members.map((tool) => (
                    <ToolRow key={tool.name} tool={tool} />
                  ))}
                </Section>
              ))}
              {groups.length === 0 && (
                <p className="py-12 text-center text-soft">
                  {t(search ? "toolbox.nothingFound" : "toolbox.none")}
                </p>
              )}
            </>
          );
        }}
      </Answered>
      {/* What is being written there outlives a search. */}
      <div hidden={search !== ""}>
        <GrantList />
        <RulesEditor />
        {query.data && query.data.length > 0 && <ExplainForm tools={query.data} />}
      </div>
    </Page>
  );
}
