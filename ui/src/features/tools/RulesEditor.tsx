import { CircleAlert, RotateCcw, Save } from "lucide-react";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Problem, Rules } from "@/backend";
import { Answered } from "@/shared/ui/Answered";
import { BusyButton } from "@/shared/ui/BusyButton";
import { Confirm } from "@/shared/ui/Dialog";
import { Button } from "@/shared/ui/Button";
import { Section } from "@/shared/ui/Page";

import { offsetOf, placeOf } from "./catalogue";
import { useRuleActions, useRules } from "./useTools";

/** The rules: to be read, changed, and had as they ship. */
export function RulesEditor() {
  const { t } = useTranslation();
  return (
    <Section title={t("toolbox.rules.title")} note={t("toolbox.rules.note")}>
      <Answered query={useRules()} lines={8}>
        {(rules) => <Editor rules={rules} />}
      </Answered>
    </Section>
  );
}

function Editor({ rules }: { rules: Rules }) {
  const { t } = useTranslation();
  const { save, reset } = useRuleActions();
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const told = useId();
  const text = draft ?? rules.text;
  const changed = text !== rules.text;
  const forget = () => {
    setDraft(null);
    setProblem(null);
  };

  const submit = () =>
    save.mutate(text, {
      onSuccess: (wrong) => {
        if (!wrong) return forget();
        setProblem(wrong);
        const place = placeOf(wrong.message);
        const element = field.current;
        if (!element) return;
        element.focus();
        if (place) element.setSelectionRange(offsetOf(text, place), offsetOf(text, place) + 1);
      },
    });

  return (
    <div className="p-4">
      <p className="text-sm">
        {t(rules.own ? "toolbox.rules.own" : "toolbox.rules.shipped", { file: rules.file })}
      </p>
      {rules.problem && <Wrong title={t("toolbox.rules.broken")} text={rules.problem} />}
      <textarea
        ref={field}
        aria-label={t("toolbox.rules.title")}
        aria-invalid={problem !== null}
        aria-describedby={problem ? told : undefined}
        spellCheck={false}
        autoCapitalize="off"
        rows={16}
        value={text}
        onChange={(event) => setDraft(event.target.value)}
        className="mt-3 block w-full resize-y rounded-lg border border-line bg-code p-3 font-mono text-[13px] leading-relaxed aria-invalid:border-danger"
      />
      {problem && (
        <Wrong id={told} title={t("toolbox.rules.refused")} text={problem.message} note={problem.remedy} />
      )}
      <div className="mt-3 flex flex-wrap justify-end gap-2">
        {rules.own && (
          <Confirm
            title={t("toolbox.rules.resetTitle")}
            text={t("toolbox.rules.resetText")}
            action={t("toolbox.rules.reset")}
            onConfirm={() => reset.mutate(undefined, { onSuccess: forget })}
          >
            <Button className="mr-auto">
              <RotateCcw size={15} aria-hidden />
              {t("toolbox.rules.reset")}
            </Button>
          </Confirm>
        )}
        <Button disabled={!changed} onClick={forget}>
          {t("toolbox.rules.discard")}
        </Button>
        <BusyButton
          icon={Save}
          look="solid"
          busy={save.isPending}
          disabled={!changed || save.isPending}
          onClick={submit}
        >
          {t("toolbox.rules.save")}
        </BusyButton>
      </div>
      <details className="mt-4 text-sm">
        <summary className="w-fit rounded text-soft underline decoration-soft/40 underline-offset-4 hover:text-text">
          {t("toolbox.rules.constitution")}
        </summary>
        <pre
          // The keyboard must be able to scroll it.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="mt-2 max-h-96 overflow-auto rounded-lg bg-code p-3 font-mono text-xs leading-relaxed"
        >
          {rules.constitution}
        </pre>
      </details>
    </div>
  );
}

interface WrongProps {
  id?: string;
  title: string;
  text: string;
  note?: string;
}

function Wrong({ id, title, text, note }: WrongProps) {
  return (
    <div id={id} role="alert" className="mt-3 flex gap-3 rounded-xl bg-danger-soft p-4 text-sm">
      <CircleAlert size={18} className="mt-0.5 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p lang="en" className="mt-1 font-mono text-[13px] wrap-anywhere whitespace-pre-wrap">
          {text}
        </p>
        {note && <p className="mt-1 text-soft">{note}</p>}
      </div>
    </div>
  );
}
