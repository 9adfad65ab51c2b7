import type {
  AssistantEvent,
  Failure,
  Message,
  Outcome,
  Source,
  StreamItem,
  TurnTimings,
  Usage,
} from "@/backend";

import { newMessage } from "@/shared/message";

import { finishTool, startTool, type LiveTool } from "./tools";

/** An answer while it is being written, put together from events. */
export interface LiveTurn {
  turn: string;
  conversation: string | null;
  text: string;
  tools: LiveTool[];
  sources: Source[];
  reflex: string | null;
  failure: Failure | null;
  ended: Outcome | null;
  timings: TurnTimings | null;
  usage: Usage | null;
}

export type LiveTurns = Readonly<Record<string, LiveTurn>>;

function begun(turn: string, conversation: string | null): LiveTurn {
  return {
    turn,
    conversation,
    text: "",
    tools: [],
    sources: [],
    reflex: null,
    failure: null,
    ended: null,
    timings: null,
    usage: null,
  };
}

/** The turns after one more event. Gives the same object back where nothing changed. */
export function reduceTurns(turns: LiveTurns, item: StreamItem): LiveTurns {
  // What was missed may have been in the middle of an answer; what the server has kept is right.
  if (item.type === "missed") return {};
  if (!item.turn) return turns;
  const known = turns[item.turn] ?? begun(item.turn, item.conversation ?? null);
  const next = reduceTurn(known, item);
  if (next === null) return turns;
  return { ...turns, [item.turn]: { ...next, conversation: next.conversation ?? item.conversation ?? null } };
}

function reduceTurn(turn: LiveTurn, event: AssistantEvent): LiveTurn | null {
  switch (event.type) {
    case "transcript":
      return turn;
    case "answer_delta":
      return { ...turn, text: turn.text + event.text };
    case "reflex_matched":
      return { ...turn, reflex: event.reflex };
    case "tool_started":
      return { ...turn, tools: startTool(turn.tools, event) };
    case "tool_finished":
      return { ...turn, tools: finishTool(turn.tools, event) };
    case "answer_cited":
      return { ...turn, sources: event.sources };
    case "failed":
      return { ...turn, failure: { code: event.code, message: event.message, remedy: event.remedy } };
    case "turn_ended":
      return {
        ...turn,
        text: event.answer || turn.text,
        ended: event.outcome,
        timings: event.timings,
        usage: event.usage ?? null,
      };
    default:
      return null;
  }
}

/** A turn that this window asked for; what was left of ended ones in the conversation goes. */
export function claimTurn(turns: LiveTurns, turn: string, conversation: string): LiveTurns {
  const kept = Object.entries(turns).filter(
    ([id, other]) => id === turn || other.conversation !== conversation || other.ended === null,
  );
  const known = turns[turn] ?? begun(turn, conversation);
  return { ...Object.fromEntries(kept), [turn]: { ...known, conversation } };
}

export function dropTurn(turns: LiveTurns, turn: string): LiveTurns {
  return Object.fromEntries(Object.entries(turns).filter(([id]) => id !== turn));
}

/** The kept messages of a conversation with what is being written now laid over them. */
export function withLive(messages: Message[], turns: LiveTurns, conversation: string): Message[] {
  const live = Object.values(turns).filter((turn) => turn.conversation === conversation);
  if (live.length === 0) return messages;
  const laid = messages.map((message) => {
    const turn = message.role === "assistant" && live.find((one) => one.turn === message.turn);
    return turn && message.status === "streaming" ? overlay(message, turn) : message;
  });
  const missing = live.filter(
    (turn) =>
      turn.ended !== "nothing_heard" &&
      !messages.some((message) => message.role === "assistant" && message.turn === turn.turn),
  );
  const last = messages.at(-1)?.seq ?? 0;
  return [...laid, ...missing.map((turn, index) => overlay(blank(turn, last + 1 + index), turn))];
}

function overlay(message: Message, turn: LiveTurn): Message {
  return {
    ...message,
    // A window that came in the middle lacks the beginning, which the server has.
    content: turn.text.startsWith(message.content) || turn.ended ? turn.text : message.content,
    status: statusOf(turn.ended),
    timings: turn.timings,
    usage: turn.usage,
    sources: turn.sources.length > 0 ? turn.sources : message.sources,
    reflex: turn.reflex ?? message.reflex ?? null,
  };
}

function statusOf(outcome: Outcome | null): Message["status"] {
  if (outcome === null) return "streaming";
  if (outcome === "answered" || outcome === "nothing_heard") return "complete";
  return outcome;
}

function blank({ turn }: LiveTurn, seq: number): Message {
  return newMessage({ id: `live-${turn}`, seq, role: "assistant", status: "streaming", turn });
}
