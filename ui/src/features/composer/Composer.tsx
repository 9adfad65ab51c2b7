import { ArrowUp, Square } from "lucide-react";
import { useCallback, useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Attachment } from "@/backend";
import { AttachButton } from "@/features/attachments/AttachButton";
import { attach, giveBack, takeAttachments, uploadsOf, useUploads } from "@/features/attachments/uploads";
import { UploadList } from "@/features/attachments/UploadList";
import { useLocalText } from "@/shared/lib/useLocalText";
import { Autosize } from "@/shared/ui/Autosize";
import { IconButton } from "@/shared/ui/Button";
import { DropZone } from "@/shared/ui/DropZone";

interface ComposerProps {
  /** The conversation it writes to, or "new". What is written is kept under this name until it is sent. */
  place: string;
  writing: boolean;
  /** The person came here to write: the field has the focus, on a phone too. */
  write?: boolean;
  /** Further buttons beside the one that attaches files. */
  beside?: ReactNode;
  /** Says whether the message was accepted; if not, the text comes back. */
  onSend: (text: string, attachments: Attachment[]) => Promise<boolean>;
  onStop: () => void;
}

const keyOf = (place: string) => `jarvis.draft.${place}`;

/** What is written in a place and not yet sent. */
export function keptDraft(place: string): string {
  return localStorage.getItem(keyOf(place)) ?? "";
}

/** Where one writes. Enter sends, Shift+Enter begins a new line; files are picked, pasted or dropped. */
export function Composer({ place, writing, write = false, beside, onSend, onStop }: ComposerProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useLocalText(keyOf(place));
  const field = useRef<HTMLTextAreaElement>(null);
  const uploads = useUploads(({ places }) => uploadsOf(places, place));
  const arrived = uploads.filter((upload) => upload.attachment);
  const arriving = uploads.some((upload) => !upload.attachment && !upload.problem);
  const ready = (draft.trim() !== "" || arrived.length > 0) && !arriving && !writing;

  // On a phone this would bring up the keyboard over the conversation.
  useEffect(() => {
    if (write || window.matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [place, write]);

  const take = useCallback((files: File[]) => attach(place, files), [place]);
  const send = async () => {
    if (!ready) return;
    const text = draft.trim();
    const attachments = takeAttachments(place);
    setDraft("");
    if (await onSend(text, attachments)) return;
    // What was written meanwhile comes after it.
    setDraft([text, keptDraft(place)].filter((part) => part.trim()).join("\n\n"));
    giveBack(place, attachments);
  };

  return (
    <form
      className="mx-auto w-full max-w-3xl px-4 pb-4 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <DropZone title={t("attachments.drop")} note={t("attachments.accepted")} onFiles={take} />
      <div className="rounded-3xl border border-line bg-raised p-2 shadow-sm transition focus-within:border-accent/70 focus-within:shadow-md">
        <UploadList place={place} uploads={uploads} />
        <Autosize
          ref={field}
          value={draft}
          aria-label={t("composer.label")}
          placeholder={t("composer.placeholder")}
          className="px-3 pt-1.5 pb-1"
          onChange={(event) => setDraft(event.target.value)}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            // A spreadsheet offers its cells as text and as a picture: the text is meant.
            if (files.length === 0 || event.clipboardData.getData("text/plain") !== "") return;
            event.preventDefault();
            take(files);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <div className="flex items-center justify-between">
          <div className="flex">
            <AttachButton onFiles={take} />
            {beside}
          </div>
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
