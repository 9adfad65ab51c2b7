import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import { api, type StoredDocument } from "@/backend";
import { keys, queryClient } from "@/shared/queries";

export function useDocuments() {
  return useQuery({ queryKey: keys.documents, queryFn: api.documents });
}

export function useDocument(id: string) {
  return useQuery({ queryKey: keys.document(id), queryFn: () => api.document(id) });
}

export function useRemoveDocument() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ id }: StoredDocument) => api.removeDocument(id),
    onMutate: async ({ id }) => {
      // A list that is on its way still has it.
      await queryClient.cancelQueries({ queryKey: keys.documents, exact: true });
      queryClient.setQueryData<StoredDocument[]>(keys.documents, (list) =>
        list?.filter((one) => one.id !== id),
      );
    },
    onSuccess: (_, { name }) => void toast.success(t("documents.removed", { name })),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: keys.memory });
      return queryClient.invalidateQueries({ queryKey: keys.documents, exact: true });
    },
  });
}
