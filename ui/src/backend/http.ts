import {
  RequestFailed,
  type Backend,
  type FileAnswer,
  type Listener,
  type Method,
  type Problem,
  type Upload,
} from "./backend";
import { followEvents } from "./stream";
import { token } from "./token";

/** The API over HTTP, as `jarvis serve` opens it. */
export class HttpBackend implements Backend {
  constructor(private readonly base = "/api") {}

  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async file(path: string): Promise<FileAnswer> {
    const answer = await this.send("GET", path);
    const disposition = answer.headers.get("content-disposition") ?? "";
    const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "conversation";
    return { name, blob: await answer.blob() };
  }

  /**
   * By XMLHttpRequest: `fetch` does not tell how much has been sent. As bytes, not as the file itself: that one does not
   * reach the desktop's own scheme.
   */
  async upload<T>(path: string, { file, progress, signal }: Upload): Promise<T> {
    const bytes = await file.arrayBuffer();
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new RequestFailed(CANCELLED, 0));
      const request = new XMLHttpRequest();
      request.open("POST", this.base + path);
      for (const [name, value] of withToken({}).headers) request.setRequestHeader(name, value);
      request.setRequestHeader("content-type", file.type || "application/octet-stream");
      request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
      request.onload = () => {
        const body = parsed(request.responseText);
        if (request.status >= 200 && request.status < 300) resolve(body as T);
        else reject(new RequestFailed(problemOf(body, request.status), request.status));
      };
      request.onerror = () => reject(new RequestFailed(UNREACHABLE, 0));
      request.onabort = () => reject(new RequestFailed(CANCELLED, 0));
      signal.addEventListener("abort", () => request.abort());
      request.send(bytes);
    });
  }

  subscribe(listener: Listener): () => void {
    return followEvents(listener, (init) => fetch(`${this.base}/events`, withToken(init)));
  }

  private async send(method: Method, path: string, body?: unknown): Promise<Response> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.headers = { "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    const answer = await fetch(this.base + path, withToken(init)).catch(() => {
      throw new RequestFailed(UNREACHABLE, 0);
    });
    if (!answer.ok) throw new RequestFailed(await failureOf(answer), answer.status);
    return answer;
  }
}

const UNREACHABLE: Problem = { code: "server_gone", message: "", remedy: "" };
const CANCELLED: Problem = { code: "cancelled", message: "", remedy: "" };

function withToken(init: RequestInit) {
  const known = token();
  const headers = new Headers(init.headers);
  if (known) headers.set("authorization", `Bearer ${known}`);
  return { ...init, headers, cache: "no-store" as const };
}

async function failureOf(answer: Response): Promise<Problem> {
  return problemOf(parsed(await answer.text().catch(() => "")), answer.status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problemOf(body: unknown, status: number): Problem {
  if (isFailure(body)) return body;
  return { code: "http_error", message: `HTTP ${status}`, remedy: "" };
}

function isFailure(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "message" in body && "remedy" in body && "code" in body;
}
