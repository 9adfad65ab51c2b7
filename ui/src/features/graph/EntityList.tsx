import clsx from "clsx";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { GraphNode } from "@/backend";
import { LongList } from "@/shared/ui/LongList";

import { markOfKind, MARKS } from "./colouring";
import { Dot } from "./Legend";
import { nameOf } from "./sentence";

interface EntityListProps {
  nodes: readonly GraphNode[];
  selected: string | null;
  onSelect: (id: string) => void;
}

/** Every entity, the best connected first. */
export function EntityList({ nodes, selected, onSelect }: EntityListProps) {
  const { t } = useTranslation();
  const at = selected === null ? -1 : nodes.findIndex(({ id }) => id === selected);
  return (
    <section
      aria-label={t("graph.list.title")}
      className="overflow-hidden rounded-2xl border border-line bg-raised"
    >
      <LongList items={nodes} keyOf={({ id }) => id} estimate={45} keep={at < 0 ? undefined : at}>
        {(node) => (
          <button
            type="button"
            aria-pressed={node.id === selected}
            onClick={() => onSelect(node.id)}
            onKeyDown={goOn}
            className={clsx(
              "flex w-full items-center gap-3 border-b border-line px-4 py-2.5 text-left text-sm -outline-offset-2",
              node.id === selected ? "bg-accent-soft/60" : "hover:bg-hover/60",
            )}
          >
            <Dot mark={MARKS[markOfKind(node.kind)] ?? MARKS[0]} />
            <span className="min-w-0 truncate font-medium">{nameOf(node, t)}</span>
            {node.kind !== "self" && (
              <span className="shrink-0 text-soft">{t(`graph.kind.${node.kind}`)}</span>
            )}
            <span className="ml-auto shrink-0 text-soft">
              {t("graph.count.relations", { count: node.degree })}
            </span>
          </button>
        )}
      </LongList>
    </section>
  );
}

/** The arrow keys go from line to line. */
function goOn(event: KeyboardEvent<HTMLButtonElement>) {
  const line = event.currentTarget.parentElement;
  const next =
    event.key === "ArrowDown"
      ? line?.nextElementSibling
      : event.key === "ArrowUp"
        ? line?.previousElementSibling
        : null;
  const button = next?.querySelector("button");
  if (!button) return;
  event.preventDefault();
  button.focus();
}
