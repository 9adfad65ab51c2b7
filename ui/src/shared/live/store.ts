import { create } from "zustand";

import type { Link, TrialKind } from "@/backend";

import type { LiveTool, RunningCalls } from "./tools";
import type { LiveTurns } from "./turns";

interface Live {
  link: Link;
  turns: LiveTurns;
  /** The latest turns that are over and kept, by their ids. */
  settled: readonly string[];
  /** What tools did in these turns: more than is kept of them. */
  used: Readonly<Record<string, LiveTool[]>>;
  /** What tools do now. */
  running: RunningCalls;
  /** What was taken back, by its number in the undo journal. */
  undone: readonly number[];
  /** What is being said, as far as it is understood. */
  partial: string;
  /** The last request that was spoken; another object for each. */
  heard: { conversation: string } | null;
  /** Level of the microphone, 0 (silent) to 1 (loud). */
  level: number;
  /** What the microphone is tried for, while it is. */
  trial: TrialKind | null;
  /** How sure the detector was, 0 to 1, each time it heard the wake word in this trial or the last. */
  hits: number[];
  /** How far the document is that is being read. */
  reading: { name: string; done: number; of: number } | null;
  /** The server wants a token that this window does not have. */
  locked: boolean;
}

/** What changes many times a second or belongs to this window alone; all else is in the query cache. */
export const useLive = create<Live>(() => ({
  link: "connecting",
  turns: {},
  settled: [],
  used: {},
  running: [],
  undone: [],
  partial: "",
  heard: null,
  level: 0,
  trial: null,
  hits: [],
  reading: null,
  locked: false,
}));
