import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { EntityContents, GraphNode } from "@/backend";
import { failureOf, isGone } from "@/shared/failure";
import { formatList } from "@/shared/lib/format";
import { Answered, FailureNote } from "@/shared/ui/Answered";
import { IconButton } from "@/shared/ui/Button";

import { EntityActions } from "./EntityActions";
import { PathFinder } from "./PathFinder";
import { RelationList } from "./RelationList";
import { nameOf } from "./sentence";
import { useEntity } from "./useGraph";

interface EntityPanelProps {
  id: string;
  nodes: readonly GraphNode[];
  /** The entity to which a path is looked for. */
  pathTo: string | null;
  onPathTo: (id: string | null) => void;
  onSelect: (id: string) => void;
  onClose: () => void;
}

/** An entity: what it is, what is known of it, and what can be done with it. */
export function EntityPanel({ id, onClose, ...rest }: EntityPanelProps) {
  const query = useEntity(id);
  if (isGone(query.error)) return <FailureNote failure={failureOf(query.error)} onRetry={onClose} />;
  return (
    <Answered query={query} lines={6}>
      {(contents) => <Contents key={id} {...contents} {...rest} onClose={onClose} />}
    </Answered>
  );
}

type ContentsProps = EntityContents & Omit<EntityPanelProps, "id">;

function Contents({ entity, relations, nodes, pathTo, onPathTo, onSelect, onClose }: ContentsProps) {
  const { t, i18n } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever chose it comes to it.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const name = nameOf(entity, t);
  const now = relations.filter(({ until }) => until == null);
  const past = relations.filter(({ until }) => until != null);
  return (
    <section aria-label={name}>
      <div className="flex items-start justify-between gap-2">
        <h2 ref={heading} tabIndex={-1} className="rounded text-lg font-semibold wrap-anywhere outline-none">
          {name}
        </h2>
        <IconButton label={t("common.close")} small onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      {entity.kind !== "self" && <p className="text-sm text-soft">{t(`graph.kind.${entity.kind}`)}</p>}
      {entity.aliases.length > 0 && (
        <p className="mt-0.5 text-sm wrap-anywhere text-soft">
          {t("graph.aliases", { names: formatList(entity.aliases, i18n.language) })}
        </p>
      )}
      <EntityActions entity={entity} nodes={nodes} onMerged={onSelect} />
      <PathFinder from={entity} nodes={nodes} to={pathTo} onTo={onPathTo} onSelect={onSelect} />
      {relations.length === 0 && <p className="mt-5 text-sm text-soft">{t("graph.noRelations")}</p>}
      <Group title={t("graph.now")} relations={now} of={entity.id} onSelect={onSelect} />
      <Group title={t("graph.past")} relations={past} of={entity.id} onSelect={onSelect} />
    </section>
  );
}

interface GroupProps {
  title: string;
  relations: EntityContents["relations"];
  of: string;
  onSelect: (id: string) => void;
}

function Group({ title, relations, of, onSelect }: GroupProps) {
  if (relations.length === 0) return null;
  return (
    <>
      <h3 className="mt-5 text-sm font-medium text-soft">{title}</h3>
      <RelationList label={title} relations={relations} of={of} onSelect={onSelect} />
    </>
  );
}
