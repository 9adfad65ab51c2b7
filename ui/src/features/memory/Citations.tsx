import { useQuery } from "@tanstack/react-query";
import { Bookmark, FileText, MessageSquare } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { api, type Recalled, type Source } from "@/backend";
import { keys } from "@/shared/queries";

import { keyOf, linkTo, nameOf } from "./provenance";

const ICONS = { fact: Bookmark, message: MessageSquare, document: FileText };
/** So many are shown before somebody asks for the others. */
const SHOWN = 4;

/** What an answer was known from. What was forgotten since is left out. */
export function Citations({ sources }: { sources: Source[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const { data } = useQuery({
    queryKey: keys.sources(sources),
    queryFn: () => api.sources(sources),
    enabled: sources.length > 0,
  });
  if (sources.length === 0 || !data || data.length === 0) return null;
  const shown = all ? data : data.slice(0, SHOWN);
  return (
    <div className="animate-fade mt-3 flex flex-wrap items-center gap-x-2 gap-y-1.5 text-xs text-soft">
      <span aria-hidden>{t("memory.cited.title")}</span>
      <ul aria-label={t("memory.cited.title")} className="contents">
        {shown.map((one) => (
          <li key={keyOf(one)} className="max-w-full min-w-0">
            <Citation cited={one} />
          </li>
        ))}
      </ul>
      {data.length > shown.length && (
        <button type="button" className="rounded underline underline-offset-2" onClick={() => setAll(true)}>
          {t("memory.cited.more", { count: data.length - shown.length })}
        </button>
      )}
    </div>
  );
}

/** A source, which opens to what it says. */
export function Citation({ cited }: { cited: Recalled }) {
  const { t, i18n } = useTranslation();
  const { from, text } = cited;
  const Icon = ICONS[from.kind];
  const name = nameOf(cited, t, i18n.language);
  return (
    <Popover.Root>
      <Popover.Trigger className="flex h-6 max-w-72 items-center gap-1.5 rounded-full border border-line px-2.5 transition hover:bg-hover hover:text-text data-[state=open]:bg-hover data-[state=open]:text-text">
        <Icon size={12} aria-hidden className="shrink-0" />
        <span className="truncate">{name}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={name}
          sideOffset={6}
          collisionPadding={12}
          className="animate-fade z-50 w-[min(24rem,calc(100vw-1.5rem))] rounded-xl border border-line bg-raised p-4 text-sm shadow-xl"
        >
          <p className="text-xs font-medium wrap-anywhere text-soft">
            {name}
            {from.kind === "document" && from.heading && ` · ${from.heading}`}
          </p>
          <p className="mt-1.5 max-h-56 overflow-y-auto wrap-anywhere whitespace-pre-wrap">{text}</p>
          <Link
            to={linkTo(from)}
            className="mt-3 inline-block rounded text-accent underline underline-offset-2"
          >
            {t(`memory.cited.open.${from.kind}`)}
          </Link>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
