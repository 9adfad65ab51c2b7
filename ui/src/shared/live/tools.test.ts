import { expect, it } from "vitest";

import type { EventKind, StreamItem } from "@/backend";

import { finishTool, reduceRunning, startTool, type LiveTool, type RunningCalls } from "./tools";

const item = (kind: EventKind, turn: string | null = "t"): StreamItem => ({
  seq: 1,
  at_ms: 1,
  turn,
  ...kind,
});
const started = (tool: string): EventKind => ({ type: "tool_started", tool, arguments: {} });
const finished = (tool: string): EventKind => ({ type: "tool_finished", tool, ok: true, result: "" });

function running(...items: StreamItem[]): string[] {
  const left: RunningCalls = items.reduce(reduceRunning, []);
  return left.map(({ tool, turn }) => `${tool} of ${turn ?? "none"}`);
}

it("knows what runs, of turns and without one", () => {
  expect(running(item(started("clock")), item(started("clock"), null))).toEqual([
    "clock of t",
    "clock of none",
  ]);
  expect(running(item(started("clock")), item(finished("clock")))).toEqual([]);
  const both = [item(started("clock")), item(started("clock"), null)];
  expect(running(...both, item(finished("clock"), null))).toEqual(["clock of t"]);
});

it("lets go of what can no longer run", () => {
  const both = [item(started("clock")), item(started("run_command"), null)];
  const timings = { transcript_ms: 0 } as never;
  const ended: EventKind = { type: "turn_ended", outcome: "answered", answer: "", timings };
  expect(running(...both, item(ended))).toEqual(["run_command of none"]);
  expect(running(...both, item({ type: "everything_stopped" }, null))).toEqual([]);
  expect(running(...both, { type: "missed" })).toEqual([]);
});

it("keeps the same object where nothing changed", () => {
  const none: RunningCalls = [];
  expect(reduceRunning(none, item(finished("clock")))).toBe(none);
  expect(reduceRunning(none, item({ type: "answer_delta", text: "x" }))).toBe(none);
});

it("ends the first of its name that runs, with what is told of it", () => {
  const begun = ["clock", "clock", "run_command"].reduce<LiveTool[]>(
    (all, tool) => startTool(all, { ...item(started(tool)), type: "tool_started" } as never),
    [],
  );
  const told = { ...finished("clock"), words: "Look at the clock.", took_ms: 3, undo: 9 } as never;
  const ended = finishTool(finishTool(begun, told), finished("run_command") as never);
  expect(ended.map(({ ok, words, undo }) => [ok, words, undo])).toEqual([
    [true, "Look at the clock.", 9],
    [null, undefined, undefined],
    [true, undefined, undefined],
  ]);
});
