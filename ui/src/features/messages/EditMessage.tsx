import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Attachment } from "@/backend";
import { FileChip } from "@/features/attachments/FileChip";
import { Thumbnail } from "@/features/attachments/Thumbnail";
import { isImage } from "@/features/attachments/uploads";
import { Button, IconButton } from "@/shared/ui/Button";
import { Autosize } from "@/shared/ui/Autosize";

interface EditMessageProps {
  text: string;
  attachments: Attachment[];
  onCancel: () => void;
  /** Says whether it was accepted; if not, it can be changed and sent again. */
  onSend: (text: string, attachments: Attachment[]) => Promise<boolean>;
}

/** A sent message opened again; sending it replaces everything behind it. */
export function EditMessage({ text, attachments, onCancel, onSend }: EditMessageProps) {
  const { t } = useTranslation();
  const [changed, setChanged] = useState(text);
  const [kept, setKept] = useState(attachments);
  const [sending, setSending] = useState(false);
  const ready = (changed.trim() !== "" || kept.length > 0) && !sending;
  const send = async () => {
    setSending(true);
    if (!(await onSend(changed.trim(), kept))) setSending(false);
  };
  return (
    <div className="w-full rounded-2xl border border-accent bg-raised p-3">
      {kept.length > 0 && (
        <ul aria-label={t("attachments.title")} className="mb-3 flex flex-wrap gap-2">
          {kept.map((one) => (
            <li key={one.id} className="max-w-full min-w-0">
              <FileChip
                name={one.name}
                size={one.size_bytes}
                picture={
                  isImage(one.media_type) && (
                    <Thumbnail id={one.id} name="" className="size-10 shrink-0 rounded-lg" />
                  )
                }
              >
                <IconButton
                  label={t("attachments.remove", { name: one.name })}
                  small
                  onClick={() => setKept(kept.filter((other) => other !== one))}
                >
                  <X size={15} />
                </IconButton>
              </FileChip>
            </li>
          ))}
        </ul>
      )}
      <Autosize
        // The person has just asked to write here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={t("messages.edit")}
        value={changed}
        readOnly={sending}
        onChange={(event) => setChanged(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            onCancel();
          }
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && ready) {
            event.preventDefault();
            void send();
          }
        }}
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button look="solid" disabled={!ready} onClick={() => void send()}>
          {t("composer.send")}
        </Button>
      </div>
    </div>
  );
}
