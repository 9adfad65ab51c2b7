import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import type { DocumentContents } from "@/backend";
import { Figures, LeftOutNotes, RemoveDocument } from "@/features/documents/DocumentRow";
import { PassageList } from "@/features/documents/PassageList";
import { useDocument } from "@/features/documents/useDocuments";
import { failureOf, isGone } from "@/shared/failure";
import { Answered, FailureNote } from "@/shared/ui/Answered";
import { Page } from "@/shared/ui/Page";

/** A document as it was read, by its passages. */
export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id = "" } = useParams();
  const query = useDocument(id);
  const known = query.data?.document;
  return (
    <Page
      title={known?.name ?? t("documents.title")}
      aside={
        known && (
          <RemoveDocument
            document={known}
            // At once: what is being removed is not to be read again.
            onRemoved={() => void navigate("/documents", { flushSync: true })}
          />
        )
      }
    >
      <Link
        to="/documents"
        className="-mt-5 mb-5 flex w-fit items-center gap-1.5 rounded text-sm text-soft hover:text-text"
      >
        <ArrowLeft size={15} aria-hidden />
        {t("documents.all")}
      </Link>
      {isGone(query.error) ? (
        <FailureNote failure={failureOf(query.error)} />
      ) : (
        <Answered query={query} lines={10}>
          {(contents) => <Contents key={id} {...contents} />}
        </Answered>
      )}
    </Page>
  );
}

function Contents({ document, passages }: DocumentContents) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const passage = params.get("passage");
  return (
    <>
      <div className="mb-5">
        <Figures document={document} />
        <LeftOutNotes leftOut={document.left_out} />
      </div>
      {passages.length > 0 ? (
        <PassageList
          key={passage}
          passages={passages}
          wanted={passage === null ? undefined : Number(passage)}
        />
      ) : (
        <p className="py-10 text-center text-sm text-soft">{t("documents.empty")}</p>
      )}
    </>
  );
}
