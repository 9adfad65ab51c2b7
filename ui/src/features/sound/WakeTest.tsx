import clsx from "clsx";
import { Check, Ear } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChangeSetting, useSetting } from "@/features/settings/useSettings";
import { useLive } from "@/shared/live/store";
import { Button } from "@/shared/ui/Button";

import { LevelMeter } from "./LevelMeter";
import { TrialButton } from "./TrialButton";
import { useTrial } from "./useTrial";
import { adviceFor, advisedThreshold } from "./wake";

interface WakeTestProps {
  /** How often it must be heard. */
  goal: number;
}

/** "Say it three times": counts what would wake Jarvis, how sure it was, and what to make of that. */
export function WakeTest({ goal }: WakeTestProps) {
  const { t, i18n } = useTranslation();
  const device = useSetting("audio.input");
  const threshold = useSetting("wake.threshold");
  const trial = useTrial("wake", typeof device === "string" ? device : "default");
  const { running, starting, end } = trial;
  const hits = useLive((live) => live.hits);
  const level = useLive((live) => live.level);
  const [begun, setBegun] = useState(false);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const known = typeof threshold === "number" ? threshold : 0.5;
  const lookedAt = useSetting("wake.second_look") !== false;
  const heard = begun ? hits : [];
  const advice = begun && !starting ? adviceFor(heard, known, goal, !running, lookedAt ? 0.5 : known) : null;
  const advised = advice && advice !== "good" ? advisedThreshold(advice, known, lookedAt) : known;
  // Where no more sensitivity does good.
  const said = advice === "moreSensitive" && advised === known ? "nearer" : advice;

  // Enough was heard: the microphone goes back to what it was for.
  const enough = running && heard.length >= goal;
  useEffect(() => {
    if (enough) end();
  }, [enough, end]);

  return (
    <div className="flex flex-col gap-3 px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <TrialButton
          trial={trial}
          icon={Ear}
          beginLabel={t("wake.begin")}
          endLabel={t("wake.stop")}
          onBegin={() => setBegun(true)}
        />
        <ol aria-label={t("wake.heard")} className="flex gap-2.5">
          {Array.from({ length: Math.max(goal, heard.length) }, (_, index) => (
            <Hit
              key={index}
              score={heard[index]}
              percent={percent}
              next={running && index === heard.length}
            />
          )).slice(-6)}
        </ol>
        {running && (
          <div className="min-w-32 flex-1">
            <LevelMeter level={level} />
          </div>
        )}
      </div>
      <p role="status" className="min-h-5 text-[13px] text-soft">
        {said ? t(`wake.advice.${said}`) : t(running ? "wake.say" : "wake.note", { count: goal })}
      </p>
      {advised !== known && <Advised threshold={advised} known={known} />}
    </div>
  );
}

interface HitProps {
  score: number | undefined;
  percent: Intl.NumberFormat;
  /** The one that is waited for. */
  next: boolean;
}

function Hit({ score, percent, next }: HitProps) {
  const { t } = useTranslation();
  const text = score === undefined ? "" : percent.format(score);
  return (
    <li
      aria-label={score === undefined ? t("wake.waiting") : t("wake.sure", { share: text })}
      className={clsx(
        "flex h-9 min-w-9 items-center justify-center gap-1 rounded-full border px-2 text-xs tabular-nums transition",
        score === undefined
          ? ["border-dashed", next ? "animate-pulse border-accent" : "border-soft/40"]
          : "border-accent bg-accent-soft font-medium text-accent",
      )}
    >
      {score !== undefined && <Check size={13} aria-hidden />}
      {text}
    </li>
  );
}

function Advised({ threshold, known }: { threshold: number; known: number }) {
  const { t, i18n } = useTranslation();
  const change = useChangeSetting();
  const value = new Intl.NumberFormat(i18n.language).format(threshold);
  return (
    <Button className="self-start" onClick={() => change.mutate({ "wake.threshold": threshold })}>
      {t(threshold < known ? "wake.moreSensitive" : "wake.lessSensitive", { value })}
    </Button>
  );
}
