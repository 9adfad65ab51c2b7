import { useQuery } from "@tanstack/react-query";

import { api } from "@/backend";
import { keys } from "@/shared/queries";

/** The screen as it was when this page was opened. It is not kept longer than it is shown. */
export function useScreen(opened: string) {
  return useQuery({
    queryKey: keys.screen(opened),
    queryFn: api.screen,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}
