import { Mic } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useLive } from "@/shared/live/store";

import { LevelMeter } from "./LevelMeter";
import { TrialButton } from "./TrialButton";
import { useTrial } from "./useTrial";

/** Levels that the loudest moment must have reached to be speech, and to be speech near enough. */
const QUIET = 0.2;
const WELL = 0.45;

type Verdict = "speak" | "well" | "quiet" | "silent";

export function verdictOf(loudest: number, running: boolean): Verdict {
  if (loudest >= WELL) return "well";
  if (running) return "speak";
  return loudest >= QUIET ? "quiet" : "silent";
}

/** Shows how loud the microphone is, and says in the end whether that will do. */
export function MicrophoneTest({ device }: { device: string }) {
  const { t } = useTranslation();
  const trial = useTrial("level", device);
  const { running } = trial;
  const level = useLive((live) => live.level);
  const [loudest, setLoudest] = useState<number | null>(null);
  useEffect(() => {
    if (!running) return;
    return useLive.subscribe((live) => setLoudest((before) => Math.max(before ?? 0, live.level)));
  }, [running]);

  return (
    <div className="flex flex-col gap-2 px-4 py-3.5">
      <div className="flex items-center gap-4">
        <TrialButton
          trial={trial}
          icon={Mic}
          beginLabel={t("sound.tryMicrophone")}
          endLabel={t("sound.stopMicrophone")}
          onBegin={() => setLoudest(null)}
        />
        <LevelMeter level={running ? level : 0} />
      </div>
      <p role="status" className="min-h-5 text-[13px] text-soft">
        {running || loudest !== null
          ? t(`sound.verdict.${verdictOf(loudest ?? 0, running)}`)
          : t("sound.microphoneNote")}
      </p>
    </div>
  );
}
