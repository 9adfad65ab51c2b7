import { useMutation } from "@tanstack/react-query";
import { Volume2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/backend";
import { BusyButton } from "@/shared/ui/BusyButton";

import { deviceOf } from "./useTrial";

/** A short tone, to know whether the speaker is the right one. */
export function ToneTest({ device }: { device: string }) {
  const { t } = useTranslation();
  const tone = useMutation({ mutationFn: () => api.testTone(deviceOf(device)) });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5">
      <BusyButton busy={tone.isPending} icon={Volume2} onClick={() => tone.mutate()}>
        {t("sound.tone")}
      </BusyButton>
      <p role="status" className="min-w-48 flex-1 text-[13px] text-soft">
        {tone.isSuccess ? t("sound.toneHeard") : t("sound.toneNote")}
      </p>
    </div>
  );
}
