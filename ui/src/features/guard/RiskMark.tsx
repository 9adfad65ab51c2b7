import clsx from "clsx";
import { OctagonAlert, ShieldAlert, ShieldCheck, TriangleAlert, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Risk } from "@/backend";

const looks: Record<Risk, { Icon: LucideIcon; colours: string }> = {
  low: { Icon: ShieldCheck, colours: "border-good/50 text-good" },
  medium: { Icon: ShieldAlert, colours: "border-warn/50 text-warn" },
  high: { Icon: TriangleAlert, colours: "border-danger/50 bg-danger-soft text-danger" },
  critical: { Icon: OctagonAlert, colours: "border-danger bg-danger text-page" },
};

/** How much harm something can do: by a word, a colour and a form, each enough by itself. */
export function RiskMark({ risk, className }: { risk: Risk; className?: string }) {
  const { t } = useTranslation();
  const { Icon, colours } = looks[risk];
  return (
    <span
      className={clsx(
        "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border px-2 text-xs font-medium whitespace-nowrap",
        colours,
        className,
      )}
    >
      <Icon size={13} aria-hidden />
      {t(`guard.risk.${risk}`)}
    </span>
  );
}
