import { apiOver } from "./api";
import { HttpBackend } from "./http";

export { RequestFailed, type Backend, type Link } from "./backend";
export type { Api, ExportFormat } from "./api";
export { apiOver } from "./api";
export { keepToken, takeTokenFromAddress } from "./token";
export type * from "./types";

/** The API behind this window. */
export const api = apiOver(new HttpBackend());
