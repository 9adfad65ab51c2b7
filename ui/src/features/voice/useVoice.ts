import { useMutation, useQuery } from "@tanstack/react-query";

import { api, type VoiceStateName } from "@/backend";
import { worded } from "@/shared/failure";
import { useLive } from "@/shared/live/store";
import { keys } from "@/shared/queries";

export interface Voice {
  available: boolean;
  state: VoiceStateName | "off";
  /** What to say of it: a voice that would hear nothing is not waiting for anybody. */
  shown: VoiceStateName | "off" | "muted";
  /** Whether it listens, thinks or speaks, and can be stopped. Without a microphone it still rings. */
  busy: boolean;
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
  const problem = voice?.problem && worded(voice.problem);
  const busy = voice?.state === "listening" || voice?.state === "thinking" || voice?.state === "speaking";
  const state = available ? (voice?.state ?? "idle") : "off";
  const muted = voice?.muted ?? false;
  return {
    available,
    state,
    shown: muted && state === "idle" ? "muted" : state,
    busy: connected && busy,
    muted,
    problem: problem ? `${problem.message} ${problem.remedy}` : null,
    talk: talk.mutate,
    mute: mute.mutate,
    stop: stop.mutate,
  };
}
