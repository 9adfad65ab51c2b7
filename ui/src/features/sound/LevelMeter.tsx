import clsx from "clsx";
import { useTranslation } from "react-i18next";

const STEPS = 24;
/** From here on it is louder than speech has to be. */
const LOUD = 20;

/** How loud the microphone is, 0 to 1. */
export function LevelMeter({ level }: { level: number }) {
  const { t } = useTranslation();
  const lit = Math.round(level * STEPS);
  return (
    <div
      role="meter"
      aria-label={t("sound.level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
      className="flex h-5 w-full items-center gap-0.75"
    >
      {Array.from({ length: STEPS }, (_, step) => (
        <span
          key={step}
          className={clsx(
            "h-full flex-1 rounded-full transition-colors duration-75",
            step >= lit ? "bg-hover" : step < LOUD ? "bg-accent" : "bg-warn",
          )}
        />
      ))}
    </div>
  );
}
