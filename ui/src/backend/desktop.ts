import { Channel, invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";

import type { Listener } from "./backend";
import { HttpBackend } from "./http";
import type { Shell } from "./shell";
import type { StreamItem } from "./types";

const AGAIN_MS = 1_000;

/**
 * The API inside the desktop's window. Its scheme answers `/api` in process, so requests are as over HTTP, without a
 * token; what happens comes by a channel, as such a scheme cannot stream.
 */
export class DesktopBackend extends HttpBackend {
  override subscribe(listener: Listener): () => void {
    let ended = false;
    let following: number | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: number | null = null;
    const leave = (id: number) => void invoke("unfollow_events", { id });
    const events = new Channel<StreamItem>((item) => {
      if (ended) return;
      if (item.type !== "missed") last = item.seq;
      listener.item(item);
    });
    const follow = () => {
      invoke<number>("follow_events", { after: last, events }).then(
        (id) => {
          if (ended) return leave(id);
          following = id;
          listener.link("open");
        },
        () => {
          if (ended) return;
          // The assistant is still starting, or has failed to: the window cannot know which.
          listener.link("lost");
          timer = setTimeout(follow, AGAIN_MS);
        },
      );
    };
    listener.link("connecting");
    follow();
    return () => {
      ended = true;
      clearTimeout(timer);
      if (following !== null) leave(following);
    };
  }
}

export const desktopShell: Shell = {
  desktop: true,
  // A download leads nowhere in this window; the system's own dialog does.
  saveFile: async ({ name, blob }) => invoke<boolean>("save_file", { name, text: await blob.text() }),
  openExternal: (url) => void invoke("open_external", { url }),
  onWish: ({ navigate, newChat }) => {
    const listening: Promise<UnlistenFn>[] = [
      listen<string>("navigate", ({ payload }) => navigate(payload)),
      listen("new-chat", newChat),
    ];
    return () => {
      for (const one of listening) void one.then((end) => end());
    };
  },
};
