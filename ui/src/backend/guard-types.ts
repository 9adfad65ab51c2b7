/**
 * By hand, until `schema.ts` has them: the guard's and the tools' part of the API. What is here has the names that the
 * program gives it, so that each can be replaced by its like from the schema.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Risk = "low" | "medium" | "high" | "critical";
export type Origin = "person" | "model" | "program";
export type Consent = "once" | "always" | "no" | "later";
export type TaintKind = "web" | "document" | "screen" | "clipboard" | "output" | "names" | "mcp";

/** One thing that a turn has read. */
export interface Taint {
  kind: TaintKind;
  source: string;
}

/** What a person is asked before a call runs. */
export interface Question {
  id: string;
  tool: string;
  /** The exact effect, one plain sentence. */
  words: string;
  risk: Risk;
  undoable: boolean;
  origin: Origin;
  tainted_by: Taint[];
  rule: string;
  /** What "always" would allow; none where there is no always. */
  always?: string | null;
  /** Until the answer is no. */
  seconds: number;
}

interface ToolStarted {
  type: "tool_started";
  tool: string;
  arguments: unknown;
}

interface ToolFinished {
  type: "tool_finished";
  tool: string;
  ok: boolean;
  result: string;
  call?: string | null;
  words?: string | null;
  took_ms?: number | null;
  /** Its number in the undo journal, where it can be taken back. */
  undo?: number | null;
}

type GuardEvent =
  | ToolStarted
  | ToolFinished
  | { type: "approval_asked"; question: Question }
  | { type: "approval_settled"; id: string; consent?: Consent | null }
  | { type: "everything_stopped" }
  | { type: "tools_changed" };

export type EventKind =
  Exclude<Schemas["EventKind"], { type: "tool_started" | "tool_finished" }> | GuardEvent;
export type AssistantEvent = EventKind & Omit<Schemas["Event"], keyof Schemas["EventKind"]>;
export type StreamItem = AssistantEvent | Schemas["Missed"];

export interface Telemetry {
  calls: number;
  succeeded: number;
  refused: number;
  last_ms: number;
  total_ms: number;
}

export interface ToolEntry {
  name: string;
  group: string;
  /** Written for the models, in English. */
  description: string;
  on: boolean;
  /** What its output is made of, where nobody vouches for it. */
  taint?: TaintKind | null;
  time_limit_s: number;
  examples: string[];
  /** A JSON schema. */
  parameters: unknown;
  telemetry: Telemetry;
}

export type Decision = "run" | "ask" | "deny";

/** What would be decided about a call. */
export interface Explained {
  decision: Decision;
  risk: Risk;
  rule: string;
  effect: string;
  words: string;
  undoable: boolean;
}

/** What came of a call. */
export interface Called {
  ok: boolean;
  result: string;
  took_ms: number;
  undo?: number | null;
}

/** What is allowed for always. */
export interface Grant {
  id: string;
  tool: string;
  origin: Origin;
  risk: Risk;
  words: string;
  covers: string[];
  since: string;
}

export interface Rules {
  text: string;
  /** Whether they are a person's own, and not those that ship. */
  own: boolean;
  file: string;
  constitution: string;
  /** Why those in the file do not hold. */
  problem?: string | null;
}

export type AuditKind =
  | "begun"
  | "done"
  | "failed"
  | "stopped"
  | "timed_out"
  | "undone"
  | "refused"
  | "asked"
  | "allowed"
  | "denied"
  | "granted"
  | "revoked"
  | "emergency_stop"
  | "rules_changed"
  | "tool_switched"
  | "forgotten"
  | "gap"
  | "unreadable";

export interface AuditRecord {
  seq: number;
  at: string;
  kind: AuditKind;
  call?: string | null;
  tool?: string | null;
  risk?: Risk | null;
  origin?: Origin | null;
  turn?: string | null;
  decision?: string | null;
  rule?: string | null;
  consent?: Consent | null;
  /** Of an ending: the record that tells of the beginning. */
  began?: number | null;
  /** Of a beginning: the record that tells of the end, once there is one. */
  ended?: number | null;
  ok?: boolean | null;
  took_ms?: number | null;
  about?: string | null;
  words: string;
  arguments?: unknown;
  tainted_by: Taint[];
  detail: string;
  forgotten: boolean;
  digest: string;
  previous: string;
  hash: string;
}

export interface AuditVerdict {
  records: number;
  unfinished: number;
  head_behind: number;
  broken: { seq: number; why: string }[];
}
