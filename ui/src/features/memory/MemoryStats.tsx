import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { formatBytes, formatFigures } from "@/shared/lib/format";
import { BusyButton } from "@/shared/ui/BusyButton";

import { ArchiveMenu } from "./ArchiveMenu";
import { useMemoryActions, useMemoryStats } from "./useMemory";

/** How much is kept. */
export function MemoryStats() {
  const { t, i18n } = useTranslation();
  const { data } = useMemoryStats();
  const { reindex } = useMemoryActions();
  if (!data) return null;
  const counts = [
    t("memory.count.facts", { count: data.facts }),
    data.past_facts > 0 && t("memory.count.past", { count: data.past_facts }),
    t("memory.count.messages", { count: data.messages }),
    t("memory.count.documents", { count: data.documents }),
    t("memory.count.passages", { count: data.chunks }),
    formatBytes(data.bytes, i18n.language),
  ];
  return (
    <footer className="mt-10 flex items-center justify-between gap-x-6 gap-y-3 max-sm:flex-col max-sm:items-start border-t border-line pt-5 text-[13px] text-soft">
      <div>
        <p>{formatFigures(counts)}</p>
        <p>{t(data.encrypted ? "memory.stats.encrypted" : "memory.stats.plain")}</p>
        {data.facts + data.messages + data.chunks > 0 && (
          <p role="status">
            {data.unindexed > 0
              ? t("memory.stats.unindexed", { count: data.unindexed })
              : t("memory.stats.indexed")}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <ArchiveMenu />
        <BusyButton icon={RefreshCw} busy={reindex.isPending} onClick={() => reindex.mutate()}>
          {t("memory.stats.reindex")}
        </BusyButton>
      </div>
    </footer>
  );
}
