import { useMutation } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/backend";
import { useSetting } from "@/features/settings/useSettings";
import { BusyButton } from "@/shared/ui/BusyButton";
import { IconButton } from "@/shared/ui/Button";

/** Says a sentence in the voice and at the speed that are set. */
export function VoicePreview() {
  const { t } = useTranslation();
  const voice = useSetting("tts.voice");
  const speed = useSetting("tts.speed");
  const preview = useMutation({
    mutationFn: () =>
      api.preview({
        ...(typeof voice === "string" && voice !== "auto" && { voice }),
        ...(typeof speed === "number" && { speed }),
      }),
  });
  const stop = useMutation({ mutationFn: api.stopVoice });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5">
      <span className="flex items-center gap-1">
        <BusyButton busy={preview.isPending} icon={Play} onClick={() => preview.mutate()}>
          {t("sound.preview")}
        </BusyButton>
        {(preview.isPending || preview.isSuccess) && (
          <IconButton label={t("sound.stopPreview")} onClick={() => stop.mutate()}>
            <Square size={13} fill="currentColor" />
          </IconButton>
        )}
      </span>
      <p role="status" className="min-w-48 flex-1 text-[13px] text-soft">
        {preview.isPending ? t("sound.previewStarting") : t("sound.previewNote")}
      </p>
    </div>
  );
}
