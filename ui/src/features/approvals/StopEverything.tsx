import { OctagonX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { BusyButton } from "@/shared/ui/BusyButton";

import { useActing, useStopEverything } from "./useApprovals";

/** Ends all that Jarvis does. Only there while there is something to end. */
export function StopEverything() {
  return useActing() ? <StopButton /> : null;
}

export function StopButton({ className }: { className?: string }) {
  const { t } = useTranslation();
  const stop = useStopEverything();
  return (
    <BusyButton
      icon={OctagonX}
      look="danger"
      busy={stop.isPending}
      onClick={() => stop.mutate()}
      {...(className && { className })}
    >
      {t("approvals.stop")}
    </BusyButton>
  );
}
