import type { TFunction } from "i18next";

import type { Provenance, Recalled } from "@/backend";
import { ageOf, formatDay } from "@/shared/lib/format";

/** The page on which it can be seen. */
export function linkTo(from: Provenance): string {
  switch (from.kind) {
    case "fact":
      return `/memory?fact=${from.id}${from.valid_to ? "&past" : ""}`;
    case "message":
      return `/c/${from.conversation}`;
    case "document":
      return `/documents/${from.id}?passage=${from.place}`;
  }
}

/** What a source is called in a few words. */
export function nameOf({ from, at }: Recalled, t: TFunction, language: string): string {
  const now = new Date();
  switch (from.kind) {
    case "fact":
      return ageOf(at, now) === "today"
        ? t("memory.cited.today")
        : t("memory.cited.fact", { day: formatDay(at, language, now) });
    case "message":
      return from.title || t("conversations.untitled");
    case "document":
      return from.page == null ? from.name : t("memory.cited.page", { name: from.name, page: from.page });
  }
}

export function keyOf({ from }: Recalled): string {
  return from.kind === "document" ? `${from.id}:${from.place}` : from.id;
}
