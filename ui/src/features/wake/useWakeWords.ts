import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, type Teaching } from "@/backend";
import { nameWakePhrase } from "@/shared/i18n";
import { keys, queryClient } from "@/shared/queries";

/** Every wake word that there is; `enabled`, once it may be asked. */
export function useWakeWords(enabled = true) {
  return useQuery({ queryKey: keys.wakeWords, queryFn: api.wakeWords, enabled });
}

/** Has every text say what Jarvis is called by, once that may be asked. */
export function useNamedWakePhrase(enabled: boolean): void {
  const phrase = useWakeWords(enabled).data?.find((word) => word.in_use)?.phrase;
  useEffect(() => {
    if (phrase) nameWakePhrase(phrase);
  }, [phrase]);
}

function readAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.wakeWords });
}

export function useWakeWordActions() {
  const choose = useMutation({ mutationFn: api.useWakeWord, onSettled: readAgain });
  const remove = useMutation({ mutationFn: api.removeWakeWord, onSettled: readAgain });
  return { choose, remove };
}

/** The wake word that is being taught; none when none is. */
export function useTeaching() {
  return useQuery({ queryKey: keys.teaching, queryFn: api.teaching });
}

function show(teaching: Teaching) {
  queryClient.setQueryData(keys.teaching, teaching);
}

function lookAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.teaching });
}

/** What happens is told by events; these show it at once where a request says it. */
export function useTeachingActions() {
  const begin = useMutation({ mutationFn: api.beginTeaching, onSuccess: show });
  const end = useMutation({
    mutationFn: api.endTeaching,
    onSuccess: () => queryClient.setQueryData(keys.teaching, null),
  });
  const record = useMutation({
    mutationFn: api.recordWakeWord,
    onSuccess: ({ teaching }) => show(teaching),
    onError: lookAgain,
  });
  const takeBack = useMutation({ mutationFn: api.takeBackRecording, onSuccess: show, onError: lookAgain });
  const train = useMutation({ mutationFn: api.trainWakeWord, onSettled: lookAgain });
  const stop = useMutation({ mutationFn: api.stopTraining, onSettled: lookAgain });
  return { begin, end, record, takeBack, train, stop };
}
