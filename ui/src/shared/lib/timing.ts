import type { TurnTimings } from "@/backend";

export interface TurnSpeed {
  /** From the end of the question to the first word of the answer. */
  firstToken: number | null;
  /** From the end of speech to the first sound. */
  firstAudio: number | null;
  /** From the question's end to the end of it all. */
  done: number | null;
}

/** How long a person waited, from the session's clock. A typed turn begins at its transcript, or at zero. */
export function speedOf(timings: TurnTimings): TurnSpeed {
  const start = timings.end_of_speech_ms ?? timings.transcript_ms ?? 0;
  const since = (at: number | null | undefined) => (at == null ? null : Math.max(0, at - start));
  return {
    firstToken: since(timings.first_token_ms),
    firstAudio: since(timings.first_audio_ms),
    done: since(timings.done_ms),
  };
}
