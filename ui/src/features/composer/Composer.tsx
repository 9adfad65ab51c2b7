import { ArrowUp, Square } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useLocalText } from "@/shared/lib/useLocalText";
import { Autosize } from "@/shared/ui/Autosize";
import { IconButton } from "@/shared/ui/Button";

interface ComposerProps {
  /** The conversation it writes to, or "new". What is written is kept under this name until it is sent. */
  place: string;
  writing: boolean;
  /** Says whether the message was accepted; if not, the text comes back. */
  onSend: (text: string) => Promise<boolean>;
  onStop: () => void;
  /** Further buttons on the left. */
  extra?: ReactNode;
}

const keyOf = (place: string) => `jarvis.draft.${place}`;

/** What is written in a place and not yet sent. */
export function keptDraft(place: string): string {
  return localStorage.getItem(keyOf(place)) ?? "";
}

/** Where one writes. Enter sends, Shift+Enter begins a new line. */
export function Composer({ place, writing, onSend, onStop, extra }: ComposerProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useLocalText(keyOf(place));
  const field = useRef<HTMLTextAreaElement>(null);
  const ready = draft.trim() !== "" && !writing;

  // On a phone this would bring up the keyboard over the conversation.
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [place]);

  const send = async () => {
    if (!ready) return;
    const text = draft.trim();
    setDraft("");
    if (!(await onSend(text))) setDraft(text);
  };

  return (
    <form
      className="mx-auto w-full max-w-3xl px-4 pb-4 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="rounded-3xl border border-line bg-raised p-2 shadow-sm transition focus-within:border-accent/70 focus-within:shadow-md">
        <Autosize
          ref={field}
          value={draft}
          aria-label={t("composer.label")}
          placeholder={t("composer.placeholder")}
          className="px-3 pt-1.5 pb-1"
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <div className="flex items-center justify-between">
          <div className="flex items-center">{extra}</div>
          {writing ? (
            <IconButton label={t("composer.stop")} look="solid" round onClick={onStop}>
              <Square size={14} fill="currentColor" />
            </IconButton>
          ) : (
            <IconButton label={t("composer.send")} type="submit" look="solid" round disabled={!ready}>
              <ArrowUp size={18} />
            </IconButton>
          )}
        </div>
      </div>
    </form>
  );
}
