import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Check } from "@/backend";
import { worded } from "@/shared/failure";

/** What works, and what does not with its remedy; the latter first. */
export function CheckList({ checks }: { checks: Check[] }) {
  return [...checks.filter((check) => !check.ok), ...checks.filter((check) => check.ok)].map((check) => (
    <CheckRow key={check.what} check={check} />
  ));
}

function CheckRow({ check: { what, ok, found, failure } }: { check: Check }) {
  const { t } = useTranslation();
  const problem = failure && worded(failure);
  return (
    <div className="flex gap-3 px-4 py-3.5">
      {ok ? (
        <CircleCheck size={18} role="img" aria-label={t("health.ok")} className="mt-px shrink-0 text-good" />
      ) : (
        <CircleX size={18} role="img" aria-label={t("health.notOk")} className="mt-px shrink-0 text-danger" />
      )}
      <div className="min-w-0 text-sm">
        <h3 className="font-medium">{t(`health.parts.${what}`, { defaultValue: what })}</h3>
        {found && <p className="wrap-anywhere text-soft">{found}</p>}
        {problem && (
          <>
            <p className="wrap-anywhere">{problem.message}</p>
            <p className="wrap-anywhere text-soft">{problem.remedy}</p>
          </>
        )}
      </div>
    </div>
  );
}
