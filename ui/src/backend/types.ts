/**
 * The words of the API, as short names of what `schema.ts` holds, which is generated from the program.
 * Times are RFC 3339 strings in UTC; ids are UUID strings.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Failure = Schemas["Failure"];

export type Conversation = Schemas["Conversation"];
export type Message = Schemas["Message"];
export type MessageStatus = Schemas["MessageStatus"];
export type MessagePage = Schemas["Messages"];
export type ToolUse = Schemas["ToolUse"];
export type TurnAccepted = Schemas["Begun"];
export type TurnTimings = Schemas["TurnTimings"];
export type Usage = Schemas["Usage"];
export type Attachment = Schemas["Attachment"];
export type AttachmentNote = Schemas["AttachmentNote"];

export type Source = Schemas["Source"];
export type Fact = Schemas["Fact"];
export type FactChange = Schemas["FactChange"];
export type Recalled = Schemas["Recalled"];
export type Provenance = Schemas["Provenance"];
export type Forgotten = Schemas["Forgotten"];
export type Imported = Schemas["Imported"];
export type MemoryStats = Schemas["Stats"];

export type EntityKind = Schemas["EntityKind"];
export type Named = Schemas["Named"];
export type Entity = Schemas["Entity"];
export type Relation = Schemas["Relation"];
export type EntityContents = Schemas["EntityRelations"];
export type GraphNode = Schemas["Node"];
export type GraphContents = Schemas["Picture"];

export type StoredDocument = Schemas["Document"];
export type DocumentContents = Schemas["Contents"];
export type Passage = Schemas["Passage"];
export type LeftOut = Schemas["LeftOut"];

export type Risk = Schemas["Risk"];
export type Origin = Schemas["Origin"];
export type Consent = Schemas["Consent"];
export type TaintKind = Schemas["TaintKind"];
export type Taint = Schemas["Taint"];
export type Question = Schemas["Question"];
export type Telemetry = Schemas["Telemetry"];
export type ToolEntry = Schemas["ToolEntry"];
export type Decision = Schemas["Decision"];
export type Explained = Schemas["Explained"];
export type Called = Schemas["ToolResult"];
export type Grant = Schemas["Grant"];
export type Rules = Schemas["Rules"];
export type AuditRecord = Schemas["AuditRecord"];
export type AuditVerdict = Schemas["AuditVerdict"];

export type EventKind = Schemas["EventKind"];
export type AssistantEvent = Schemas["Event"];
export type StreamItem = Schemas["StreamItem"];
export type Outcome = Schemas["Outcome"];
export type DownloadState = Schemas["DownloadState"];

export type AssistantState = Schemas["Standing"];
export type VoiceStateName = Schemas["VoiceState"];

export type Setting = Schemas["Setting"];
export type SettingKind = Schemas["SettingKind"];
export type SettingValue = Schemas["SettingValue"];
export type Settings = Schemas["Settings"];

export type WakeWord = Schemas["WakeWord"];
export type Teaching = Schemas["Teaching"];
export type Recorded = Schemas["Recorded"];

export type ModelEntry = Schemas["ModelEntry"];
export type Verified = Schemas["Verified"];

export type Check = Schemas["Check"];
export type TurnRecord = Schemas["TurnRecord"];
export type Health = Schemas["Health"];
export type DeviceInfo = Schemas["DeviceInfo"];
export type Devices = Schemas["Devices"];
export type Machine = Schemas["Machine"];

export type Keys = Schemas["Keys"];
export type KeyEntry = Schemas["KeyStanding"];
export type KeyName = Schemas["KeyName"];
