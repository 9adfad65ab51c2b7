import { RequestFailed, type Listener, type Problem } from "./backend";
import { SseParser } from "./sse";
import { TOKEN_KEPT } from "./token";
import type { StreamItem } from "./types";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
/** The server says something at least every 15 s; after this long in silence the line is dead. */
const SILENCE_MS = 40_000;

type Open = (init: RequestInit) => Promise<Response>;

/** Reads the event stream for ever, reconnecting with back-off and resuming behind the last event seen. */
export function followEvents(listener: Listener, open: Open): () => void {
  const ended = new AbortController();
  void follow(listener, open, ended.signal);
  return () => ended.abort();
}

async function follow(listener: Listener, open: Open, ended: AbortSignal): Promise<void> {
  let last: string | null = null;
  let wait = FIRST_WAIT_MS;
  listener.link("connecting");
  while (!ended.aborted) {
    const dead = new AbortController();
    const signal = AbortSignal.any([ended, dead.signal]);
    try {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (last !== null) headers["last-event-id"] = last;
      const answer = await open({ headers, signal });
      if (!answer.ok || !answer.body) throw new RequestFailed(STREAM_FAILED, answer.status);
      listener.link("open");
      wait = FIRST_WAIT_MS;
      for await (const block of blocks(answer.body, dead)) {
        if (block.id !== null) last = block.id;
        listener.item(JSON.parse(block.data) as StreamItem);
      }
    } catch {
      // Whatever ended it, the cure is the same: say so, wait, try again.
    }
    if (isEnded(ended)) return;
    listener.link("lost");
    await pause(wait * (0.75 + Math.random() / 2), ended);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

const STREAM_FAILED: Problem = { code: "stream_failed", message: "", remedy: "" };

/** A call, so that the compiler does not take the answer from before an `await` for granted. */
function isEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function* blocks(body: ReadableStream<Uint8Array>, dead: AbortController) {
  const reader = body.getReader();
  const parser = new SseParser();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const watch = setTimeout(() => dead.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Waits, but no longer than until the network is back or there is another token to try. */
function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      window.removeEventListener(TOKEN_KEPT, done);
      ended.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    window.addEventListener(TOKEN_KEPT, done);
    ended.addEventListener("abort", done);
  });
}
