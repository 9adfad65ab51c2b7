import { FilePlus2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "@/shared/ui/Button";
import { FilePicker } from "@/shared/ui/FilePicker";

import { ENDINGS, read } from "./readings";

export function AddDocuments() {
  const { t } = useTranslation();
  return (
    <FilePicker label={t("documents.choose")} testId="document-picker" accept={ENDINGS} onFiles={read}>
      {(open) => (
        <Button look="solid" onClick={open}>
          <FilePlus2 size={15} aria-hidden />
          {t("documents.add")}
        </Button>
      )}
    </FilePicker>
  );
}
