import { Library } from "lucide-react";
import { useTranslation } from "react-i18next";

import { AddDocuments } from "@/features/documents/AddDocuments";
import { DocumentRow } from "@/features/documents/DocumentRow";
import { read } from "@/features/documents/readings";
import { ReadingList } from "@/features/documents/ReadingList";
import { useDocuments } from "@/features/documents/useDocuments";
import { Answered } from "@/shared/ui/Answered";
import { DropZone } from "@/shared/ui/DropZone";
import { Page } from "@/shared/ui/Page";

/** What Jarvis has read. */
export function Component() {
  const { t } = useTranslation();
  const query = useDocuments();
  return (
    <div className="relative h-full">
      <DropZone title={t("documents.drop")} note={t("documents.accepted")} onFiles={read} />
      <Page title={t("documents.title")} aside={<AddDocuments />}>
        <p className="-mt-5 mb-6 text-sm text-soft">{t("documents.note")}</p>
        <ReadingList />
        <Answered query={query}>
          {(documents) =>
            documents.length > 0 ? (
              <div className="divide-y divide-line rounded-2xl border border-line bg-raised">
                {documents.map((document) => (
                  <DocumentRow key={document.id} document={document} />
                ))}
              </div>
            ) : (
              <div className="rounded-2xl border-2 border-dashed border-line px-6 py-14 text-center">
                <Library size={30} className="mx-auto text-soft" aria-hidden />
                <p className="mt-3 font-medium">{t("documents.none")}</p>
                <p className="mx-auto mt-1 max-w-sm text-sm text-soft">{t("documents.noneNote")}</p>
                <p className="mx-auto mt-3 max-w-sm text-[13px] text-soft">{t("documents.accepted")}</p>
              </div>
            )
          }
        </Answered>
      </Page>
    </div>
  );
}
