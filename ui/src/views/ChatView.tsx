import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useParams } from "react-router";

import type { Attachment, Message } from "@/backend";
import { Composer, keptDraft } from "@/features/composer/Composer";
import { useConversations } from "@/features/conversations/useConversations";
import { MessageList } from "@/features/messages/MessageList";
import { useMessages } from "@/features/messages/useMessages";
import { useTurns } from "@/features/messages/useTurns";
import { ScreenButton } from "@/features/screen/ScreenButton";
import { failureOf, isGone } from "@/shared/failure";
import { Answered, FailureNote } from "@/shared/ui/Answered";
import { useLive } from "@/shared/live/store";
import { useTitle } from "@/shared/lib/useTitle";
import { useShortcuts } from "@/shared/lib/useShortcuts";

import { Welcome } from "./Welcome";

/** Where a draft is kept that belongs to no conversation yet. */
export const NEW = "new";

/** Whether what was asked was accepted; why not is told elsewhere. */
function accepted(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    () => false,
  );
}

/** A conversation, or the place where one begins. */
export function ChatView() {
  const { id } = useParams();
  return id ? <Conversation key={id} id={id} /> : <NewConversation />;
}

function Conversation({ id }: { id: string }) {
  const { t } = useTranslation();
  const { query, messages, writing } = useMessages(id);
  const { send, edit, regenerate, cancel } = useTurns();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const known = useConversations("").data?.find((one) => one.id === id);
  const title = known?.title ?? t("conversations.untitled");
  useTitle(title);
  const busy = writing !== null || send.isPending || edit.isPending || regenerate.isPending;

  const older = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const { mutateAsync: change } = edit;
  const onEdit = useCallback(
    (message: Message, content: string, attachments: Attachment[]) =>
      accepted(change({ id, message, content, attachments })),
    [change, id],
  );
  const { mutate: again } = regenerate;
  const onRegenerate = useCallback(() => again(id), [again, id]);
  const stop = () => {
    if (writing) cancel.mutate(writing);
  };
  useShortcuts(writing ? { escape: stop } : {});

  return (
    <div className="relative flex h-full flex-col">
      <h1 className="sr-only">{title}</h1>
      {messages && !isGone(query.error) ? (
        <MessageList
          messages={messages}
          busy={busy}
          onOlder={hasNextPage ? older : undefined}
          onEdit={onEdit}
          onRegenerate={onRegenerate}
        />
      ) : (
        <div className="mx-auto w-full max-w-3xl flex-1 p-6">
          {isGone(query.error) ? (
            <FailureNote failure={failureOf(query.error)} />
          ) : (
            <Answered query={query}>{() => null}</Answered>
          )}
        </div>
      )}
      <Composer
        place={id}
        beside={<ScreenButton />}
        writing={writing !== null}
        onStop={stop}
        onSend={(content, attachments) => accepted(send.mutateAsync({ id, content, attachments }))}
      />
    </div>
  );
}

function NewConversation() {
  const navigate = useNavigate();
  // Something was attached on another page, to be written about at once.
  const write = (useLocation().state as { write?: boolean } | null)?.write === true;
  const { create, send } = useTurns();
  // Made already, but its first message was not accepted.
  const made = useRef<string | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  // What is spoken here begins a conversation too; it is shown, unless something is being written.
  useEffect(
    () =>
      useLive.subscribe(({ heard }, before) => {
        if (heard && heard !== before.heard && !keptDraft(NEW)) void navigate(`/c/${heard.conversation}`);
      }),
    [navigate],
  );

  const begin = async (content: string, attachments: Attachment[]) => {
    try {
      made.current ??= (await create.mutateAsync()).id;
      await send.mutateAsync({ id: made.current, content, attachments });
      if (here.current) void navigate(`/c/${made.current}`);
      return true;
    } catch {
      return false;
    }
  };
  return (
    <div className="relative flex h-full flex-col">
      <Welcome onChoose={(text) => void begin(text, [])} />
      <Composer
        place={NEW}
        beside={<ScreenButton />}
        writing={false}
        write={write}
        onSend={begin}
        onStop={() => undefined}
      />
    </div>
  );
}
