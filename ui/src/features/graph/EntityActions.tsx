import { Merge, Pencil } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Entity, EntityKind, GraphNode } from "@/backend";
import { Button } from "@/shared/ui/Button";
import { fieldLook } from "@/shared/ui/fields";

import { KINDS } from "./colouring";
import { MergeDialog } from "./MergeDialog";
import { useGraphActions } from "./useGraph";

interface EntityActionsProps {
  entity: Entity;
  nodes: readonly GraphNode[];
  /** It is another one's now. */
  onMerged: (id: string) => void;
}

/** Another name, another kind, or that it is the same as another. */
export function EntityActions({ entity, nodes, onMerged }: EntityActionsProps) {
  const { t } = useTranslation();
  const { change } = useGraphActions();
  const [renaming, setRenaming] = useState(false);
  const [merging, setMerging] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const { id, kind } = entity;
  if (renaming) {
    const done = () => {
      setRenaming(false);
      // The button is there again only after that.
      requestAnimationFrame(() => renameButton.current?.focus());
    };
    return (
      <Rename
        name={entity.name}
        busy={change.isPending}
        onCancel={done}
        onSave={(name) =>
          change.mutate(
            { id, name },
            {
              onSuccess: (changed) => {
                done();
                // Another has that name: both were one all along.
                if (changed.id !== id) onMerged(changed.id);
              },
            },
          )
        }
      />
    );
  }
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {/* The person is addressed by no name, and is no other kind. */}
      {kind !== "self" && (
        <>
          <Button ref={renameButton} onClick={() => setRenaming(true)}>
            <Pencil size={15} aria-hidden />
            {t("graph.rename")}
          </Button>
          <select
            aria-label={t("graph.kind.label")}
            className={fieldLook}
            value={kind}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ id, kind: event.target.value as EntityKind })}
          >
            {KINDS.filter((one) => one !== "self").map((one) => (
              <option key={one} value={one}>
                {t(`graph.kind.${one}`)}
              </option>
            ))}
          </select>
        </>
      )}
      <Button onClick={() => setMerging(true)}>
        <Merge size={15} aria-hidden />
        {t("graph.merge.open")}
      </Button>
      <MergeDialog
        open={merging}
        onOpenChange={setMerging}
        entity={entity}
        nodes={nodes}
        onMerged={onMerged}
      />
    </div>
  );
}

interface RenameProps {
  name: string;
  busy: boolean;
  onCancel: () => void;
  onSave: (name: string) => void;
}

function Rename({ name, busy, onCancel, onSave }: RenameProps) {
  const { t } = useTranslation();
  const [next, setNext] = useState(name);
  const ready = /[\p{L}\p{N}]/u.test(next) && next.trim() !== name && !busy;
  return (
    <form
      className="mt-3 flex flex-wrap gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSave(next.trim());
      }}
    >
      <input
        // The person has just asked to write here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={t("graph.name")}
        autoComplete="off"
        maxLength={200}
        className={`${fieldLook} min-w-32 flex-1`}
        value={next}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setNext(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          onCancel();
        }}
      />
      <Button onClick={onCancel}>{t("common.cancel")}</Button>
      <Button type="submit" look="solid" disabled={!ready}>
        {t("memory.save")}
      </Button>
    </form>
  );
}
