import clsx from "clsx";
import { AudioLines } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/shared/ui/Button";

import { useVoice } from "./useVoice";

/** Held down, with the pointer or the space bar, it listens; let go, it answers. */
export function TalkButton() {
  const { t } = useTranslation();
  const voice = useVoice();
  const [held, setHeld] = useState(false);
  const holding = useRef(false);
  const talk = useRef(voice.talk);
  useEffect(() => {
    talk.current = voice.talk;
  });

  const hold = (pressed: boolean) => {
    if (holding.current === pressed) return;
    holding.current = pressed;
    setHeld(pressed);
    talk.current(pressed);
  };
  // A button that goes away while it is held would leave the microphone open.
  useEffect(
    () => () => {
      if (holding.current) talk.current(false);
    },
    [],
  );

  const isKey = (key: string) => key === " " || key === "Enter";
  return (
    <IconButton
      label={voice.available ? t("voice.hold") : (voice.problem ?? t("voice.unavailable"))}
      disabled={!voice.available}
      aria-pressed={held}
      round
      look={held ? "solid" : "quiet"}
      className={clsx("touch-none select-none", held && "scale-110")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        hold(true);
      }}
      onPointerUp={() => hold(false)}
      onPointerCancel={() => hold(false)}
      onLostPointerCapture={() => hold(false)}
      onBlur={() => hold(false)}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event.key)) return;
        event.preventDefault();
        hold(true);
      }}
      onKeyUp={(event) => {
        if (!isKey(event.key)) return;
        // Some browsers make a click of it.
        event.preventDefault();
        hold(false);
      }}
      onClick={(event) => {
        // A screen reader clicks, with neither a pointer nor a key: once to begin, once more to end.
        if (event.detail === 0) hold(!holding.current);
      }}
    >
      <AudioLines size={18} />
    </IconButton>
  );
}
