import clsx from "clsx";
import { Mic, MicOff, Square } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLive } from "@/shared/live/store";

import { Orb } from "./Orb";
import { StateWord } from "./StateWord";
import { useVoice } from "./useVoice";

/** The voice in 220 by 64 pixels. */
export function Bubble() {
  const { t } = useTranslation();
  const voice = useVoice();
  const partial = useLive((live) => live.partial);
  const level = useLive((live) => live.level);
  const { busy, shown } = voice;
  const hearing = busy && partial !== "";
  return (
    <div
      role="group"
      aria-label={t("voice.title")}
      title={voice.problem ?? t(`voice.explain.${shown}`)}
      className={clsx(
        "flex h-13 w-54 items-center gap-1 rounded-full border bg-raised pr-1.5 pl-1.5 shadow-md transition-colors select-none",
        busy ? "border-accent/60" : "border-line",
      )}
    >
      <Orb state={shown === "muted" ? "off" : shown} level={level} size={36} />
      <p
        className={clsx(
          "min-w-0 flex-1 truncate pl-1 text-xs",
          // The end of what is being said is what one looks for.
          hearing ? "text-text [direction:rtl]" : "text-soft",
        )}
      >
        <StateWord shown={shown} className={clsx(hearing && "sr-only")} />
        {hearing && <bdi>{partial}</bdi>}
      </p>
      {busy && (
        <BubbleButton label={t("voice.stop")} onClick={voice.stop}>
          <Square size={12} fill="currentColor" />
        </BubbleButton>
      )}
      <BubbleButton
        label={voice.muted ? t("voice.unmute") : t("voice.mute")}
        pressed={voice.muted}
        disabled={!voice.available}
        onClick={() => voice.mute(!voice.muted)}
      >
        {voice.muted ? <MicOff size={15} /> : <Mic size={15} />}
      </BubbleButton>
    </div>
  );
}

interface BubbleButtonProps {
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

/** With the system's own tooltip: another would not fit into the window. */
function BubbleButton({ label, pressed, disabled, onClick, children }: BubbleButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className={clsx(
        "flex size-7 shrink-0 items-center justify-center rounded-full transition hover:bg-hover disabled:opacity-40",
        pressed ? "text-danger" : "text-soft hover:text-text",
      )}
    >
      {children}
    </button>
  );
}
