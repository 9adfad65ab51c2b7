import { Square, type LucideIcon } from "lucide-react";

import { BusyButton } from "@/shared/ui/BusyButton";
import { Button } from "@/shared/ui/Button";

import type { Trial } from "./useTrial";

interface TrialButtonProps {
  trial: Trial;
  icon: LucideIcon;
  beginLabel: string;
  endLabel: string;
  /** What is to be done before it begins. */
  onBegin: () => void;
}

/** Begins a trial of the microphone, and ends it. */
export function TrialButton({ trial, icon, beginLabel, endLabel, onBegin }: TrialButtonProps) {
  if (trial.running) {
    return (
      <Button onClick={trial.end}>
        <Square size={13} fill="currentColor" aria-hidden />
        {endLabel}
      </Button>
    );
  }
  const begin = () => {
    onBegin();
    trial.begin();
  };
  return (
    <BusyButton busy={trial.starting} icon={icon} onClick={begin}>
      {beginLabel}
    </BusyButton>
  );
}
