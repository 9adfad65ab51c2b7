import { isTauri } from "@tauri-apps/api/core";

import { apiOver } from "./api";
import { DesktopBackend, desktopShell } from "./desktop";
import { HttpBackend } from "./http";
import { browserShell, type Shell } from "./shell";

export { RequestFailed, type Backend, type FileAnswer, type Link, type Problem } from "./backend";
export type {
  Api,
  ArchiveFormat,
  Asked,
  AuditFilter,
  AuditFormat,
  ExportFormat,
  GraphFormat,
  Sought,
  TrialKind,
} from "./api";
export type { Shell, Wishes } from "./shell";
export { apiOver, AUDIT_PAGE } from "./api";
export { keepToken, takeTokenFromAddress } from "./token";
export type * from "./types";

const desktop = isTauri();

/** The API behind this window. */
export const api = apiOver(desktop ? new DesktopBackend() : new HttpBackend());

/** What stands round this page. */
export const shell: Shell = desktop ? desktopShell : browserShell;
