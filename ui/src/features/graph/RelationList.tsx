import { Lightbulb } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Named, Recalled, Relation } from "@/backend";
import { Citation } from "@/features/memory/Citations";
import { keyOf } from "@/features/memory/provenance";
import { formatDay } from "@/shared/lib/format";

import { sentenceOf } from "./sentence";
import { sourceKey, useSourcesOf } from "./useGraph";

interface RelationListProps {
  label: string;
  relations: readonly Relation[];
  /** The entity whose relations they are: its name is no link. */
  of?: string;
  onSelect: (id: string) => void;
}

/** Relations as sentences, each with what it is known from. */
export function RelationList({ label, relations, of, onSelect }: RelationListProps) {
  const { data } = useSourcesOf(relations);
  const known = new Map(data?.map((one) => [keyOf(one), one]));
  return (
    <ul aria-label={label} className="divide-y divide-line">
      {relations.map((relation, at) => (
        <li key={at} className="py-2">
          <Line
            relation={relation}
            of={of}
            sources={relation.sources
              .map((source) => known.get(sourceKey(source)))
              .filter((source) => source !== undefined)}
            onSelect={onSelect}
          />
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  relation: Relation;
  of: string | undefined;
  sources: Recalled[];
  onSelect: (id: string) => void;
}

function Line({ relation, of, sources, onSelect }: LineProps) {
  const { t, i18n } = useTranslation();
  const { since, until, inferred } = relation;
  const { subject, verb, object } = sentenceOf(relation, t);
  const day = (at: string) => formatDay(at, i18n.language, new Date());
  const when =
    until == null
      ? t("graph.since", { day: day(since) })
      : t("graph.fromTo", { from: day(since), to: day(until) });
  const end = (entity: Named, text: string) =>
    entity.id === of ? text : <EntityLink text={text} onSelect={() => onSelect(entity.id)} />;
  return (
    <>
      <p className="text-sm wrap-anywhere">
        {end(relation.subject, subject)} {verb} {end(relation.object, object)}
      </p>
      <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1.5 text-xs text-soft">
        <span>{when}</span>
        {inferred && (
          <span className="flex items-center gap-1" title={t("graph.inferredNote")}>
            <Lightbulb size={12} aria-hidden />
            {t("graph.inferred")}
          </span>
        )}
        {sources.map((source) => (
          <Citation key={keyOf(source)} cited={source} />
        ))}
      </div>
    </>
  );
}

function EntityLink({ text, onSelect }: { text: string; onSelect: () => void }) {
  return (
    <button
      type="button"
      className="rounded text-left font-medium text-accent underline-offset-2 hover:underline"
      onClick={onSelect}
    >
      {text}
    </button>
  );
}
