import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import { api, type ModelEntry } from "@/backend";
import { showProblem } from "@/shared/failure";
import { keys, queryClient } from "@/shared/queries";

export function useModels() {
  return useQuery({ queryKey: keys.models, queryFn: api.models });
}

function readAgain() {
  return queryClient.invalidateQueries({ queryKey: keys.models });
}

export function useModelActions() {
  const { t } = useTranslation();
  const pull = useMutation({ mutationFn: api.pullModel, onSettled: readAgain });
  const cancel = useMutation({ mutationFn: api.cancelModel, onSettled: readAgain });
  const remove = useMutation({ mutationFn: api.removeModel, onSettled: readAgain });
  const verify = useMutation({
    mutationFn: (model: ModelEntry) => api.verifyModel(model.id),
    onSuccess: ({ ok, problem }, { name }) => {
      if (ok) toast.success(t("models.whole", { name }));
      else if (problem) showProblem(problem);
      else toast.error(t("models.notWhole", { name }));
    },
    onSettled: readAgain,
  });
  return { pull, cancel, remove, verify };
}

/** Models by stage, in the order of the catalogue. */
export function byStage(models: ModelEntry[]): [string, ModelEntry[]][] {
  const stages = new Map<string, ModelEntry[]>();
  for (const model of models) stages.set(model.stage, [...(stages.get(model.stage) ?? []), model]);
  return [...stages];
}
