import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import { api, shell, type Conversation, type ExportFormat } from "@/backend";
import { keys, queryClient } from "@/shared/queries";

export function useConversations(search: string) {
  return useQuery({
    queryKey: keys.conversationList(search),
    queryFn: () => api.conversations(search),
    placeholderData: (before) => before,
  });
}

function readAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.conversations });
}

function changeShown(change: (list: Conversation[]) => Conversation[]): void {
  queryClient.setQueriesData<Conversation[]>(
    { queryKey: keys.conversations },
    (list) => list && change(list),
  );
}

/** What can be done with a conversation. Each shows at once and is put right by the next reading. */
export function useConversationActions() {
  const { t } = useTranslation();
  const change = useMutation({
    mutationFn: ({ id, ...changes }: { id: string; title?: string; pinned?: boolean }) =>
      api.changeConversation(id, changes),
    onMutate: ({ id, ...changes }) =>
      changeShown((list) => list.map((one) => (one.id === id ? { ...one, ...changes } : one))),
    onSettled: readAgain,
  });
  const restore = useMutation({ mutationFn: api.restoreConversation, onSettled: readAgain });
  const remove = useMutation({
    mutationFn: ({ id }: Conversation) => api.deleteConversation(id),
    onMutate: ({ id }) => changeShown((list) => list.filter((one) => one.id !== id)),
    onSuccess: (_, { id, title }) => {
      toast(t("conversations.deleted"), {
        description: title,
        duration: 10_000,
        action: { label: t("common.undo"), onClick: () => restore.mutate(id) },
      });
    },
    onSettled: readAgain,
  });
  const save = useMutation({
    mutationFn: async ({ id, format }: { id: string; format: ExportFormat }) =>
      shell.saveFile(await api.exportConversation(id, format)),
  });
  return { change, remove, save };
}
