import { GraduationCap } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Teaching } from "@/backend";
import { Answered } from "@/shared/ui/Answered";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Button } from "@/shared/ui/Button";
import { fieldLook } from "@/shared/ui/fields";

import { flawOf } from "./phrase";
import { Recordings } from "./Recordings";
import { Training } from "./Training";
import { useTeaching, useTeachingActions, useWakeWordActions } from "./useWakeWords";

/** A wake word of one's own: its phrase, recordings of it, the training, what was measured, and only then its use. */
export function Teach() {
  const { t } = useTranslation();
  const query = useTeaching();
  return (
    <section aria-label={t("teach.title")} className="px-4 py-3.5">
      <h3 className="text-sm font-medium">{t("teach.title")}</h3>
      <p className="mt-0.5 text-[13px] leading-snug text-soft">{t("teach.note")}</p>
      <div className="mt-3">
        <Answered query={query} lines={1}>
          {(teaching) => (teaching ? <Step teaching={teaching} /> : <PhraseForm />)}
        </Answered>
      </div>
    </section>
  );
}

function Step({ teaching }: { teaching: Teaching }) {
  const { phrase, step } = teaching;
  switch (step.name) {
    case "recording":
      return <Recordings teaching={teaching} failure={step.failure} />;
    case "training":
      return <Training phrase={phrase} step={step} />;
    case "measured":
      return <Result phrase={phrase} step={step} />;
  }
}

function PhraseForm() {
  const { t } = useTranslation();
  const { begin } = useTeachingActions();
  const [phrase, setPhrase] = useState("");
  const flaw = flawOf(phrase);
  const wrong = t(flaw ? `teach.flaw.${flaw}` : "teach.flaw.none");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate(phrase);
      }}
    >
      <div className="flex flex-wrap gap-2">
        <input
          aria-label={t("teach.phrase")}
          aria-invalid={flaw !== null}
          aria-describedby="teach-phrase-note"
          placeholder={t("teach.placeholder")}
          autoComplete="off"
          value={phrase}
          onChange={(event) => setPhrase(event.target.value)}
          className={`${fieldLook} min-w-0 flex-1 sm:max-w-72 ${flaw ? "border-danger" : ""}`}
        />
        <BusyButton
          type="submit"
          icon={GraduationCap}
          busy={begin.isPending}
          disabled={begin.isPending || flaw !== null || phrase.trim() === ""}
        >
          {t("teach.begin")}
        </BusyButton>
      </div>
      <p id="teach-phrase-note" role="status" className="mt-1.5 min-h-5 text-[13px] text-soft">
        {wrong}
      </p>
    </form>
  );
}

type Measured = Extract<Teaching["step"], { name: "measured" }>;

/** What was measured in plain words, and whether it may be used. */
function Result({ phrase, step: { measured, word } }: { phrase: string; step: Measured }) {
  const { t, i18n } = useTranslation();
  const { end } = useTeachingActions();
  const { choose } = useWakeWordActions();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <div role="status">
      <p className="text-sm font-medium">{t(word ? "teach.good" : "teach.poor", { phrase })}</p>
      <p className="mt-1 text-[13px] text-soft">
        {t("teach.measured", {
          missed: number.format(measured.missed),
          phrases: number.format(measured.phrases),
          alarms: number.format(measured.false_accepts),
          minutes: number.format(measured.hours * 60),
        })}
      </p>
      {!word && <p className="mt-1 text-[13px] text-soft">{t("teach.poorNote")}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        {word && (
          <Button
            look="solid"
            disabled={choose.isPending}
            onClick={() => choose.mutate(word, { onSuccess: () => end.mutate() })}
          >
            {t("teach.use")}
          </Button>
        )}
        <Button disabled={end.isPending} onClick={() => end.mutate()}>
          {t(word ? "teach.later" : "teach.again")}
        </Button>
      </div>
    </div>
  );
}
