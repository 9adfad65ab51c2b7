import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, type AssistantState } from "@/backend";
import { useLive } from "@/shared/live/store";
import { keys, queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { Bubble } from "./Bubble";

function standing(voice: Partial<AssistantState["voice"]>): AssistantState {
  return {
    version: "1",
    model: "none/none",
    voice: { available: true, state: "idle", muted: false, problem: null, ...voice },
  };
}

beforeEach(() => useLive.setState({ link: "open", partial: "", level: 0 }));
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

it("says what the voice does, and what it has heard so far", () => {
  queryClient.setQueryData(keys.state, standing({ state: "listening" }));
  show(<Bubble />);
  expect(screen.getByText("Listening")).toBeInTheDocument();
  act(() => useLive.setState({ partial: "What time is" }));
  expect(screen.getByText("What time is")).toBeInTheDocument();
});

it("reads out what the voice does, but not what the person is saying", () => {
  queryClient.setQueryData(keys.state, standing({ state: "listening" }));
  show(<Bubble />);
  act(() => useLive.setState({ partial: "What time is" }));
  expect(screen.getByText("Listening")).toHaveAttribute("aria-live", "polite");
  expect(screen.getByText("What time is").closest("[aria-live]")).toBeNull();
});

it("stops and mutes", async () => {
  const stop = vi.spyOn(api, "stopVoice").mockResolvedValue(undefined);
  const mute = vi.spyOn(api, "mute").mockResolvedValue(undefined);
  queryClient.setQueryData(keys.state, standing({ state: "speaking" }));
  const { user } = show(<Bubble />);
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(stop).toHaveBeenCalledOnce();
  await user.click(screen.getByRole("button", { name: "Mute the microphone" }));
  expect(mute.mock.calls[0]?.[0]).toBe(true);
});

it("stops what rings where there is no microphone", async () => {
  const stop = vi.spyOn(api, "stopVoice").mockResolvedValue(undefined);
  queryClient.setQueryData(keys.state, standing({ available: false, state: "speaking" }));
  const { user } = show(<Bubble />);
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(stop).toHaveBeenCalledOnce();
});

it("has nothing to stop while it rests", () => {
  queryClient.setQueryData(keys.state, standing({}));
  show(<Bubble />);
  expect(screen.getByText("Ready")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Stop" })).not.toBeInTheDocument();
});
