import { FileText, MessageSquare } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Fact, Recalled } from "@/backend";
import { formatDay } from "@/shared/lib/format";

import { excerptOf } from "./excerpt";
import { FactRow } from "./FactRow";
import { keyOf, linkTo, nameOf } from "./provenance";

interface SearchResultsProps {
  results: Recalled[];
  /** What was looked for. */
  search: string;
}

/** What was found, the best first, each with where it is from. */
export function SearchResults({ results, search }: SearchResultsProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<string | null>(null);
  if (results.length === 0) {
    return (
      <div className="py-12 text-center">
        <p className="font-medium">{t("memory.nothingFound")}</p>
        <p className="mt-1 text-sm text-soft">{t("memory.nothingFoundNote")}</p>
      </div>
    );
  }
  return (
    <section
      aria-label={t("memory.results")}
      className="mt-5 divide-y divide-line rounded-2xl border border-line bg-raised"
    >
      {results.map((result) => {
        const fact = asFact(result);
        return fact ? (
          <FactRow key={fact.id} fact={fact} dated editing={fact.id === editing} onEdit={setEditing} />
        ) : (
          <ResultRow key={keyOf(result)} result={result} search={search} />
        );
      })}
    </section>
  );
}

function asFact({ text, from, at }: Recalled): Fact | null {
  if (from.kind !== "fact") return null;
  const { id, noted, pinned, told_in, valid_to } = from;
  return {
    id,
    text,
    noted,
    pinned,
    told_in: told_in ?? null,
    valid_from: at,
    valid_to: valid_to ?? null,
    superseded_by: null,
  };
}

function ResultRow({ result, search }: { result: Recalled; search: string }) {
  const { t, i18n } = useTranslation();
  const { from, text, at } = result;
  const Icon = from.kind === "document" ? FileText : MessageSquare;
  const day = formatDay(at, i18n.language, new Date());
  return (
    <article aria-label={nameOf(result, t, i18n.language)} className="px-4 py-3">
      <p className="line-clamp-3 text-[15px] wrap-anywhere">
        {excerptOf(text, search).map(([piece, found], index) =>
          found ? (
            <mark key={index} className="rounded-sm bg-accent-soft text-text">
              {piece}
            </mark>
          ) : (
            piece
          ),
        )}
      </p>
      <p className="mt-1 flex min-w-0 items-center gap-1.5 text-[13px] text-soft">
        <Icon size={13} aria-hidden className="shrink-0" />
        {from.kind === "message" && (
          <span className="shrink-0">
            {t(from.role === "user" ? "memory.from.you" : "memory.from.jarvis", { day })}
          </span>
        )}
        <Link to={linkTo(from)} className="truncate rounded underline underline-offset-2 hover:text-text">
          {nameOf(result, t, i18n.language)}
        </Link>
        {from.kind === "document" && from.heading && <span className="truncate">· {from.heading}</span>}
      </p>
    </article>
  );
}
