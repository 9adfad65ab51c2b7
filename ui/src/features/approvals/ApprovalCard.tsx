import { TriangleAlert } from "lucide-react";
import { AlertDialog } from "radix-ui";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Consent } from "@/backend";
import { RiskMark } from "@/features/guard/RiskMark";
import { Undoable } from "@/features/guard/Undoable";
import { taintWords } from "@/features/guard/taints";
import { visible } from "@/features/guard/visible";
import type { OpenQuestion } from "@/shared/live/approvals";
import { Button } from "@/shared/ui/Button";

import { Countdown } from "./Countdown";
import { StopButton } from "./StopEverything";
import { useAnswer } from "./useApprovals";

/**
 * What is pressed so soon after the card has come, or after other keys, was meant for what was there before. Escape says
 * no and is always taken.
 */
export const CALM_MS = 400;

interface ApprovalCardProps {
  question: OpenQuestion;
  /** How many more wait behind it. */
  waiting: number;
}

/** One question: exactly what would happen, on whose wish, and what it may come from. */
export function ApprovalCard({ question, waiting }: ApprovalCardProps) {
  const { t } = useTranslation();
  const { id, words } = question;
  const { mutate, isPending } = useAnswer();
  const card = useRef<HTMLDivElement>(null);
  const no = useRef<HTMLButtonElement>(null);
  /** What had the focus before the first question. */
  const before = useRef<Element | null>(null);
  // Which question "always" is being asked about: never the next one.
  const [alwaysOf, setAlwaysOf] = useState<string | null>(null);
  const always = alwaysOf === id;
  const tainted = question.tainted_by.length > 0;
  const [warning, scope] = [useId(), useId()];
  const calm = useCalm(`${id} ${always}`);
  const answer = (consent: Consent) => mutate({ id, consent });
  // The button that is seen first is never the one that can do great harm.
  const grave = question.risk === "high" || question.risk === "critical";
  const [yes, refusal] = grave ? (["plain", "solid"] as const) : (["solid", "plain"] as const);

  // The next question, or the second step, begins at No like the first.
  useEffect(() => {
    const at = document.activeElement;
    if (at === document.body || card.current?.contains(at)) no.current?.focus();
  }, [id, always]);

  return (
    <AlertDialog.Content
      ref={card}
      // The words of the question are added by themselves.
      aria-describedby={[tainted && warning, always && scope].filter(Boolean).join(" ")}
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        before.current = document.activeElement;
        no.current?.focus();
      }}
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        if (before.current instanceof HTMLElement) before.current.focus();
      }}
      onKeyDownCapture={calm.press}
      onEscapeKeyDown={(event) => {
        event.preventDefault();
        if (always) setAlwaysOf(null);
        else if (!isPending) answer("no");
      }}
      className="animate-rise fixed top-1/2 left-1/2 z-60 flex max-h-[90vh] w-[min(34rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col rounded-2xl border border-line bg-raised shadow-2xl"
    >
      <div className="min-h-0 overflow-y-auto p-5 pb-4 sm:p-6 sm:pb-4">
        <div className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <AlertDialog.Title className="text-lg leading-snug font-semibold">
              {t("approvals.title")}
            </AlertDialog.Title>
            <p className="mt-0.5 text-sm text-soft">{t(`guard.origin.${question.origin}`)}</p>
          </div>
          <Countdown until={question.until} of={question.seconds} />
        </div>
        <AlertDialog.Description
          dir="auto"
          className="mt-4 rounded-xl bg-code px-4 py-3 text-[15px] wrap-anywhere whitespace-pre-wrap"
        >
          {visible(words)}
        </AlertDialog.Description>
        <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 text-[13px] text-soft">
          <RiskMark risk={question.risk} />
          <Undoable undoable={question.undoable} />
        </div>
        {tainted && <Warning id={warning} question={question} />}
        <div role="status">
          {always && (
            <p id={scope} className="mt-4 text-sm">
              {t("approvals.alwaysMeans")}
              <span dir="auto" className="mt-1 block font-medium wrap-anywhere">
                {visible(question.always ?? "")}
              </span>
            </p>
          )}
        </div>
        <p className="mt-4 text-xs wrap-anywhere text-soft">
          {t("approvals.why", { tool: question.tool, rule: question.rule })}
        </p>
      </div>
      <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-4 sm:px-6">
        <StopButton className="mr-auto" />
        {always ? (
          <>
            <Button ref={no} look={refusal} onClick={() => setAlwaysOf(null)}>
              {t("approvals.back")}
            </Button>
            <Button look={yes} disabled={isPending || !calm.reached} onClick={() => answer("always")}>
              {t("approvals.alwaysConfirm")}
            </Button>
          </>
        ) : (
          <>
            <Button ref={no} look={refusal} disabled={isPending} onClick={() => answer("no")}>
              {t("approvals.no")}
            </Button>
            {question.always != null && (
              <Button disabled={isPending || !calm.reached} onClick={() => setAlwaysOf(id)}>
                {t("approvals.always")}
              </Button>
            )}
            <Button look={yes} disabled={isPending || !calm.reached} onClick={() => answer("once")}>
              {t("approvals.once")}
            </Button>
          </>
        )}
      </div>
      <p role="status" className={waiting > 0 ? "px-6 pb-4 text-right text-[13px] text-soft" : "sr-only"}>
        {waiting > 0 && t("approvals.waiting", { count: waiting })}
      </p>
    </AlertDialog.Content>
  );
}

/** That a stranger's text may have asked for it. */
function Warning({ id, question: { tainted_by, origin } }: { id: string; question: OpenQuestion }) {
  const { t, i18n } = useTranslation();
  return (
    <div id={id} className="mt-4 flex gap-2.5 rounded-xl border border-warn/50 px-4 py-3 text-sm">
      <TriangleAlert size={17} className="mt-0.5 shrink-0 text-warn" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">
          {t("approvals.tainted", { sources: taintWords(tainted_by, t, i18n.language) })}
        </p>
        <p className="mt-0.5 text-soft">
          {t(origin === "person" ? "approvals.taintedPerson" : "approvals.taintedNote")}
        </p>
      </div>
    </div>
  );
}

/** Whether the person has had the time to see what `of` is, and is not in the middle of typing something else. */
function useCalm(of: string) {
  const [reached, setReached] = useState<string | null>(null);
  const since = useRef(0);
  useEffect(() => {
    since.current = Date.now();
    const timer = setTimeout(() => setReached(of), CALM_MS);
    return () => clearTimeout(timer);
  }, [of]);
  const press = (event: KeyboardEvent) => {
    const presses = event.key === "Enter" || event.key === " ";
    const types = event.key.length === 1;
    const now = Date.now();
    if (presses && now - since.current < CALM_MS) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (presses || types) since.current = now;
  };
  return { reached: reached === of, press };
}
