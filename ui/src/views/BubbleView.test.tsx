import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { api, type AssistantState } from "@/backend";
import { useLive } from "@/shared/live/store";
import { keys, queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { Component as BubbleView } from "./BubbleView";

it("says what Jarvis is called by", async () => {
  useLive.setState({ link: "open" });
  queryClient.setQueryData<AssistantState>(keys.state, {
    version: "1",
    voice: { available: true, state: "idle", muted: false },
  });
  vi.spyOn(api, "wakeWords").mockResolvedValue([{ id: "own", phrase: "Computer", in_use: true }] as Awaited<
    ReturnType<typeof api.wakeWords>
  >);
  show(<BubbleView />);
  expect(await screen.findByTitle("Say “Computer” or hold the button to talk.")).toBeInTheDocument();
});
