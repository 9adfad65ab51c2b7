import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Grant } from "@/backend";
import { RiskMark } from "@/features/guard/RiskMark";
import { visible } from "@/features/guard/visible";
import { formatDay } from "@/shared/lib/format";
import { Answered } from "@/shared/ui/Answered";
import { IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";
import { Section } from "@/shared/ui/Page";

import { useGrants, useRevokeGrant } from "./useTools";

/** What the person has allowed for always. */
export function GrantList() {
  const { t } = useTranslation();
  return (
    <Section title={t("toolbox.grants.title")} note={t("toolbox.grants.note")}>
      <Answered query={useGrants()} lines={2}>
        {(grants) =>
          grants.length > 0 ? (
            grants.map((grant) => <Row key={grant.id} grant={grant} />)
          ) : (
            <p className="px-4 py-3.5 text-sm text-soft">{t("toolbox.grants.none")}</p>
          )
        }
      </Answered>
    </Section>
  );
}

function Row({ grant }: { grant: Grant }) {
  const { t, i18n } = useTranslation();
  const revoke = useRevokeGrant();
  const words = visible(grant.words);
  return (
    <article aria-label={words} className="flex items-start gap-4 px-4 py-3.5">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="text-sm wrap-anywhere">
          {words}
        </p>
        <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-soft">
          <RiskMark risk={grant.risk} />
          <span>
            {t("toolbox.grants.since", {
              day: formatDay(grant.since, i18n.language, new Date()),
              who: t(`guard.by.${grant.origin}`),
            })}
          </span>
        </div>
      </div>
      <Confirm
        title={t("toolbox.grants.revokeTitle")}
        text={t("toolbox.grants.revokeText", { words })}
        action={t("toolbox.grants.revoke")}
        onConfirm={() => revoke.mutate(grant)}
      >
        <IconButton label={t("toolbox.grants.revokeNamed", { words })} className="-mr-1.5">
          <Trash2 size={16} />
        </IconButton>
      </Confirm>
    </article>
  );
}
