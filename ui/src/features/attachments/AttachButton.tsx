import { Paperclip } from "lucide-react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/shared/ui/Button";
import { FilePicker } from "@/shared/ui/FilePicker";

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation();
  return (
    <FilePicker label={t("attachments.choose")} testId="file-picker" onFiles={onFiles}>
      {(open) => (
        <IconButton label={t("attachments.add")} round onClick={open}>
          <Paperclip size={17} />
        </IconButton>
      )}
    </FilePicker>
  );
}
