import type { AssistantEvent, Risk, StreamItem } from "@/backend";

/** A call of a tool, as it is known from events. */
export interface LiveTool {
  tool: string;
  arguments: unknown;
  /** `null` while it runs. */
  ok: boolean | null;
  result: unknown;
  call?: string | undefined;
  /** Its exact effect, one plain sentence. */
  words?: string | undefined;
  risk?: Risk | undefined;
  took_ms?: number | undefined;
  /** Its number in the undo journal, where it can be taken back. */
  undo?: number | undefined;
}

type Started = AssistantEvent & { type: "tool_started" };
type Finished = AssistantEvent & { type: "tool_finished" };

export function startTool(tools: readonly LiveTool[], event: Started): LiveTool[] {
  return [...tools, { tool: event.tool, arguments: event.arguments, ok: null, result: null }];
}

/** The first of its name that still runs: a turn calls one tool after the other. */
export function finishTool(tools: readonly LiveTool[], event: Finished): LiveTool[] {
  const { tool: name, ok, result } = event;
  const at = tools.findIndex((one) => one.tool === name && one.ok === null);
  const told = {
    call: event.call ?? undefined,
    words: event.words ?? undefined,
    took_ms: event.took_ms ?? undefined,
    undo: event.undo ?? undefined,
  };
  return tools.map((tool, index) => (index === at ? { ...tool, ok, result, ...told } : tool));
}

/** A call that runs now, of whatever turn, or of none. */
export interface RunningCall {
  tool: string;
  turn: string | undefined;
}

export type RunningCalls = readonly RunningCall[];

/** The calls that run after one more event. Gives the same object back where nothing changed. */
export function reduceRunning(running: RunningCalls, item: StreamItem): RunningCalls {
  switch (item.type) {
    case "tool_started":
      return [...running, { tool: item.tool, turn: item.turn ?? undefined }];
    case "tool_finished": {
      const at = running.findIndex((one) => one.tool === item.tool && one.turn === (item.turn ?? undefined));
      return at < 0 ? running : running.toSpliced(at, 1);
    }
    case "turn_ended": {
      const left = running.filter((one) => one.turn === undefined || one.turn !== item.turn);
      return left.length === running.length ? running : left;
    }
    case "everything_stopped":
    case "missed":
      return running.length === 0 ? running : [];
    default:
      return running;
  }
}
