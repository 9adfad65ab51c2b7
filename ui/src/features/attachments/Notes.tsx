import { EyeOff } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AttachmentNote } from "@/backend";

/** What the model was not given whole, said to whoever reads its answer. */
export function Notes({ notes }: { notes: AttachmentNote[] }) {
  const { t } = useTranslation();
  return notes.map(({ attachment, name, limited }) => (
    <p key={attachment} className="mt-2 flex items-center gap-1.5 text-sm text-soft">
      <EyeOff size={14} aria-hidden className="shrink-0" />
      <span className="wrap-anywhere">{t(`attachments.limited.${limited}`, { name })}</span>
    </p>
  ));
}
