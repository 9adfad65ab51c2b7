import { expect, it } from "vitest";

import type { EventKind, StreamItem } from "@/backend";

import { finishTool, reduceRunning, startTool, type LiveTool, type RunningCalls } from "./tools";

const item = (kind: EventKind, turn: string | null = "t"): StreamItem => ({
  seq: 1,
  at_ms: 1,
  turn,
  ...kind,
});
const started = (tool: string): EventKind => ({
  type: "tool_started",
  tool,
  arguments: {},
});
const finished = (tool: string, call?: string): EventKind => ({
  type: "tool_finished",
  tool,
  ok: true,
  result: "",
  ...(call && { call }),
});

function running(...items: StreamItem[]): string[] {
  const left: RunningCalls = items.reduce(reduceRunning, []);
  return left.map((one) => one.tool);
}

it("knows what runs, of turns and without one", () => {
  expect(running(item(started("clock")), item(started("run_command"), null))).toEqual([
    "clock",
    "run_command",
  ]);
  expect(running(item(started("clock")), item(finished("clock")))).toEqual([]);
  const other = [item(started("clock")), item(started("clock"), null), item(finished("clock"), null)];
  expect(running(...other)).toEqual(["clock"]);
});

it("lets go of what can no longer run", () => {
  const both = [item(started("clock")), item(started("run_command"), null)];
  const timings = { transcript_ms: 0 } as never;
  expect(running(...both, item({ type: "turn_ended", outcome: "answered", answer: "", timings }))).toEqual([
    "run_command",
  ]);
  expect(running(...both, item({ type: "everything_stopped" }, null))).toEqual([]);
  expect(running(...both, { type: "missed" })).toEqual([]);
});

it("keeps the same object where nothing changed", () => {
  const none: RunningCalls = [];
  expect(reduceRunning(none, item(finished("clock")))).toBe(none);
  expect(reduceRunning(none, item({ type: "answer_delta", text: "x" }))).toBe(none);
});

it("ends the first of its name that runs, and knows then what it was", () => {
  const events = [started("clock"), started("clock")] as const;
  const tools = events.reduce<LiveTool[]>((all, event) => startTool(all, event as never), []);
  const ended = finishTool(tools, { ...finished("clock", "b"), took_ms: 3, undo: 9 } as never);
  expect(ended.map(({ ok, undo, call }) => [ok, undo, call])).toEqual([
    [true, 9, "b"],
    [null, undefined, undefined],
  ]);
});
