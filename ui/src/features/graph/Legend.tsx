import { useTranslation } from "react-i18next";

import type { LegendEntry } from "./colouring";
import { nameOf } from "./sentence";

/** What the colours of the picture mean. */
export function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  const { t } = useTranslation();
  const textOf = ({ of }: LegendEntry) => {
    if (of === null) return t("graph.legend.others");
    if (typeof of === "string") return t(`graph.kind.${of}`);
    return t("graph.legend.round", { name: nameOf(of, t) });
  };
  return (
    <ul aria-label={t("graph.legend.title")} className="flex flex-wrap gap-x-3.5 gap-y-1 text-xs text-soft">
      {entries.map((entry) => (
        <li key={entry.mark} className="flex min-w-0 items-center gap-1.5">
          <Dot mark={entry.mark} />
          <span className="truncate">{textOf(entry)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Dot({ mark }: { mark: string }) {
  return (
    <span
      aria-hidden
      className="inline-block size-2.5 shrink-0 rounded-full"
      style={{ background: `var(${mark})` }}
    />
  );
}
