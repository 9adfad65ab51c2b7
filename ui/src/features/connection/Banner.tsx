import { PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLive } from "@/shared/live/store";

/** Says that the assistant is away. The window goes on trying by itself. */
export function Banner() {
  const { t } = useTranslation();
  const lost = useLive((live) => live.link === "lost");
  return (
    <div role="status">
      {lost && (
        <p className="flex items-center justify-center gap-2 bg-danger-soft px-4 py-2 text-sm">
          <PlugZap size={16} className="shrink-0 text-danger" aria-hidden />
          {t("connection.lost")}
        </p>
      )}
    </div>
  );
}
