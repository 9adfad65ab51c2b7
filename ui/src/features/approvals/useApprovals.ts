import { useMutation, useQuery } from "@tanstack/react-query";

import type { Consent } from "@/backend";
import { answer, readApprovals, stopEverything } from "@/shared/live/approvals";
import { useLive } from "@/shared/live/store";
import { keys } from "@/shared/queries";

/** While a question is open, its end may have been missed. */
const LOOK_AGAIN_MS = 5_000;

export function useApprovals() {
  return useQuery({
    queryKey: keys.approvals,
    queryFn: readApprovals,
    staleTime: Infinity,
    refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 0 ? LOOK_AGAIN_MS : false),
  });
}

export function useAnswer() {
  return useMutation({
    mutationFn: ({ id, consent }: { id: string; consent: Consent }) => answer(id, consent),
  });
}

/** Whether anything acts now, or waits to. */
export function useActing(): boolean {
  const running = useLive((live) => live.running.length > 0);
  return (useApprovals().data?.length ?? 0) > 0 || running;
}

export function useStopEverything() {
  return useMutation({ mutationFn: stopEverything });
}
