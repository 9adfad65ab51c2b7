import type { Failure, StreamItem } from "./types";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Link = "connecting" | "open" | "lost";

export interface Listener {
  item: (item: StreamItem) => void;
  /** Called on every change; each "open" after the first means that the server was away in between. */
  link: (link: Link) => void;
}

export interface FileAnswer {
  name: string;
  blob: Blob;
}

export interface Upload {
  file: Blob;
  /** Told 0 to 1 while it is being sent. */
  progress: (share: number) => void;
  signal: AbortSignal;
}

/** The one seam between the window and the assistant. */
export interface Backend {
  request<T>(method: Method, path: string, body?: unknown): Promise<T>;
  file(path: string): Promise<FileAnswer>;
  /** Sends a file's bytes as they are. */
  upload<T>(path: string, upload: Upload): Promise<T>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void;
}

/** What went wrong between the window and the server. The texts of these come from the translations. */
export type OwnCode = "server_gone" | "http_error" | "stream_failed" | "cancelled";

/** A failure as the server tells it, or one of the window's own. */
export type Problem = Omit<Failure, "code"> & { code: Failure["code"] | OwnCode };

/** A request that did not succeed, with what a person is told about it. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor(
    readonly failure: Problem,
    /** The HTTP status; 0 where the server could not be reached. */
    readonly status: number,
  ) {
    super(failure.message);
  }
}
