import { Route, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { GraphNode, Named } from "@/backend";
import { Answered } from "@/shared/ui/Answered";
import { Button, IconButton } from "@/shared/ui/Button";

import { EntityPicker } from "./EntityPicker";
import { RelationList } from "./RelationList";
import { nameOf } from "./sentence";
import { usePath } from "./useGraph";

interface PathFinderProps {
  from: Named;
  nodes: readonly GraphNode[];
  to: string | null;
  onTo: (id: string | null) => void;
  onSelect: (id: string) => void;
}

/** How an entity is connected with another: the relations from one to the other. */
export function PathFinder({ from, nodes, to, onTo, onSelect }: PathFinderProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(to !== null);
  const query = usePath(from.id, to);
  const other = nodes.find(({ id }) => id === to);
  if (!asking) {
    return (
      <Button className="mt-2" onClick={() => setAsking(true)}>
        <Route size={15} aria-hidden />
        {t("graph.path.open")}
      </Button>
    );
  }
  const names = { from: nameOf(from, t), to: other ? nameOf(other, t) : "" };
  return (
    <section aria-label={t("graph.path.title")} className="mt-3 rounded-xl border border-line bg-page p-3">
      <div className="mb-2 flex items-center justify-between gap-2">
        <h3 className="text-sm font-medium">
          {other ? t("graph.path.between", names) : t("graph.path.title")}
        </h3>
        <IconButton
          label={t("graph.path.close")}
          small
          onClick={() => {
            setAsking(false);
            onTo(null);
          }}
        >
          <X size={15} />
        </IconButton>
      </div>
      <EntityPicker
        nodes={nodes}
        without={from.id}
        label={t("graph.path.find")}
        focused
        onPick={({ id }) => onTo(id)}
      />
      {to !== null && (
        <div className="mt-2">
          <Answered query={query} lines={2}>
            {(relations) =>
              relations.length > 0 ? (
                <RelationList
                  label={t("graph.path.between", names)}
                  relations={relations}
                  onSelect={onSelect}
                />
              ) : (
                <p role="status" className="py-2 text-sm text-soft">
                  {t("graph.path.none")}
                </p>
              )
            }
          </Answered>
        </div>
      )}
    </section>
  );
}
