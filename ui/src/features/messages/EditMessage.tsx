import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/shared/ui/Button";
import { Autosize } from "@/shared/ui/Autosize";

interface EditMessageProps {
  text: string;
  onCancel: () => void;
  onSend: (text: string) => void;
}

/** A sent message opened again; sending it replaces everything behind it. */
export function EditMessage({ text, onCancel, onSend }: EditMessageProps) {
  const { t } = useTranslation();
  const [changed, setChanged] = useState(text);
  const ready = changed.trim() !== "";
  return (
    <div className="w-full rounded-2xl border border-accent bg-raised p-3">
      <Autosize
        // The person has just asked to write here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label={t("messages.edit")}
        value={changed}
        onChange={(event) => setChanged(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            onCancel();
          }
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && ready) {
            event.preventDefault();
            onSend(changed.trim());
          }
        }}
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button look="solid" disabled={!ready} onClick={() => onSend(changed.trim())}>
          {t("composer.send")}
        </Button>
      </div>
    </div>
  );
}
