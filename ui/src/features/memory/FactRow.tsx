import clsx from "clsx";
import { Pencil, Pin, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Fact } from "@/backend";
import { formatClock, formatDay } from "@/shared/lib/format";
import { IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";

import { FactEditor } from "./FactEditor";
import { useFactActions } from "./useMemory";

interface FactRowProps {
  fact: Fact;
  /** Whether the day is not said elsewhere. */
  dated: boolean;
  /** The fact that took its place. */
  next?: Fact | undefined;
  /** Whether it is what was looked for. */
  current?: boolean;
  editing: boolean;
  onEdit: (id: string | null) => void;
}

/** A fact: what it says, where it is from, and what can be done with it. */
export function FactRow({ fact, dated, next, current = false, editing, onEdit }: FactRowProps) {
  const { t } = useTranslation();
  const { change, pin, forgetFact } = useFactActions();
  const past = Boolean(fact.valid_to);
  const editButton = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(editing);
  useEffect(() => {
    if (wasEditing.current && !editing) editButton.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  if (editing) {
    return (
      <FactEditor
        text={fact.text}
        changeable={!past}
        busy={change.isPending}
        onCancel={() => onEdit(null)}
        onSave={(text, how) => {
          const changed = how === "changed";
          // What is always brought to mind stays so in its new words.
          const pinned = changed && fact.pinned ? { pinned: true } : {};
          change.mutate(
            { id: fact.id, text, supersede: changed, ...pinned },
            { onSuccess: () => onEdit(null) },
          );
        }}
      />
    );
  }
  return (
    <article
      aria-label={fact.text}
      aria-current={current || undefined}
      className={clsx("group px-4 py-3", current && "rounded-[inherit] bg-accent-soft/60")}
    >
      <p className={clsx("text-[15px] wrap-anywhere whitespace-pre-wrap", past && "text-soft line-through")}>
        {fact.text}
      </p>
      {past && <Ended fact={fact} next={next} />}
      <div className="mt-0.5 flex items-center gap-3">
        <Origin fact={fact} dated={dated} />
        <div className="-my-1 -mr-2 ml-auto flex shrink-0">
          <IconButton
            ref={editButton}
            label={t("memory.edit")}
            small
            className={under}
            onClick={() => onEdit(fact.id)}
          >
            <Pencil size={15} />
          </IconButton>
          <Confirm
            title={t("memory.forgetTitle")}
            text={t("memory.forgetText", { text: fact.text })}
            action={t("memory.forget")}
            onConfirm={() => forgetFact.mutate(fact)}
          >
            <IconButton label={t("memory.forget")} small className={under}>
              <Trash2 size={15} />
            </IconButton>
          </Confirm>
          {!past && (
            <IconButton
              label={fact.pinned ? t("memory.unpin") : t("memory.pin")}
              small
              className={fact.pinned ? "text-accent!" : under}
              onClick={() => pin.mutate(fact)}
            >
              <Pin size={15} fill={fact.pinned ? "currentColor" : "none"} />
            </IconButton>
          )}
        </div>
      </div>
    </article>
  );
}

/** Shown under the pointer and the focus alone, where there is a pointer. */
const under =
  "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100";

function Ended({ fact, next }: { fact: Fact; next: Fact | undefined }) {
  const { t, i18n } = useTranslation();
  if (!fact.valid_to) return null;
  const day = formatDay(fact.valid_to, i18n.language, new Date());
  return (
    <p className="mt-0.5 text-[13px] wrap-anywhere">
      {next ? t("memory.untilThen", { day, text: next.text }) : t("memory.until", { day })}
    </p>
  );
}

/** When it was told, and where, if that is kept. */
function Origin({ fact, dated }: { fact: Fact; dated: boolean }) {
  const { t, i18n } = useTranslation();
  const day = dated ? formatDay(fact.valid_from, i18n.language, new Date()) : null;
  const when = [day, formatClock(fact.valid_from, i18n.language)].filter(Boolean).join(", ");
  return (
    <p className="min-w-0 text-[13px] wrap-anywhere text-soft">
      {when}
      {fact.told_in && (
        <>
          {" · "}
          {t(fact.noted ? "memory.from.noted" : "memory.from.in")}{" "}
          <Link
            to={`/c/${fact.told_in.conversation}`}
            className="rounded underline underline-offset-2 hover:text-text"
          >
            {fact.told_in.title || t("conversations.untitled")}
          </Link>
        </>
      )}
    </p>
  );
}
