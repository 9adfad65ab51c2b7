import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Link } from "./backend";
import { DesktopBackend, desktopShell } from "./desktop";
import type { StreamItem } from "./types";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  clearMocks();
});

interface Call {
  command: string;
  args: Record<string, unknown>;
}

/** The desktop's side: what it was asked, and the way to tell an event. */
function desktop(answers: Record<string, (() => unknown)[]>) {
  const calls: Call[] = [];
  let index = 0;
  mockIPC((command, args) => {
    calls.push({ command, args: args as Record<string, unknown> });
    return answers[command]?.shift()?.() ?? null;
  });
  const tell = (message: StreamItem) => {
    const { events } = calls.findLast((call) => call.command === "follow_events")?.args as {
      events: { id: number };
    };
    const internals = (window as never as Record<string, { runCallback: (id: number, data: object) => void }>)
      .__TAURI_INTERNALS__;
    internals?.runCallback(events.id, { message, index: index++ });
  };
  return { calls, tell };
}

const refused = () => {
  throw new Error("not ready");
};

it("follows events by a channel, tries again until it may, and leaves", async () => {
  const { calls, tell } = desktop({ follow_events: [refused, () => 7] });
  const links: Link[] = [];
  const items: StreamItem[] = [];
  const end = new DesktopBackend().subscribe({
    item: (item) => items.push(item),
    link: (link) => links.push(link),
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(links).toEqual(["connecting", "lost", "open"]);

  tell({ seq: 3, at_ms: 1, type: "mute_changed", muted: true });
  tell({ type: "missed" });
  expect(items.map((item) => item.type)).toEqual(["mute_changed", "missed"]);

  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.map((call) => call.command)).toEqual(["follow_events", "follow_events", "unfollow_events"]);
  expect(calls[0]?.args.after).toBeNull();
  expect(calls.at(-1)?.args).toEqual({ id: 7 });
});

it("leaves even where it had not begun to follow", async () => {
  const { calls } = desktop({ follow_events: [() => 8] });
  new DesktopBackend().subscribe({ item: () => undefined, link: () => undefined })();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.at(-1)).toEqual({ command: "unfollow_events", args: { id: 8 } });
});

it("gives a file to the system's dialog", async () => {
  const { calls } = desktop({ save_file: [() => true] });
  await expect(
    desktopShell.saveFile({ name: "talk.md", blob: await new Response("# Talk").blob() }),
  ).resolves.toBe(true);
  expect(calls).toEqual([{ command: "save_file", args: { name: "talk.md", text: "# Talk" } }]);
});
