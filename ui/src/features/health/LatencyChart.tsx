import { useTranslation } from "react-i18next";

import type { TurnRecord } from "@/backend";
import { formatMs, formatTime } from "@/shared/lib/format";

import { barsOf, quantile, roundUp, stages, type Bar } from "./bars";

const WIDTH = 640;
const HEIGHT = 200;
const LEFT = 52;
const BOTTOM = 8;
const colours = { understood: "fill-soft/50", thought: "fill-accent/55", spoken: "fill-accent" };

/** How long it took until each of the latest answers began. */
export function LatencyChart({ turns }: { turns: TurnRecord[] }) {
  const { t, i18n } = useTranslation();
  const bars = barsOf(turns);
  if (bars.length === 0) return <p className="p-4 text-sm text-soft">{t("health.noTurns")}</p>;
  const totals = bars.map((bar) => bar.total);
  const median = formatMs(quantile(totals, 0.5) ?? 0, i18n.language);
  const slow = formatMs(quantile(totals, 0.95) ?? 0, i18n.language);
  const summary = t("health.summary", { count: bars.length, median, slow });
  return (
    <figure className="p-4">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary} className="w-full">
        <Bars bars={bars} />
      </svg>
      <figcaption className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-1 text-[13px] text-soft">
        {stages.map((stage) => (
          <span key={stage} className="flex items-center gap-1.5">
            <svg width="10" height="10" aria-hidden>
              <rect width="10" height="10" rx="3" className={colours[stage]} />
            </svg>
            {t(`health.stage.${stage}`)}
          </span>
        ))}
        <span className="w-full sm:ml-auto sm:w-auto">{summary}</span>
      </figcaption>
    </figure>
  );
}

function Bars({ bars }: { bars: Bar[] }) {
  const { t, i18n } = useTranslation();
  const top = roundUp(Math.max(...bars.map((bar) => bar.total)));
  const y = (ms: number) => HEIGHT - BOTTOM - (ms / top) * (HEIGHT - BOTTOM - 12);
  const step = (WIDTH - LEFT) / Math.max(bars.length, 12);
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={LEFT} x2={WIDTH} y1={y(top * share)} y2={y(top * share)} className="stroke-line" />
          <text
            x={LEFT - 8}
            y={y(top * share) + 4}
            textAnchor="end"
            fontSize="11"
            className="fill-soft tabular-nums"
          >
            {formatMs(top * share, i18n.language)}
          </text>
        </g>
      ))}
      {bars.map((bar, index) => {
        let below = 0;
        return (
          <g key={`${bar.at}:${index}`}>
            <title>
              {`${formatTime(bar.at, i18n.language)}\n`}
              {stages
                .map((stage) => `${t(`health.stage.${stage}`)}: ${formatMs(bar.parts[stage], i18n.language)}`)
                .join("\n")}
            </title>
            {stages.map((stage) => {
              const from = y(below);
              below += bar.parts[stage];
              return (
                <rect
                  key={stage}
                  x={LEFT + index * step + step * 0.18}
                  width={Math.min(step * 0.64, 26)}
                  y={y(below)}
                  height={from - y(below)}
                  className={colours[stage]}
                />
              );
            })}
          </g>
        );
      })}
    </>
  );
}
