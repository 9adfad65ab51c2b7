import { Download, Pause, Play } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ModelEntry } from "@/backend";
import { Button } from "@/shared/ui/Button";

import { useModelActions } from "./useModels";

/** Stops fetching; what is there is kept. */
export function PauseButton({ model: { id, name } }: { model: ModelEntry }) {
  const { t } = useTranslation();
  const { cancel } = useModelActions();
  return (
    <Button
      disabled={cancel.isPending}
      onClick={() => cancel.mutate(id)}
      aria-label={t("models.pauseNamed", { name })}
    >
      <Pause size={15} aria-hidden />
      {t("models.pause")}
    </Button>
  );
}

/** Fetches, or goes on where it was stopped. */
export function PullButton({ model: { id, name, recommended, state } }: { model: ModelEntry }) {
  const { t } = useTranslation();
  const { pull } = useModelActions();
  const begun = state === "partial";
  const Icon = begun ? Play : Download;
  return (
    <Button
      look={recommended ? "soft" : "plain"}
      disabled={pull.isPending}
      onClick={() => pull.mutate(id)}
      aria-label={t(begun ? "models.resumeNamed" : "models.pullNamed", { name })}
    >
      <Icon size={15} aria-hidden />
      {t(begun ? "models.resume" : "models.pull")}
    </Button>
  );
}
