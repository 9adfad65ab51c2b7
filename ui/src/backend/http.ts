import { RequestFailed, type Backend, type FileAnswer, type Listener, type Method } from "./backend";
import { followEvents } from "./stream";
import { token } from "./token";
import type { Failure } from "./types";

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

/** The texts of these codes come from the translations. */
const UNREACHABLE: Failure = { code: "server_gone", message: "", remedy: "" };

function withToken(init: RequestInit): RequestInit {
  const known = token();
  const headers = new Headers(init.headers);
  if (known) headers.set("authorization", `Bearer ${known}`);
  return { ...init, headers, cache: "no-store" };
}

async function failureOf(answer: Response): Promise<Failure> {
  const body: unknown = await answer.json().catch(() => null);
  if (isFailure(body)) return body;
  return { code: "http_error", message: `HTTP ${answer.status}`, remedy: "" };
}

function isFailure(body: unknown): body is Failure {
  return typeof body === "object" && body !== null && "message" in body && "remedy" in body && "code" in body;
}
