import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import { api, RequestFailed, type Grant, type ToolEntry } from "@/backend";
import { keys, queryClient } from "@/shared/queries";

export function useTools() {
  return useQuery({ queryKey: keys.tools, queryFn: api.tools });
}

export function useSwitchTool() {
  return useMutation({
    mutationFn: ({ name, on }: { name: string; on: boolean }) => api.switchTool(name, on),
    onMutate: ({ name, on }) =>
      queryClient.setQueryData<ToolEntry[]>(keys.tools, (tools) =>
        tools?.map((tool) => (tool.name === name ? { ...tool, on } : tool)),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.tools }),
  });
}

export function useExplain() {
  return useMutation({
    mutationFn: ({ name, args }: { name: string; args: unknown }) => api.explainCall(name, args),
  });
}

export function useGrants() {
  return useQuery({ queryKey: keys.grants, queryFn: api.grants });
}

export function useRevokeGrant() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ id }: Grant) => api.revokeGrant(id),
    onMutate: ({ id }) =>
      queryClient.setQueryData<Grant[]>(keys.grants, (grants) => grants?.filter((one) => one.id !== id)),
    onSuccess: () => toast.success(t("toolbox.grants.revoked")),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.grants }),
  });
}

export function useRules() {
  return useQuery({ queryKey: keys.rules, queryFn: api.rules });
}

/** Rules that do not fit are told at the place where they are written. */
export function useRuleActions() {
  const { t } = useTranslation();
  const readAgain = () => queryClient.invalidateQueries({ queryKey: keys.rules });
  const save = useMutation({
    /** Gives what is wrong with them, in the parser's words; nothing where they hold now. */
    mutationFn: async (text: string) => {
      try {
        await api.saveRules(text);
        return null;
      } catch (error) {
        const refused = error instanceof RequestFailed && error.status >= 400 && error.status !== 401;
        if (refused) return error.failure;
        throw error;
      }
    },
    onSuccess: async (problem) => {
      if (problem) return;
      await readAgain();
      toast.success(t("toolbox.rules.saved"));
    },
  });
  const reset = useMutation({
    mutationFn: api.resetRules,
    onSuccess: async () => {
      await readAgain();
      toast.success(t("toolbox.rules.wasReset"));
    },
  });
  return { save, reset };
}
