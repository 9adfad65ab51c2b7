import { useTranslation } from "react-i18next";

import { ModelRow } from "@/features/models/ModelRow";
import { byStage, useModels } from "@/features/models/useModels";
import { Answered } from "@/shared/ui/Answered";
import { Page, Section } from "@/shared/ui/Page";

export function Component() {
  const { t } = useTranslation();
  const query = useModels();
  return (
    <Page title={t("models.title")}>
      <Answered query={query} lines={12}>
        {(models) =>
          byStage(models).map(([stage, members]) => (
            <Section
              key={stage}
              title={t(`models.stage.${stage}.title`, { defaultValue: stage })}
              note={t(`models.stage.${stage}.note`, { defaultValue: "" })}
            >
              {members.map((model) => (
                <ModelRow key={model.id} model={model} />
              ))}
            </Section>
          ))
        }
      </Answered>
    </Page>
  );
}
