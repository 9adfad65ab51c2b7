import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { WakeWord } from "@/backend";
import { Answered } from "@/shared/ui/Answered";
import { Button, IconButton } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Dialog";

import { Teach } from "./Teach";
import { useWakeWordActions, useWakeWords } from "./useWakeWords";

/** Which wake words there are, the one that is listened for, and teaching one. */
export function WakeWords() {
  const { t } = useTranslation();
  const query = useWakeWords();
  return (
    <>
      <section aria-label={t("wakeWords.title")} className="px-4 py-3.5">
        <h3 className="text-sm font-medium">{t("wakeWords.title")}</h3>
        <p className="mt-0.5 text-[13px] leading-snug text-soft">{t("wakeWords.note")}</p>
        <Answered query={query} lines={2}>
          {(words) => (
            <ul className="mt-2 divide-y divide-line">
              {words.map((word) => (
                <Word key={word.id} word={word} />
              ))}
            </ul>
          )}
        </Answered>
      </section>
      <Teach />
    </>
  );
}

function Word({ word: { id, phrase, origin, licence, note, there, in_use } }: { word: WakeWord }) {
  const { t } = useTranslation();
  const { choose, remove } = useWakeWordActions();
  const facts = [t(`wakeWords.origin.${origin}`), licence, !there && t("wakeWords.notThere")];
  return (
    <li className="flex gap-x-6 gap-y-2 py-2.5 max-sm:flex-col sm:items-center">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {t("wakeWords.quoted", { phrase })}
          {in_use && (
            <span className="rounded-full bg-accent-soft px-2 py-0.5 text-[11px] font-medium text-accent">
              {t("wakeWords.inUse")}
            </span>
          )}
        </p>
        <p className="mt-0.5 text-[13px] text-soft">{facts.filter(Boolean).join(" · ")}</p>
        {note && <p className="mt-0.5 text-[13px] text-soft">{note}</p>}
      </div>
      <div className="flex items-center gap-1">
        {there && !in_use && (
          <Button
            disabled={choose.isPending}
            onClick={() => choose.mutate(id)}
            aria-label={t("wakeWords.useNamed", { phrase })}
          >
            {t("wakeWords.use")}
          </Button>
        )}
        {origin === "taught" && (
          <Confirm
            title={t("wakeWords.removeTitle", { phrase })}
            text={t(in_use ? "wakeWords.removeUsed" : "wakeWords.removeText")}
            action={t("wakeWords.remove")}
            onConfirm={() => remove.mutate(id)}
          >
            <IconButton label={t("wakeWords.removeNamed", { phrase })}>
              <Trash2 size={16} />
            </IconButton>
          </Confirm>
        )}
      </div>
    </li>
  );
}
