import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Link } from "./backend";
import { followEvents } from "./stream";
import type { StreamItem } from "./types";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answer(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

it("reconnects behind the last event that it saw", async () => {
  const asked: (string | undefined)[] = [];
  const links: Link[] = [];
  const items: StreamItem[] = [];
  const answers = [
    () => Promise.resolve(answer('id: 4\ndata: {"seq":4,"at_ms":1,"type":"mute_changed","muted":true}\n\n')),
    () => Promise.reject(new TypeError("gone")),
    () => Promise.resolve(answer('data: {"type":"missed"}\n\n')),
  ];
  const end = followEvents({ item: (item) => items.push(item), link: (link) => links.push(link) }, (init) => {
    asked.push((init.headers as Record<string, string>)["last-event-id"]);
    return answers.shift()?.() ?? new Promise(() => undefined);
  });
  await vi.advanceTimersByTimeAsync(20_000);
  end();
  expect(asked).toEqual([undefined, "4", "4", "4"]);
  expect(items.map((item) => item.type)).toEqual(["mute_changed", "missed"]);
  expect(links).toEqual(["connecting", "open", "lost", "lost", "open", "lost"]);
});

it("gives up a line on which nothing is heard", async () => {
  const links: Link[] = [];
  const end = followEvents({ item: () => undefined, link: (link) => links.push(link) }, ({ signal }) => {
    const body = new ReadableStream({
      start: (controller) => signal?.addEventListener("abort", () => controller.error(new Error("aborted"))),
    });
    return Promise.resolve(new Response(body));
  });
  await vi.advanceTimersByTimeAsync(39_000);
  expect(links.at(-1)).toBe("open");
  await vi.advanceTimersByTimeAsync(1_200);
  expect(links.at(-1)).toBe("lost");
  end();
});
