import { describe, expect, it } from "vitest";

import type { EventKind, Message, StreamItem, TurnTimings } from "@/backend";

import { newMessage } from "@/shared/message";
import { claimTurn, dropTurn, reduceTurns, withLive, type LiveTurns } from "./turns";

const TIMINGS: TurnTimings = {
  wake_ms: null,
  end_of_speech_ms: null,
  transcript_ms: 0,
  first_token_ms: 40,
  first_audio_ms: null,
  done_ms: 90,
};

function after(...kinds: EventKind[]): LiveTurns {
  const items = kinds.map((kind, seq): StreamItem => ({
    seq,
    at_ms: seq,
    turn: "t",
    conversation: "c",
    ...kind,
  }));
  return items.reduce(reduceTurns, {});
}

function message(fields: Partial<Message>): Message {
  return newMessage({ id: "m", seq: 1, role: "assistant", turn: "t", ...fields });
}

describe("reduceTurns", () => {
  it("puts an answer together", () => {
    const turns = after(
      { type: "answer_delta", text: "It is " },
      { type: "tool_started", tool: "clock", arguments: {} },
      { type: "tool_finished", tool: "clock", ok: true, result: "9:41" },
      { type: "answer_delta", text: "9:41." },
    );
    expect(turns.t).toMatchObject({
      text: "It is 9:41.",
      conversation: "c",
      ended: null,
      tools: [{ tool: "clock", ok: true, result: "9:41" }],
    });
  });

  it("takes the whole answer at the end", () => {
    const turns = after(
      { type: "answer_delta", text: "lf of it" },
      { type: "turn_ended", outcome: "answered", answer: "All of it", timings: TIMINGS },
    );
    expect(turns.t).toMatchObject({ text: "All of it", ended: "answered", timings: TIMINGS });
  });

  it("keeps the same object where nothing changed", () => {
    const turns = after({ type: "answer_delta", text: "x" });
    expect(reduceTurns(turns, { seq: 9, at_ms: 9, turn: "t", type: "level", rms_dbfs: -20 })).toBe(turns);
    expect(reduceTurns(turns, { seq: 9, at_ms: 9, type: "mute_changed", muted: true })).toBe(turns);
  });

  it("forgets halves of answers where something was missed", () => {
    expect(reduceTurns(after({ type: "answer_delta", text: "x" }), { type: "missed" })).toEqual({});
  });
});

describe("withLive", () => {
  const live = after({ type: "answer_delta", text: "It is " });

  it("appends an answer that is not kept yet", () => {
    const shown = withLive([message({ role: "user", content: "What time?" })], live, "c");
    expect(shown.map((one) => [one.role, one.content, one.status])).toEqual([
      ["user", "What time?", "complete"],
      ["assistant", "It is ", "streaming"],
    ]);
  });

  it.each([
    ["lies over what is kept", "It", "It is "],
    ["gives way to what is kept where it lacks the beginning", "Well. It is ", "Well. It is "],
  ])("%s", (_, kept, expected) => {
    const shown = withLive([message({ content: kept, status: "streaming" })], live, "c");
    expect(shown.map((one) => one.content)).toEqual([expected]);
  });

  it("leaves a finished answer and other conversations alone", () => {
    const messages = [message({ content: "It is 9:41." })];
    expect(withLive(messages, live, "c")).toEqual(messages);
    expect(withLive(messages, live, "other")).toBe(messages);
  });
});

it("claims a turn, and clears away ended ones of the same conversation", () => {
  const ended = after({ type: "turn_ended", outcome: "answered", answer: "x", timings: TIMINGS });
  const turns = claimTurn(ended, "next", "c");
  expect(Object.keys(turns)).toEqual(["next"]);
  expect(dropTurn(turns, "next")).toEqual({});
});
