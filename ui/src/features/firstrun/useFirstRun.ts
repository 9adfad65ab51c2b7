import { useState } from "react";

import { useChangeSetting, useSetting } from "@/features/settings/useSettings";

import { FIRST_RUN, stepOf, type Step } from "./steps";

export interface FirstRun {
  step: Step;
  /** Goes to a step, and keeps the place. */
  go: (step: Step) => void;
}

/**
 * Where the first run is: it goes on where it was left. One that was finished begins anew when its page is opened
 * again, which does not undo that it was finished.
 */
export function useFirstRun(): FirstRun {
  const kept = useSetting(FIRST_RUN);
  const change = useChangeSetting();
  const [here, setHere] = useState<Step | null>(null);
  const finished = kept === "done";
  return {
    step: here ?? (finished ? "welcome" : stepOf(kept)),
    go: (step) => {
      setHere(step);
      if (kept !== undefined && !finished) change.mutate({ [FIRST_RUN]: step });
    },
  };
}

/** Whether there is a first run to be gone on with. */
export function useUnfinished(): boolean {
  const kept = useSetting(FIRST_RUN);
  return kept !== undefined && kept !== "done";
}
