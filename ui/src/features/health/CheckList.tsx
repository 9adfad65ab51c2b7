import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Check } from "@/backend";

/** What works, and what does not with its remedy; the latter first. */
export function CheckList({ checks }: { checks: Check[] }) {
  const { t } = useTranslation();
  const sorted = [...checks.filter((check) => !check.ok), ...checks.filter((check) => check.ok)];
  return sorted.map((check) => (
    <div key={check.what} className="flex gap-3 px-4 py-3.5">
      {check.ok ? (
        <CircleCheck size={18} role="img" aria-label={t("health.ok")} className="mt-px shrink-0 text-good" />
      ) : (
        <CircleX size={18} role="img" aria-label={t("health.notOk")} className="mt-px shrink-0 text-danger" />
      )}
      <div className="min-w-0 text-sm">
        <h3 className="font-medium">{check.what}</h3>
        {check.found && <p className="wrap-anywhere text-soft">{check.found}</p>}
        {check.failure && (
          <>
            <p className="wrap-anywhere">{check.failure.message}</p>
            <p className="wrap-anywhere text-soft">{check.failure.remedy}</p>
          </>
        )}
      </div>
    </div>
  ));
}
