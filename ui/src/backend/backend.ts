import type { Failure, StreamItem } from "./types";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
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

/** The one seam between the window and the assistant. */
export interface Backend {
  request<T>(method: Method, path: string, body?: unknown): Promise<T>;
  file(path: string): Promise<FileAnswer>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void;
}

/** A request that did not succeed, with what a person is told about it. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";

  constructor(
    readonly failure: Failure,
    /** The HTTP status; 0 where the server could not be reached. */
    readonly status: number,
  ) {
    super(failure.message);
  }
}
