import { X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Answered } from "@/shared/ui/Answered";
import { IconButton } from "@/shared/ui/Button";

import { RelationList } from "./RelationList";
import { useAnswers } from "./useGraph";

interface AnswersProps {
  question: string;
  onSelect: (id: string) => void;
  onClose: () => void;
}

/** What the graph answers a question. */
export function Answers({ question, onSelect, onClose }: AnswersProps) {
  const { t } = useTranslation();
  const query = useAnswers(question);
  return (
    <section aria-label={t("graph.ask.answers")}>
      <div className="flex items-start justify-between gap-2">
        <h2 className="text-base font-semibold wrap-anywhere">{question}</h2>
        <IconButton label={t("graph.ask.close")} small onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <Answered query={query} lines={3}>
        {(answers) => (
          <div role="status">
            {answers.length > 0 ? (
              <RelationList label={t("graph.ask.answers")} relations={answers} onSelect={onSelect} />
            ) : (
              <>
                <p className="mt-2 text-sm">{t("graph.ask.nothing")}</p>
                <p className="mt-1 text-sm text-soft">{t("graph.ask.nothingNote")}</p>
              </>
            )}
          </div>
        )}
      </Answered>
    </section>
  );
}
