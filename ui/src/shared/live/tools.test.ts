import { expect, it } from "vitest";

import type { EventKind, StreamItem } from "@/backend";

import { finishTool, reduceRunning, startTool, type LiveTool, type RunningCalls } from "./tools";

const item = (kind: EventKind, turn: string | null = "t"): StreamItem => ({
  seq: 1,
  at_ms: 1,
  turn,
  ...kind,
});
const started = (tool: string, call?: string): EventKind => ({
  type: "tool_started",
  tool,
  arguments: {},
  ...(call && { call }),
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
  return left.map((one) => one.call ?? one.tool);
}

it("knows what runs, of turns and without one", () => {
  expect(running(item(started("clock")), item(started("run_command", "a"), null))).toEqual(["clock", "a"]);
  expect(running(item(started("clock")), item(finished("clock")))).toEqual([]);
  const twice = [item(started("clock", "a")), item(started("clock", "b")), item(finished("clock", "b"))];
  expect(running(...twice)).toEqual(["a"]);
});

it("lets go of what can no longer run", () => {
  const both = [item(started("clock", "a")), item(started("clock", "b"), null)];
  const timings = { transcript_ms: 0 } as never;
  expect(running(...both, item({ type: "turn_ended", outcome: "answered", answer: "", timings }))).toEqual([
    "b",
  ]);
  expect(running(...both, item({ type: "everything_stopped" }, null))).toEqual([]);
  expect(running(...both, { type: "missed" })).toEqual([]);
});

it("keeps the same object where nothing changed", () => {
  const none: RunningCalls = [];
  expect(reduceRunning(none, item(finished("clock")))).toBe(none);
  expect(reduceRunning(none, item({ type: "answer_delta", text: "x" }))).toBe(none);
});

it("ends the call that is meant, not the first of its name", () => {
  const events = [started("clock", "a"), started("clock", "b")] as const;
  const tools = events.reduce<LiveTool[]>((all, event) => startTool(all, event as never), []);
  const ended = finishTool(tools, { ...finished("clock", "b"), took_ms: 3, undo: 9 } as never);
  expect(ended.map(({ ok, undo }) => [ok, undo])).toEqual([
    [null, undefined],
    [true, 9],
  ]);
});
