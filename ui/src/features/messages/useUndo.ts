import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";

import { api } from "@/backend";
import { useLive } from "@/shared/live/store";

/** The tool that takes back what has a number in the undo journal. */
const UNDO = "undo";

export function useUndo() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (number: number) => api.callTool(UNDO, { number }),
    onSuccess: ({ ok, result }, number) => {
      if (!ok) return void toast.error(t("tools.notUndone"), { description: result });
      useLive.setState(({ undone }) => ({ undone: [...undone, number] }));
      toast.success(t("tools.undone"), { description: result });
    },
  });
}
