import { FileText, Trash2, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { LeftOut, StoredDocument } from "@/backend";
import { formatBytes, formatDay, formatFigures, formatList } from "@/shared/lib/format";
import { IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";

import { useRemoveDocument } from "./useDocuments";

export function DocumentRow({ document }: { document: StoredDocument }) {
  return (
    <article aria-label={document.name} className="flex items-start gap-3 px-4 py-3.5">
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent">
        <FileText size={18} aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="text-sm font-medium">
          <Link
            to={`/documents/${document.id}`}
            title={document.name}
            className="block truncate rounded hover:underline"
          >
            {document.name}
          </Link>
        </h2>
        <Figures document={document} />
        <LeftOutNotes leftOut={document.left_out} />
      </div>
      <RemoveDocument document={document} />
    </article>
  );
}

/** Pages, passages, size and day. */
export function Figures({ document }: { document: StoredDocument }) {
  const { t, i18n } = useTranslation();
  const { pages, chunk_count, size_bytes, added_at } = document;
  return (
    <p className="mt-0.5 text-[13px] text-soft">
      {formatFigures([
        pages != null && t("documents.pages", { count: pages }),
        t("memory.count.passages", { count: chunk_count }),
        formatBytes(size_bytes, i18n.language),
        formatDay(added_at, i18n.language, new Date()),
      ])}
    </p>
  );
}

/** What was not read of it. */
export function LeftOutNotes({ leftOut }: { leftOut: LeftOut[] }) {
  const { t, i18n } = useTranslation();
  const broken = leftOut.flatMap((one) => (one.what === "page" ? [one.page] : []));
  const rest = leftOut.find((one) => one.what === "rest");
  const notes = [
    broken.length > 0 &&
      t("documents.leftOut.page", {
        count: broken.length,
        pages: formatList(broken.map(String), i18n.language),
      }),
    rest &&
      (rest.pages == null ? t("documents.leftOut.long") : t("documents.leftOut.rest", { count: rest.pages })),
  ].filter((note): note is string => Boolean(note));
  return notes.map((note) => (
    <p key={note} className="mt-1 flex items-start gap-1.5 text-[13px] text-warn">
      <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
      {note}
    </p>
  ));
}

interface RemoveDocumentProps {
  document: StoredDocument;
  onRemoved?: () => void;
}

export function RemoveDocument({ document, onRemoved }: RemoveDocumentProps) {
  const { t } = useTranslation();
  const remove = useRemoveDocument();
  const { name } = document;
  return (
    <Confirm
      title={t("documents.removeTitle", { name })}
      text={t("documents.removeText")}
      action={t("documents.remove")}
      onConfirm={() => {
        onRemoved?.();
        remove.mutate(document);
      }}
    >
      <IconButton label={t("documents.removeNamed", { name })} className="-mr-1.5">
        <Trash2 size={16} />
      </IconButton>
    </Confirm>
  );
}
