import { CloudSun, Code, Lightbulb, Timer, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useUnfinished } from "@/features/firstrun/useFirstRun";
import { Orb } from "@/features/voice/Orb";
import { useVoice } from "@/features/voice/useVoice";
import { useTitle } from "@/shared/lib/useTitle";
import { useLive } from "@/shared/live/store";

const SUGGESTIONS: [string, LucideIcon][] = [
  ["timer", Timer],
  ["explain", Lightbulb],
  ["code", Code],
  ["plan", CloudSun],
];

/** What stands where there is no conversation yet. */
export function Welcome({ onChoose }: { onChoose: (text: string) => void }) {
  const { t } = useTranslation();
  useTitle("");
  const voice = useVoice();
  const unfinished = useUnfinished();
  const level = useLive((live) => live.level);
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-6">
      <div className="my-auto w-full max-w-2xl py-8 text-center">
        <div className="flex justify-center">
          <Orb state={voice.state} level={level} size={84} />
        </div>
        <h1 className="mt-6 text-3xl font-semibold tracking-tight">{t("welcome.title")}</h1>
        <p className="mt-2 text-soft">{voice.available ? t("welcome.spoken") : t("welcome.typed")}</p>
        <ul className="mt-9 grid gap-2.5 text-left sm:grid-cols-2">
          {SUGGESTIONS.map(([name, Icon]) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => onChoose(t(`welcome.suggestions.${name}`))}
                className="flex h-full w-full items-center gap-3 rounded-2xl border border-line bg-raised px-4 py-3.5 text-left text-sm transition hover:border-accent/50 hover:bg-accent-soft/50"
              >
                <Icon size={17} className="shrink-0 text-accent" aria-hidden />
                {t(`welcome.suggestions.${name}`)}
              </button>
            </li>
          ))}
        </ul>
        {unfinished && (
          <p className="mt-6 text-sm">
            <Link
              to="/welcome"
              className="rounded text-soft underline decoration-soft/40 underline-offset-4 hover:text-text"
            >
              {t("firstRun.link")}
            </Link>
          </p>
        )}
      </div>
    </div>
  );
}
