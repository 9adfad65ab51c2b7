import { ShieldCheck, ShieldX } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AuditVerdict } from "@/backend";

/** So many broken records are named. */
const NAMED = 20;

/** Whether the log is as it was written, in words. */
export function Verification({ verdict: { records, unfinished, broken } }: { verdict: AuditVerdict }) {
  const { t } = useTranslation();
  const whole = broken.length === 0;
  const Icon = whole ? ShieldCheck : ShieldX;
  return (
    <div
      className={
        whole
          ? "mb-6 flex gap-3 rounded-xl border border-good/50 p-4 text-sm"
          : "mb-6 flex gap-3 rounded-xl bg-danger-soft p-4 text-sm"
      }
    >
      <Icon size={18} aria-hidden className={`mt-0.5 shrink-0 ${whole ? "text-good" : "text-danger"}`} />
      <div className="min-w-0">
        <p className="font-medium">
          {whole
            ? t("audit.verify.whole", { count: records })
            : t("audit.verify.broken", { count: broken.length, records })}
        </p>
        <p className="text-soft">{t(whole ? "audit.verify.wholeNote" : "audit.verify.brokenNote")}</p>
        {broken.length > 0 && (
          <ul className="mt-2 space-y-0.5">
            {broken.slice(0, NAMED).map(({ seq, why }) => (
              <li key={seq} className="wrap-anywhere">
                {t("audit.verify.at", { seq, why })}
              </li>
            ))}
          </ul>
        )}
        {unfinished > 0 && <p className="mt-2">{t("audit.verify.unfinished", { count: unfinished })}</p>}
      </div>
    </div>
  );
}
