import type { TurnRecord } from "@/backend";
import { speedOf } from "@/shared/lib/timing";

export const stages = ["understood", "thought", "spoken"] as const;
export type Stage = (typeof stages)[number];

export interface Bar {
  at: string;
  /** Length of each stage, milliseconds; together the time until the answer began. */
  parts: Record<Stage, number>;
  total: number;
}

/** What a person waited for the answer to begin, turn by turn: transcript, first word, first sound. */
export function barsOf(turns: TurnRecord[]): Bar[] {
  return turns.flatMap(({ at, timings }) => {
    const { firstToken, firstAudio } = speedOf(timings);
    const start = timings.end_of_speech_ms;
    const understood =
      start != null && timings.transcript_ms != null ? Math.max(0, timings.transcript_ms - start) : 0;
    const thought = Math.max(0, (firstToken ?? understood) - understood);
    const spoken = firstAudio === null ? 0 : Math.max(0, firstAudio - understood - thought);
    const total = understood + thought + spoken;
    return firstToken === null && firstAudio === null
      ? []
      : [{ at, parts: { understood, thought, spoken }, total }];
  });
}

/** A round number not below `value`: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/** The value that `share` of the values do not exceed. */
export function quantile(values: number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
