import { Progress } from "radix-ui";
import { useTranslation } from "react-i18next";

import type { ModelEntry } from "@/backend";
import { formatBytes } from "@/shared/lib/format";

/** How much of a model is there, while that is a part of it. */
export function Fetched({ model }: { model: ModelEntry }) {
  const { t, i18n } = useTranslation();
  if (model.state !== "fetching" && model.state !== "partial") return null;
  const share = model.size_bytes > 0 ? Math.min(1, model.done_bytes / model.size_bytes) : 0;
  return (
    <div className="mt-2.5 flex items-center gap-3">
      <Progress.Root
        value={Math.round(share * 100)}
        aria-label={t("models.progress", { name: model.name })}
        className="h-1.5 flex-1 overflow-hidden rounded-full bg-hover"
      >
        <Progress.Indicator
          className={
            model.state === "fetching"
              ? "h-full rounded-full bg-accent transition-all"
              : "h-full rounded-full bg-soft/60"
          }
          style={{ width: `${share * 100}%` }}
        />
      </Progress.Root>
      <span className="text-xs text-soft tabular-nums">
        {t("models.of", {
          done: formatBytes(model.done_bytes, i18n.language),
          total: formatBytes(model.size_bytes, i18n.language),
        })}
      </span>
    </div>
  );
}
