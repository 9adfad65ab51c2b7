import clsx from "clsx";
import { useTranslation } from "react-i18next";

import type { Passage } from "@/backend";
import { LongList } from "@/shared/ui/LongList";

interface PassageListProps {
  passages: Passage[];
  /** The place of the passage that is brought into sight. */
  wanted: number | undefined;
}

/** The passages of a document, as plain text: what is in them is shown, never run. */
export function PassageList({ passages, wanted }: PassageListProps) {
  const { t } = useTranslation();
  const index = passages.findIndex(({ place }) => place === wanted);
  return (
    <LongList
      items={passages}
      keyOf={({ place }) => String(place)}
      estimate={180}
      show={index < 0 ? undefined : index}
    >
      {({ place, page, heading, text }) => (
        <article
          aria-label={t("documents.passage", { number: place + 1 })}
          aria-current={place === wanted || undefined}
          className={clsx(
            "mb-3 rounded-2xl border px-4 py-3",
            place === wanted ? "border-accent bg-accent-soft/60" : "border-line bg-raised",
          )}
        >
          {(page != null || heading) && (
            <p className="mb-1.5 flex min-w-0 gap-3 text-xs text-soft">
              {page != null && <span className="shrink-0 font-medium">{t("documents.page", { page })}</span>}
              {heading && (
                <span className="truncate" title={heading}>
                  {heading}
                </span>
              )}
            </p>
          )}
          <p className="text-sm leading-relaxed wrap-anywhere whitespace-pre-wrap">{text}</p>
        </article>
      )}
    </LongList>
  );
}
