import clsx from "clsx";
import { FileText } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatBytes } from "@/shared/lib/format";

interface FileChipProps {
  name: string;
  size: number;
  /** In place of the page that stands for any file. */
  picture?: ReactNode;
  failed?: boolean;
  /** Further lines and buttons. */
  children?: ReactNode;
}

/** A file by its name. Names come from outside: they are text, and cut where they are long. */
export function FileChip({ name, size, picture, failed = false, children }: FileChipProps) {
  const { i18n } = useTranslation();
  return (
    <span
      className={clsx(
        "relative flex h-14 max-w-64 min-w-0 items-center gap-2.5 overflow-hidden rounded-xl border pr-2.5 pl-2",
        failed ? "border-danger/60 bg-danger-soft" : "border-line bg-page",
      )}
    >
      {picture || (
        <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent">
          <FileText size={18} aria-hidden />
        </span>
      )}
      <span className="min-w-0 text-left">
        <span className="block truncate text-[13px] leading-tight font-medium" title={name}>
          {name}
        </span>
        <span className="block text-xs text-soft">{formatBytes(size, i18n.language)}</span>
      </span>
      {children}
    </span>
  );
}
