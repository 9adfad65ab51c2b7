import clsx from "clsx";
import { createContext, useContext, useState, type ReactNode } from "react";

import { useTitle } from "@/shared/lib/useTitle";

interface PageProps {
  title: string;
  /** What stands to the right of the title. */
  aside?: ReactNode;
  /** As wide as text is read well, as wide as there is room, or as high too. */
  look?: keyof typeof looks;
  children: ReactNode;
}

const looks = {
  text: "mx-auto max-w-3xl px-4 pt-6 pb-24 sm:px-8",
  wide: "px-4 pt-6 pb-24 sm:px-8",
  fill: "flex flex-col px-4 pt-6 pb-6 sm:px-8 lg:h-full lg:min-h-120",
};

const Scroller = createContext<HTMLElement | null>(null);

/** What scrolls round the content of a page; none before it is drawn. */
export function usePageScroller(): HTMLElement | null {
  return useContext(Scroller);
}

/** The frame of every page but the chat. */
export function Page({ title, aside, look = "text", children }: PageProps) {
  useTitle(title);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  return (
    <div ref={setScroller} className="h-full overflow-y-auto">
      <div className={looks[look]}>
        <div
          className={clsx(
            "flex flex-wrap items-center justify-between gap-4",
            look === "text" ? "mb-8" : "mb-5",
          )}
        >
          <h1 className="min-w-0 text-2xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {aside}
        </div>
        <Scroller value={scroller}>{children}</Scroller>
      </div>
    </div>
  );
}

interface SectionProps {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}

export function Section({ title, note, children }: SectionProps) {
  return (
    <section className="mb-10" aria-label={title}>
      <h2 className="text-base font-semibold">{title}</h2>
      {note && <p className="mt-0.5 text-sm text-soft">{note}</p>}
      <div className="mt-3 divide-y divide-line rounded-2xl border border-line bg-raised">{children}</div>
    </section>
  );
}
