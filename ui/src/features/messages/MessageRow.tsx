import clsx from "clsx";
import { Mic, TriangleAlert, Zap } from "lucide-react";
import { lazy, memo, Suspense, useDeferredValue, type ComponentType } from "react";
import { useTranslation } from "react-i18next";

import type { Attachment, Message } from "@/backend";
import { Notes } from "@/features/attachments/Notes";
import { SentAttachments } from "@/features/attachments/SentAttachments";
import { Citations } from "@/features/memory/Citations";

import { EditMessage } from "./EditMessage";
import { MessageActions } from "./MessageActions";
import { ToolList } from "./ToolList";

// Where it cannot be fetched, as the server has just gone, the answer is still to be read.
const Markdown = lazy<ComponentType<{ text: string }>>(() =>
  import("@/features/markdown/Markdown").then(
    (module) => ({ default: module.Markdown }),
    () => ({ default: Plain }),
  ),
);

function Plain({ text }: { text: string }) {
  return <p className="whitespace-pre-wrap">{text}</p>;
}

interface MessageRowProps {
  message: Message;
  /** Whether it is the conversation's last. */
  last: boolean;
  /** While an answer is being written nothing is edited or asked again. */
  busy: boolean;
  /** Whether it is open to be edited. */
  editing: boolean;
  onEditing: (id: string, editing: boolean) => void;
  /** Says whether the edited message was accepted. */
  onEdit: (message: Message, content: string, attachments: Attachment[]) => Promise<boolean>;
  onRegenerate: () => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  return props.message.role === "user" ? <Question {...props} /> : <Answer {...props} />;
});

function Question({ message, busy, editing, onEditing, onEdit }: MessageRowProps) {
  const { t } = useTranslation();
  const { id } = message;
  return (
    <article aria-label={t("messages.you")} className="group flex flex-col items-end pb-6">
      {editing ? (
        <EditMessage
          text={message.content}
          attachments={message.attachments}
          onCancel={() => onEditing(id, false)}
          onSend={async (content, attachments) => {
            const accepted = await onEdit(message, content, attachments);
            if (accepted) onEditing(id, false);
            return accepted;
          }}
        />
      ) : (
        <SentAttachments attachments={message.attachments} />
      )}
      {!editing && message.content && (
        <div className="max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 leading-relaxed wrap-anywhere whitespace-pre-wrap">
          {message.spoken && (
            <Mic
              size={14}
              role="img"
              aria-label={t("messages.spoken")}
              className="mr-1.5 inline-block -translate-y-px text-accent"
            />
          )}
          {message.content}
        </div>
      )}
      {!editing && <MessageActions message={message} {...(!busy && { onEdit: () => onEditing(id, true) })} />}
    </article>
  );
}

function Answer({ message, last, busy, onRegenerate }: MessageRowProps) {
  const { t } = useTranslation();
  const writing = message.status === "streaming";
  // While pieces come in quickly, what is typed and clicked goes before the drawing of the text.
  const text = useDeferredValue(message.content);
  return (
    <article aria-label={t("messages.jarvis")} aria-busy={writing} className="group pb-6">
      <ToolList message={message} />
      {text && (
        <Suspense fallback={<Plain text={text} />}>
          <Markdown text={text} />
        </Suspense>
      )}
      {writing && <Writing thinking={!text} />}
      <Notes notes={message.notes} />
      <Citations sources={message.sources} />
      {message.status === "interrupted" && <Note text={t("messages.interrupted")} />}
      {message.status === "failed" && <Note text={t("messages.failed")} danger />}
      {message.reflex && !writing && (
        <p className="mt-2 inline-flex items-center gap-1.5 text-xs text-soft" title={message.reflex}>
          <Zap size={12} aria-hidden />
          {t("messages.reflex")}
        </p>
      )}
      {!writing && <MessageActions message={message} keep={last} {...(last && !busy && { onRegenerate })} />}
    </article>
  );
}

function Writing({ thinking }: { thinking: boolean }) {
  const { t } = useTranslation();
  return (
    <p role="status" className="flex h-7 items-center gap-1.5">
      <span className="sr-only">{t("messages.writing")}</span>
      {[0, 1, 2].slice(0, thinking ? 3 : 1).map((dot) => (
        <span
          key={dot}
          className="animate-blink size-2 rounded-full bg-accent"
          style={{ animationDelay: `${dot * 160}ms` }}
        />
      ))}
    </p>
  );
}

function Note({ text, danger = false }: { text: string; danger?: boolean }) {
  return (
    <p className={clsx("mt-2 flex items-center gap-1.5 text-sm", danger ? "text-danger" : "text-soft")}>
      <TriangleAlert size={14} aria-hidden />
      {text}
    </p>
  );
}
