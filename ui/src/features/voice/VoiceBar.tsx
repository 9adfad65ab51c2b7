import clsx from "clsx";
import { Mic, MicOff, Square } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useLive } from "@/shared/live/store";
import { Hint, IconButton } from "@/shared/ui/Button";

import { Orb } from "./Orb";
import { StateWord } from "./StateWord";
import { TalkButton } from "./TalkButton";
import { useVoice } from "./useVoice";

/** The voice on every page: what it is doing, what it hears, and the three things to ask of it. */
export function VoiceBar() {
  const { t } = useTranslation();
  const voice = useVoice();
  const partial = useLive((live) => live.partial);
  const level = useLive((live) => live.level);
  const { busy, shown } = voice;
  const hearing = busy && partial !== "";
  // How long that takes is measured.
  useEffect(() => {
    if (voice.available) performance.mark("ready");
  }, [voice.available]);
  return (
    <div
      role="group"
      aria-label={t("voice.title")}
      className={clsx(
        "flex max-w-full min-w-0 items-center gap-1 rounded-full border py-0.5 pr-1 pl-1.5 transition",
        busy ? "border-accent/50 bg-accent-soft" : "border-line bg-raised",
      )}
    >
      <Orb state={shown === "muted" ? "off" : shown} level={level} />
      <Hint text={voice.problem ?? t(`voice.explain.${shown}`)}>
        <p className="max-w-80 min-w-0 truncate px-1.5 text-sm">
          <StateWord
            shown={shown}
            className={clsx(hearing && "sr-only", !busy && "text-soft max-sm:sr-only")}
          />
          {hearing && <span>{partial}</span>}
        </p>
      </Hint>
      {busy && (
        <IconButton label={t("voice.stop")} small round onClick={voice.stop}>
          <Square size={13} fill="currentColor" />
        </IconButton>
      )}
      <IconButton
        label={voice.muted ? t("voice.unmute") : t("voice.mute")}
        aria-pressed={voice.muted}
        small
        round
        className={clsx(voice.muted && "text-danger")}
        disabled={!voice.available}
        onClick={() => voice.mute(!voice.muted)}
      >
        {voice.muted ? <MicOff size={15} /> : <Mic size={15} />}
      </IconButton>
      <TalkButton />
    </div>
  );
}
