import type { AssistantEvent, StreamItem } from "@/backend";

/** A call of a tool, as it is known from events. */
export interface LiveTool {
  tool: string;
  arguments: unknown;
  /** `null` while it runs. */
  ok: boolean | null;
  result: unknown;
  /** What it was to do, one plain sentence; known when it has ended. */
  words?: string | null | undefined;
  took_ms?: number | null | undefined;
  /** Its number in the undo journal, where it can be taken back. */
  undo?: number | null | undefined;
}

type Started = AssistantEvent & { type: "tool_started" };
type Finished = AssistantEvent & { type: "tool_finished" };

export function startTool(tools: readonly LiveTool[], event: Started): LiveTool[] {
  return [...tools, { tool: event.tool, arguments: event.arguments, ok: null, result: null }];
}

/** Calls of one turn run one after the other: it is the first of its name that still runs. */
export function finishTool(tools: readonly LiveTool[], event: Finished): LiveTool[] {
  const { tool: name, ok, result, words, took_ms, undo } = event;
  const at = tools.findIndex((tool) => tool.tool === name && tool.ok === null);
  return tools.map((tool, index) => (index === at ? { ...tool, ok, result, words, took_ms, undo } : tool));
}

/** A call that runs now, of whatever turn, or of none. */
export interface RunningCall {
  tool: string;
  turn: string | null;
}

export type RunningCalls = readonly RunningCall[];

/** The calls that run after one more event. Gives the same object back where nothing changed. */
export function reduceRunning(running: RunningCalls, item: StreamItem): RunningCalls {
  switch (item.type) {
    case "tool_started":
      return [...running, { tool: item.tool, turn: item.turn ?? null }];
    case "tool_finished": {
      const at = running.findIndex(({ tool, turn }) => tool === item.tool && turn === (item.turn ?? null));
      return at < 0 ? running : running.toSpliced(at, 1);
    }
    case "turn_ended": {
      const left = running.filter((one) => one.turn === null || one.turn !== item.turn);
      return left.length === running.length ? running : left;
    }
    case "everything_stopped":
    case "missed":
      return running.length === 0 ? running : [];
    default:
      return running;
  }
}
