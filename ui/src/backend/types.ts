/**
 * The words of the API, exactly as the server names them.
 * Times are RFC 3339 strings in UTC; ids are UUID strings.
 */

export interface Failure {
  code: string;
  message: string;
  remedy: string;
}

export interface Conversation {
  id: string;
  title: string;
  pinned: boolean;
  created_at: string;
  updated_at: string;
  message_count: number;
}

export interface TurnTimings {
  wake_ms: number | null;
  end_of_speech_ms: number | null;
  transcript_ms: number | null;
  first_token_ms: number | null;
  first_audio_ms: number | null;
  done_ms: number | null;
}

export interface Usage {
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
}

export interface ToolUse {
  tool: string;
  arguments: unknown;
  ok: boolean;
  result: unknown;
}

export type MessageStatus = "complete" | "streaming" | "interrupted" | "failed";

export interface Message {
  id: string;
  /** Place in the conversation, from 1. */
  seq: number;
  role: "user" | "assistant";
  content: string;
  created_at: string;
  status: MessageStatus;
  /** Said aloud rather than typed. */
  spoken: boolean;
  turn: string | null;
  timings: TurnTimings | null;
  usage: Usage | null;
  reflex: string | null;
  tools: ToolUse[];
}

export interface MessagePage {
  /** Oldest first. */
  messages: Message[];
  has_more: boolean;
}

export interface TurnAccepted {
  turn: string;
  message: Message;
}

export type VoiceStateName = "idle" | "listening" | "thinking" | "speaking" | "follow_up";
export type Outcome = "answered" | "interrupted" | "nothing_heard" | "failed";
export type DownloadState = "fetching" | "installed" | "failed" | "cancelled";

export type EventKind =
  | { type: "state_changed"; state: VoiceStateName }
  | { type: "mute_changed"; muted: boolean }
  | { type: "level"; rms_dbfs: number }
  | { type: "wake_detected"; score: number; position_ms: number }
  | { type: "speech_started"; position_ms: number }
  | { type: "speech_ended"; position_ms: number }
  | { type: "partial_transcript"; text: string }
  | { type: "transcript"; text: string; language: string }
  | { type: "reflex_matched"; reflex: string }
  | { type: "answer_delta"; text: string }
  | { type: "tool_started"; tool: string; arguments: unknown }
  | { type: "tool_finished"; tool: string; ok: boolean; result: unknown }
  | { type: "sentence_started"; text: string }
  | { type: "turn_ended"; outcome: Outcome; answer: string; timings: TurnTimings; usage?: Usage | null }
  | { type: "timer_rang"; label: string }
  | { type: "device_changed"; device: string; name: string | null }
  | { type: "failed"; code: string; message: string; remedy: string }
  | {
      type: "model_progress";
      model: string;
      done_bytes: number;
      total_bytes: number;
      state: DownloadState;
    };

export interface EventPlace {
  /** Counts up by one from the start of the process. */
  seq: number;
  /** Milliseconds since the assistant started. */
  at_ms: number;
  turn?: string;
  conversation?: string;
}

/** One fact, with its place in the order of things. */
export type AssistantEvent = EventPlace & EventKind;

/** What the stream carries: facts, or word that some can no longer be told. */
export type StreamItem = AssistantEvent | { type: "missed" };

export interface AssistantState {
  version: string;
  voice: { available: boolean; state: VoiceStateName; muted: boolean; problem: Failure | null };
  /** "provider/name" */
  model: string;
  /** The spoken conversation. */
  conversation: string | null;
}

export type SettingKind = "text" | "number" | "boolean" | "list" | "choice";
export type SettingValue = string | number | boolean | string[];

export interface Setting {
  key: string;
  value: SettingValue;
  default: SettingValue;
  description: string;
  kind: SettingKind;
  choices?: string[] | null;
}

export interface Settings {
  /** The file they are kept in. */
  path: string;
  settings: Setting[];
}

export interface ModelEntry {
  id: string;
  name: string;
  stage: string;
  licence: string;
  size_bytes: number;
  languages: string[];
  note: string | null;
  origin: string;
  recommended: boolean;
  state: "missing" | "installed" | "fetching" | "damaged";
  done_bytes: number;
}

export interface Verified {
  ok: boolean;
  problem: Failure | null;
}

export interface Check {
  what: string;
  ok: boolean;
  found: string | null;
  failure: Failure | null;
}

export interface TurnRecord {
  at: string;
  timings: TurnTimings;
}

export interface Health {
  checks: Check[];
  /** Newest last. */
  turns: TurnRecord[];
}

export interface DeviceInfo {
  name: string;
  default: boolean;
}

export interface Devices {
  inputs: DeviceInfo[];
  outputs: DeviceInfo[];
}
