import clsx from "clsx";
import { useTranslation } from "react-i18next";

import { lastSaid, useSecondsLeft } from "./countdown";

const RADIUS = 19;
const ROUND = 2 * Math.PI * RADIUS;
const URGENT = 10;

/** How much time is left, as a ring that runs out and as a number. */
export function Countdown({ until, of }: { until: number; of: number }) {
  const { t } = useTranslation();
  const left = useSecondsLeft(until);
  const share = of > 0 ? Math.min(1, left / of) : 0;
  const said = lastSaid(left);
  return (
    <div className={clsx("relative size-11 shrink-0", left <= URGENT ? "text-danger" : "text-accent")}>
      <svg viewBox="0 0 44 44" className="size-full -rotate-90" aria-hidden>
        <circle cx="22" cy="22" r={RADIUS} fill="none" strokeWidth="3" className="stroke-line" />
        <circle
          cx="22"
          cy="22"
          r={RADIUS}
          fill="none"
          strokeWidth="3"
          strokeLinecap="round"
          stroke="currentColor"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - share)}
          className="transition-[stroke-dashoffset] duration-300 ease-linear"
        />
      </svg>
      <span
        role="timer"
        aria-label={t("approvals.left", { count: left })}
        className="absolute inset-0 flex items-center justify-center text-[13px] font-medium text-text tabular-nums"
      >
        {left}
      </span>
      <span role="status" className="sr-only">
        {said !== null && t("approvals.left", { count: said })}
      </span>
    </div>
  );
}
