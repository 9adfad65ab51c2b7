import type { TFunction } from "i18next";

import type { Taint } from "@/backend";
import { formatList } from "@/shared/lib/format";

import { visible } from "./visible";

/** What was read, in words: "web page example.org and document letter.pdf". */
export function taintWords(taints: Taint[], t: TFunction, language: string): string {
  return formatList(
    taints.map(({ kind, source }) => t(`guard.taint.${kind}`, { source: visible(source) })),
    language,
  );
}
