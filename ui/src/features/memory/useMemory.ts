import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import {
  api,
  shell,
  type ArchiveFormat,
  type Fact,
  type FactChange,
  type Forgotten,
  type Sought,
} from "@/backend";
import { keys, queryClient } from "@/shared/queries";

import { amountOf, forgottenAmount } from "./amount";

/** While something is not found by its meaning yet. */
const INDEXING_MS = 3_000;

export function useFacts(past: boolean) {
  return useQuery({
    queryKey: keys.facts(past),
    queryFn: () => api.facts(past),
    placeholderData: (before) => before,
  });
}

export function useFound(sought: Sought) {
  return useQuery({
    queryKey: keys.found(sought),
    queryFn: () => api.searchMemory(sought),
    placeholderData: (before) => before,
  });
}

/** What would come of taking in a file. */
export function useIntake(file: File) {
  return useQuery({
    queryKey: keys.intake(file),
    queryFn: () => api.importMemory(file, true),
    gcTime: 0,
    retry: false,
  });
}

export function useMemoryStats() {
  return useQuery({
    queryKey: keys.memoryStats,
    queryFn: api.memoryStats,
    refetchInterval: ({ state }) => (state.data && state.data.unindexed > 0 ? INDEXING_MS : false),
  });
}

function readAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.memory });
}

/** What is forgotten may have been said in any conversation, and stood in any document. */
function readAllAgain() {
  for (const queryKey of [keys.conversations, keys.allMessages, keys.documents]) {
    void queryClient.invalidateQueries({ queryKey });
  }
  return readAgain();
}

function changeShown(change: (facts: Fact[]) => Fact[]): void {
  queryClient.setQueriesData<Fact[]>({ queryKey: keys.allFacts }, (facts) => facts && change(facts));
}

/** What can be done with one fact. */
export function useFactActions() {
  const { t, i18n } = useTranslation();
  const tell = (gone: Forgotten) => {
    toast.success(t("memory.forgotten", { amount: forgottenAmount(gone, t, i18n.language) }));
  };
  const change = useMutation({
    mutationFn: ({ id, ...change }: FactChange & { id: string }) => api.changeFact(id, change),
    onSettled: readAgain,
  });
  const pin = useMutation({
    mutationFn: ({ id, pinned }: Fact) => api.changeFact(id, { pinned: !pinned }),
    onMutate: ({ id, pinned }) =>
      changeShown((facts) => facts.map((one) => (one.id === id ? { ...one, pinned: !pinned } : one))),
    onSettled: readAgain,
  });
  const forgetFact = useMutation({
    mutationFn: ({ id }: Fact) => api.forgetFact(id),
    onSuccess: tell,
    onSettled: readAllAgain,
  });
  return { change, pin, forgetFact };
}

/** What can be done with the memory. */
export function useMemoryActions() {
  const { t, i18n } = useTranslation();
  const remember = useMutation({ mutationFn: api.remember, onSettled: readAgain });
  const forget = useMutation({ mutationFn: api.forget, onSettled: readAllAgain });
  const reindex = useMutation({
    mutationFn: api.reindexMemory,
    onSuccess: () => toast.success(t("memory.stats.begun")),
    onSettled: readAgain,
  });
  const save = useMutation({
    mutationFn: async (format: ArchiveFormat) => shell.saveFile(await api.exportMemory(format)),
  });
  const takeIn = useMutation({
    mutationFn: (file: File) => api.importMemory(file, false),
    onSuccess: ({ added }) => {
      toast.success(t("memory.archive.done", { amount: amountOf(added, t, i18n.language) }));
    },
    onSettled: readAllAgain,
  });
  return { remember, forget, reindex, save, takeIn };
}
