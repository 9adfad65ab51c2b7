import { useMutation, useQuery } from "@tanstack/react-query";

import { api, type VoiceStateName } from "@/backend";
import { useLive } from "@/shared/live/store";
import { keys } from "@/shared/queries";

export interface Voice {
  available: boolean;
  state: VoiceStateName | "off";
  muted: boolean;
  /** Why there is no voice. */
  problem: string | null;
  talk: (pressed: boolean) => void;
  mute: (muted: boolean) => void;
  stop: () => void;
}

/** The voice as it is now, and what can be asked of it. */
export function useVoice(): Voice {
  const voice = useQuery({ queryKey: keys.state, queryFn: api.state }).data?.voice;
  const connected = useLive((live) => live.link === "open");
  // Letting go never overtakes pressing.
  const talk = useMutation({ mutationFn: api.talk, scope: { id: "talk" } });
  const mute = useMutation({ mutationFn: api.mute });
  const stop = useMutation({ mutationFn: api.stopVoice });
  const available = connected && (voice?.available ?? false);
  return {
    available,
    state: available ? (voice?.state ?? "idle") : "off",
    muted: voice?.muted ?? false,
    problem: voice?.problem ? `${voice.problem.message} ${voice.problem.remedy}` : null,
    talk: talk.mutate,
    mute: mute.mutate,
    stop: stop.mutate,
  };
}
