/**
 * What the program's description does not name yet; when it does, these become lines in `types.ts`.
 */
import type { Failure } from "./types";

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
