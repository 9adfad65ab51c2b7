import { Merge } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Entity, GraphNode, Named } from "@/backend";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";

import { EntityPicker } from "./EntityPicker";
import { nameOf } from "./sentence";
import { useGraphActions } from "./useGraph";

interface MergeDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  entity: Entity;
  nodes: readonly GraphNode[];
  onMerged: (id: string) => void;
}

/** Makes one entity of two that are the same. */
export function MergeDialog({ open, onOpenChange, ...rest }: MergeDialogProps) {
  const { t } = useTranslation();
  const title = t("graph.merge.title", { name: nameOf(rest.entity, t) });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <Steps {...rest} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

type StepsProps = Omit<MergeDialogProps, "open" | "onOpenChange"> & { onDone: () => void };

function Steps({ entity, nodes, onMerged, onDone }: StepsProps) {
  const { t } = useTranslation();
  const { merge } = useGraphActions();
  const [other, setOther] = useState<Named | null>(null);
  if (other === null) {
    return (
      // Room for what is found.
      <div className="min-h-80">
        <p className="mb-3 text-sm text-soft">{t("graph.merge.note")}</p>
        <EntityPicker
          nodes={nodes}
          without={entity.id}
          label={t("graph.merge.find")}
          focused
          onPick={setOther}
        />
      </div>
    );
  }
  // The person stays the person.
  const [keep, gone] = entity.kind === "self" ? [entity, other] : [other, entity];
  return (
    <>
      <p className="text-sm">{t("graph.merge.confirm", { gone: nameOf(gone, t), keep: nameOf(keep, t) })}</p>
      <div className="mt-6 flex justify-end gap-2">
        <Button
          // What had the focus is gone.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          onClick={() => setOther(null)}
        >
          {t("graph.merge.back")}
        </Button>
        <Button
          look="danger"
          // Nobody looks any more at the one that goes, when it goes.
          onClick={() => {
            onDone();
            onMerged(keep.id);
            merge.mutate({ keep: keep.id, merge: gone.id });
          }}
        >
          <Merge size={15} aria-hidden />
          {t("graph.merge.action")}
        </Button>
      </div>
    </>
  );
}
