import { useInfiniteQuery, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, type Message, type MessagePage } from "@/backend";
import { useLive } from "@/shared/live/store";
import { withLive } from "@/shared/live/turns";
import { keys, queryClient } from "@/shared/queries";

export type MessagePages = InfiniteData<MessagePage, number | null>;

/** While a kept answer is being written that this window has not seen from its beginning. */
const CATCH_UP_MS = 1_500;

/** The messages of a conversation, oldest first, with what is being written now. Older ones come page by page. */
export function useMessages(id: string) {
  const turns = useLive((live) => live.turns);
  const query = useInfiniteQuery({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam }) => api.messages(id, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.has_more ? (page.messages[0]?.seq ?? null) : null),
    refetchInterval: (asked) => (isWriting(asked.state.data) ? CATCH_UP_MS : false),
  });
  const kept = useMemo(() => query.data?.pages.toReversed().flatMap((page) => page.messages), [query.data]);
  const messages = useMemo(() => kept && withLive(kept, turns, id), [kept, turns, id]);
  const writing = messages?.findLast((message) => message.status === "streaming")?.turn ?? null;
  return { query, messages, writing };
}

function isWriting(data: MessagePages | undefined): boolean {
  return data?.pages[0]?.messages.at(-1)?.status === "streaming";
}

/**
 * Changes the kept messages of a conversation before the server has told them again. The pages become one, which
 * the next reading splits again.
 */
export function changeKept(id: string, change: (messages: Message[]) => Message[]): void {
  queryClient.setQueryData<MessagePages>(keys.messages(id), (data) => {
    const all = (data?.pages ?? []).toReversed().flatMap((page) => page.messages);
    const has_more = data?.pages.at(-1)?.has_more ?? false;
    return { pages: [{ messages: change(all), has_more }], pageParams: [null] };
  });
}
