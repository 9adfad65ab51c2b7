import { Square } from "lucide-react";
import { Progress } from "radix-ui";
import { useTranslation } from "react-i18next";

import type { Teaching } from "@/backend";
import { Button } from "@/shared/ui/Button";

import { useTeachingActions } from "./useWakeWords";

type TrainingStep = Extract<Teaching["step"], { name: "training" }>;

/** How far the training is. It goes on where the page is left. */
export function Training({ phrase, step: { stage, done, of } }: { phrase: string; step: TrainingStep }) {
  const { t } = useTranslation();
  const { stop } = useTeachingActions();
  const share = of > 0 ? Math.min(1, done / of) : 0;
  return (
    <div>
      <p role="status" className="text-sm">
        {t(`teach.stage.${stage}`, { phrase })}
      </p>
      <div className="mt-2.5 flex flex-wrap items-center gap-3">
        <Progress.Root
          value={Math.round(share * 100)}
          aria-label={t("teach.progress", { phrase })}
          className="h-1.5 min-w-40 flex-1 overflow-hidden rounded-full bg-hover"
        >
          <Progress.Indicator
            className="h-full rounded-full bg-accent transition-all"
            style={{ width: `${share * 100}%` }}
          />
        </Progress.Root>
        <Button disabled={stop.isPending} onClick={() => stop.mutate()}>
          <Square size={13} fill="currentColor" aria-hidden />
          {t("teach.stop")}
        </Button>
      </div>
      <p className="mt-1.5 text-[13px] text-soft">{t("teach.minutes")}</p>
    </div>
  );
}
