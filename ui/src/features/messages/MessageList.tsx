import { useVirtualizer, type Range } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Attachment, Message } from "@/backend";
import { IconButton } from "@/shared/ui/Button";
import { drawnRows } from "@/shared/ui/drawnRows";

import { MessageRow } from "./MessageRow";

/** Nearer to the end than this, the list follows what is being written. */
const NEAR_END_PX = 90;
const OLDER_FROM_PX = 600;

interface MessageListProps {
  messages: Message[];
  busy: boolean;
  /** Asks for the messages before the first; none where there are no more. */
  onOlder?: (() => void) | undefined;
  /** Says whether the edited message was accepted. */
  onEdit: (message: Message, content: string, attachments: Attachment[]) => Promise<boolean>;
  onRegenerate: () => void;
}

/** An answer keeps its key from its first piece to its kept form. */
function keyOf(message: Message): string {
  return message.role === "assistant" && message.turn ? `answer-${message.turn}` : message.id;
}

/** The last answer that was finished while the list was there. */
function useFinished(messages: Message[]): Message | null {
  const last = messages.at(-1);
  const finished = last?.role === "assistant" && last.status === "complete" ? last : null;
  const [known, setKnown] = useState({ answer: finished, news: false });
  if (finished && (!known.answer || keyOf(known.answer) !== keyOf(finished))) {
    setKnown({ answer: finished, news: true });
  }
  return known.news ? known.answer : null;
}

/** The messages, of which only those in sight are drawn, and those that are being edited. */
export function MessageList({ messages, busy, onOlder, onEdit, onRegenerate }: MessageListProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [far, setFar] = useState(false);
  const [edited, setEdited] = useState<string[]>([]);
  const onEditing = useCallback((id: string, editing: boolean) => {
    setEdited((all) => (editing ? [...all, id] : all.filter((one) => one !== id)));
  }, []);
  const finished = useFinished(messages);
  const rangeExtractor = useCallback(
    (range: Range) => {
      const places = edited.map((id) => messages.findIndex((message) => message.id === id));
      const kept = places.filter((place) => place >= 0);
      return drawnRows(range, kept);
    },
    [edited, messages],
  );
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 140,
    overscan: 6,
    paddingStart: 24,
    paddingEnd: 24,
    rangeExtractor,
    getItemKey: (index) => {
      const message = messages[index];
      return message ? keyOf(message) : index;
    },
  });
  const height = rows.getTotalSize();

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  // A question of one's own is always shown.
  const last = messages.at(-1);
  const lastOwn = last?.role === "user" ? last.id : null;
  useLayoutEffect(() => {
    if (lastOwn) atEnd.current = true;
  }, [lastOwn]);

  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [height, messages]);

  // Older messages come in above: what was in sight stays in sight.
  const first = messages[0]?.id;
  const known = useRef({ first, count: messages.length });
  useLayoutEffect(() => {
    const added = messages.length - known.current.count;
    if (known.current.first !== first && added > 0 && !atEnd.current) {
      rows.scrollToIndex(added, { align: "start" });
    }
    known.current = { first, count: messages.length };
  }, [first, messages.length, rows]);

  // A first page that does not fill the window cannot be scrolled.
  useEffect(() => {
    const element = scroller.current;
    if (element && onOlder && element.scrollHeight <= element.clientHeight) onOlder();
  }, [onOlder, height]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        // What comes into sight is old; what is new is told below.
        aria-live="off"
        aria-label={t("messages.title")}
        // The keyboard must be able to scroll it.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="h-full overflow-y-auto focus-visible:outline-offset-[-2px]"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          setFar(!atEnd.current);
          if (scrollTop < OLDER_FROM_PX) onOlder?.();
        }}
      >
        <div className="relative mx-auto max-w-3xl" style={{ height }}>
          {rows.getVirtualItems().map((row) => {
            const message = messages[row.index];
            return (
              message && (
                <div
                  key={row.key}
                  ref={rows.measureElement}
                  data-index={row.index}
                  className="absolute inset-x-0 top-0 px-4 sm:px-6"
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <MessageRow
                    message={message}
                    last={row.index === messages.length - 1}
                    busy={busy}
                    editing={edited.includes(message.id)}
                    onEditing={onEditing}
                    onEdit={onEdit}
                    onRegenerate={onRegenerate}
                  />
                </div>
              )
            );
          })}
        </div>
      </div>
      <p role="status" className="sr-only">
        {finished && <span key={keyOf(finished)}>{finished.content}</span>}
      </p>
      {far && (
        <IconButton
          label={t("messages.toEnd")}
          look="plain"
          onClick={toEnd}
          className="animate-fade absolute bottom-3 left-1/2 -translate-x-1/2 shadow-md"
          round
        >
          <ArrowDown size={17} />
        </IconButton>
      )}
    </div>
  );
}
