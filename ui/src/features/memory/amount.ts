import type { TFunction } from "i18next";

import type { Forgotten } from "@/backend";
import { formatList } from "@/shared/lib/format";

/** How much is forgotten: "2 facts and 4 messages". */
export function amountOf({ facts, messages, passages }: Forgotten, t: TFunction, language: string): string {
  const counts = [
    ["facts", facts.length],
    ["messages", messages.length],
    ["passages", passages.length],
  ] as const;
  const parts = counts
    .filter(([, count]) => count > 0)
    .map(([what, count]) => t(`memory.count.${what}`, { count }));
  return parts.length > 0 ? formatList(parts, language) : t("memory.count.none");
}
