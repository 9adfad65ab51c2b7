import clsx from "clsx";

import type { VoiceStateName } from "@/backend";

/** How tall each bar is against the loudest. */
const SHAPE = [0.35, 0.75, 1, 0.75, 0.35];

interface OrbProps {
  state: VoiceStateName | "off";
  /** 0 to 1 */
  level: number;
  size?: number;
}

/** The mark of Jarvis, alive: its bars move with the voice, its ring turns while it thinks. */
export function Orb({ state, level, size = 30 }: OrbProps) {
  const hearing = state === "listening" || state === "follow_up";
  return (
    <svg viewBox="0 0 64 64" width={size} height={size} aria-hidden className="shrink-0">
      <circle
        cx="32"
        cy="32"
        r="30"
        className={clsx(hearing || state === "speaking" ? "fill-accent-soft" : "fill-hover")}
      />
      <circle
        cx="32"
        cy="32"
        r="27"
        fill="none"
        strokeWidth="3.5"
        strokeLinecap="round"
        strokeDasharray={state === "thinking" ? "42 128" : "128 42"}
        className={clsx(
          "origin-center [transform-box:fill-box]",
          state === "off" ? "stroke-soft/50" : "stroke-accent",
          state === "thinking" && "animate-spin",
        )}
      />
      <g
        strokeWidth="4.5"
        strokeLinecap="round"
        className={state === "off" ? "stroke-soft/60" : "stroke-accent"}
      >
        {SHAPE.map((shape, bar) => {
          const half = hearing ? 2 + shape * (3 + level * 14) : 2 + shape * 8;
          const x = 16 + bar * 8;
          return (
            <path
              key={x}
              d={`M${x} ${32 - half}V${32 + half}`}
              className={clsx(
                "origin-center [transform-box:fill-box] transition-all duration-100",
                state === "speaking" && "animate-talk",
              )}
              style={state === "speaking" ? { animationDelay: `${bar * -170}ms` } : undefined}
            />
          );
        })}
      </g>
    </svg>
  );
}
