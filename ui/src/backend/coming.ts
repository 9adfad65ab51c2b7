/**
 * What the program's description does not name yet; when it does, these become lines in `types.ts`.
 */
import type { Failure } from "./types";

/** A picture or a text that goes with a request. */
export interface Attachment {
  id: string;
  name: string;
  /** `text/plain`, or `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
  media_type: string;
  size_bytes: number;
}

/** How much of an attachment the model was given, where that was not all. */
export interface AttachmentNote {
  attachment: string;
  name: string;
  limited: "not_seen" | "cut" | "left_out";
}

export interface Attached {
  attachments: Attachment[];
  /** Of an answer: the attachments of the request that the model was not given whole. */
  notes: AttachmentNote[];
}

export interface Machine {
  cores: number;
  memory_bytes: number;
  gpu?: string | null;
  disk_free_bytes: number;
  microphones: boolean;
  speakers: boolean;
}

export type KeyName = "openai" | "anthropic" | "porcupine";

export interface KeyEntry {
  name: KeyName;
  from?: "keyring" | "environment" | null;
}

export interface Keys {
  /** Why the system's keyring cannot be used. */
  keyring?: Failure | null;
  keys: KeyEntry[];
}
