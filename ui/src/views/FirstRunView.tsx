import clsx from "clsx";
import { ArrowLeft, ArrowRight } from "lucide-react";
import { useEffect, useRef, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { DoneStep } from "@/features/firstrun/DoneStep";
import { MachineStep } from "@/features/firstrun/MachineStep";
import { ModelsStep } from "@/features/firstrun/ModelsStep";
import { SoundStep } from "@/features/firstrun/SoundStep";
import { after, before, steps, type Step } from "@/features/firstrun/steps";
import { useFirstRun } from "@/features/firstrun/useFirstRun";
import { VoiceStep } from "@/features/firstrun/VoiceStep";
import { WakeStep } from "@/features/firstrun/WakeStep";
import { useSettings } from "@/features/settings/useSettings";
import { useTitle } from "@/shared/lib/useTitle";
import { Answered } from "@/shared/ui/Answered";
import { Button } from "@/shared/ui/Button";

const BODIES: Record<Step, ComponentType> = {
  welcome: MachineStep,
  sound: SoundStep,
  models: ModelsStep,
  voice: VoiceStep,
  wake: WakeStep,
  done: DoneStep,
};

/** The first minutes with Jarvis, step by step; each can be skipped, and all of it left and gone on with. */
export function Component() {
  const { t } = useTranslation();
  useTitle(t("firstRun.title"));
  const query = useSettings();
  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-2xl flex-col px-5 py-8 sm:px-8 sm:py-12">
        <Answered query={query} lines={10}>
          {() => <Steps />}
        </Answered>
      </div>
    </main>
  );
}

function Steps() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { step, go } = useFirstRun();
  const title = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  const Body = BODIES[step];
  const back = before(step);
  const last = step === "done";
  const leave = () => void navigate("/");

  // A step is a page of its own to whoever hears the window instead of seeing it.
  useEffect(() => {
    if (shown.current !== step) title.current?.focus();
    shown.current = step;
  }, [step]);

  return (
    <>
      <header className="mb-8 flex items-center justify-between gap-6">
        <Places step={step} onGo={go} />
        {!last && (
          <button type="button" className="rounded text-sm text-soft hover:text-text" onClick={leave}>
            {t("firstRun.later")}
          </button>
        )}
      </header>
      <div key={step} className="animate-rise flex-1">
        <h1 ref={title} tabIndex={-1} className="text-3xl font-semibold tracking-tight outline-none">
          {t(`firstRun.step.${step}.title`)}
        </h1>
        <p className="mt-2 mb-8 max-w-prose text-soft">{t(`firstRun.step.${step}.text`)}</p>
        <Body />
      </div>
      <footer className="mt-10 flex items-center justify-between gap-3">
        {back ? (
          <Button look="quiet" onClick={() => go(back)}>
            <ArrowLeft size={16} aria-hidden />
            {t("firstRun.back")}
          </Button>
        ) : (
          <span />
        )}
        {last ? (
          <Button look="solid" onClick={leave}>
            {t("firstRun.start")}
          </Button>
        ) : (
          <span className="flex gap-2">
            {back && (
              <Button look="quiet" onClick={() => go(after(step))}>
                {t("firstRun.skip")}
              </Button>
            )}
            <Button look="solid" onClick={() => go(after(step))}>
              {t("firstRun.next")}
              <ArrowRight size={16} aria-hidden />
            </Button>
          </span>
        )}
      </footer>
    </>
  );
}

/** Where one is; any step can be gone to. */
function Places({ step, onGo }: { step: Step; onGo: (step: Step) => void }) {
  const { t } = useTranslation();
  const at = steps.indexOf(step);
  return (
    <nav aria-label={t("firstRun.steps")}>
      <ol className="flex items-center gap-2">
        {steps.map((one, index) => (
          <li key={one}>
            <button
              type="button"
              aria-label={t(`firstRun.step.${one}.name`)}
              aria-current={one === step ? "step" : undefined}
              title={t(`firstRun.step.${one}.name`)}
              onClick={() => onGo(one)}
              className={clsx(
                "block h-2 rounded-full transition-all",
                one === step ? "w-8 bg-accent" : index < at ? "w-4 bg-accent/50" : "w-4 bg-line",
              )}
            />
          </li>
        ))}
      </ol>
    </nav>
  );
}
