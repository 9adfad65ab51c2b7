import { FilePlus2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/shared/ui/Button";

import { ENDINGS, read } from "./readings";

/** Opens the system's file picker. */
export function AddDocuments() {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        accept={ENDINGS}
        aria-label={t("documents.choose")}
        data-testid="document-picker"
        onChange={({ currentTarget }) => {
          read([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      <Button look="solid" onClick={() => field.current?.click()}>
        <FilePlus2 size={15} aria-hidden />
        {t("documents.add")}
      </Button>
    </>
  );
}
