import type { TFunction } from "i18next";

import type { Forgotten } from "@/backend";
import { formatList } from "@/shared/lib/format";

const COUNTED = ["facts", "conversations", "messages", "documents", "passages"] as const;

/** How much there is of everything: "2 facts and 4 messages". */
export function amountOf(
  counts: Partial<Record<(typeof COUNTED)[number], number>>,
  t: TFunction,
  language: string,
): string {
  const parts = COUNTED.flatMap((what) => {
    const count = counts[what] ?? 0;
    return count > 0 ? [t(`memory.count.${what}`, { count })] : [];
  });
  return parts.length > 0 ? formatList(parts, language) : t("memory.count.none");
}

/** How much is forgotten. */
export function forgottenAmount({ facts, messages, passages }: Forgotten, t: TFunction, language: string) {
  const counts = { facts: facts.length, messages: messages.length, passages: passages.length };
  return amountOf(counts, t, language);
}
