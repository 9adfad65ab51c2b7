import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, type TrialKind } from "@/backend";
import { useLive } from "@/shared/live/store";

/** The setting that stands for "whatever the system has chosen". */
const DEFAULT = "default";

/** The name of a device as a request wants it. */
export function deviceOf(setting: string): string | null {
  return setting === DEFAULT ? null : setting;
}

export interface Trial {
  running: boolean;
  starting: boolean;
  begin: () => void;
  end: () => void;
}

/** Tries the microphone; ends when it is told to, after a minute, or with the component. */
export function useTrial(what: TrialKind, device: string): Trial {
  const running = useLive((live) => live.trial === what);
  const mine = useRef(false);
  const begin = useMutation({
    mutationFn: () => api.beginTrial(what, deviceOf(device)),
    onMutate: () => {
      mine.current = true;
      if (what === "wake") useLive.setState({ hits: [] });
    },
    onSuccess: () => {
      // Left before it had begun.
      if (!mine.current) void api.endTrial().catch(() => undefined);
      else useLive.setState({ trial: what, level: 0 });
    },
    onError: () => {
      mine.current = false;
    },
  });
  const end = useMutation({ mutationFn: api.endTrial });
  useEffect(
    () => () => {
      // Ends by itself after a minute in any case.
      if (mine.current && useLive.getState().trial === what) void api.endTrial().catch(() => undefined);
      mine.current = false;
    },
    [what],
  );
  return {
    running,
    starting: begin.isPending,
    begin: begin.mutate,
    end: end.mutate,
  };
}
