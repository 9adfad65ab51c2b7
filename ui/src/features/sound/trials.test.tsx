import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api } from "@/backend";
import { useLive } from "@/shared/live/store";
import { queryClient } from "@/shared/queries";
import { knownSettings, show } from "@/test/show";

import { MicrophoneTest } from "./MicrophoneTest";
import { WakeTest } from "./WakeTest";

const nothing = () => Promise.resolve(undefined);
const live = (state: Partial<ReturnType<typeof useLive.getState>>) => act(() => useLive.setState(state));

beforeEach(() => {
  useLive.setState({ trial: null, hits: [], level: 0 });
  knownSettings({ "audio.input": "USB headset", "wake.threshold": 0.5 });
  vi.spyOn(api, "beginTrial").mockImplementation(nothing);
  // The server ends a trial by an event.
  vi.spyOn(api, "endTrial").mockImplementation(() => {
    useLive.setState({ trial: null, level: 0 });
    return nothing();
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

it("shows the level of the microphone that is chosen, and says what it makes of it", async () => {
  const { user } = show(<MicrophoneTest device="USB headset" />);
  await user.click(screen.getByRole("button", { name: "Try the microphone" }));
  expect(api.beginTrial).toHaveBeenCalledExactlyOnceWith("level", "USB headset");
  expect(await screen.findByText("Say something: the bar should move.")).toBeInTheDocument();
  live({ level: 0.7 });
  expect(screen.getByRole("meter")).toHaveAttribute("aria-valuenow", "70");
  expect(screen.getByText("You are heard well.")).toBeInTheDocument();
});

it.each([
  [0.3, /You were quiet/],
  [0.05, /Nothing was heard/],
])("says after a level of %d what to do", async (level, words) => {
  const { user } = show(<MicrophoneTest device="default" />);
  await user.click(screen.getByRole("button", { name: "Try the microphone" }));
  expect(api.beginTrial).toHaveBeenCalledExactlyOnceWith("level", null);
  await screen.findByRole("button", { name: "Stop" });
  live({ level });
  live({ trial: null });
  expect(screen.getByText(words)).toBeInTheDocument();
});

it("gives the microphone back when it is left", async () => {
  const { user, unmount } = show(<MicrophoneTest device="default" />);
  await user.click(screen.getByRole("button", { name: "Try the microphone" }));
  await screen.findByRole("button", { name: "Stop" });
  unmount();
  expect(api.endTrial).toHaveBeenCalledOnce();
});

it("counts three hits, says how sure they were, and ends", async () => {
  const { user } = show(<WakeTest goal={3} />);
  await user.click(screen.getByRole("button", { name: "Test the wake word" }));
  expect(api.beginTrial).toHaveBeenCalledExactlyOnceWith("wake", "USB headset");
  await screen.findByRole("button", { name: "Stop" });
  live({ hits: [0.81, 0.93] });
  expect(screen.getByRole("listitem", { name: "Heard, 81% sure" })).toBeInTheDocument();
  expect(screen.getAllByRole("listitem", { name: "Not heard yet" })).toHaveLength(1);
  expect(api.endTrial).not.toHaveBeenCalled();
  live({ hits: [0.81, 0.93, 0.77] });
  await waitFor(() => expect(api.endTrial).toHaveBeenCalledOnce());
  expect(screen.getByText("It hears you well.")).toBeInTheDocument();
});

it("advises a higher sensitivity where it hardly hears, and sets it", async () => {
  const change = vi.spyOn(api, "changeSettings").mockReturnValue(new Promise(() => undefined));
  const { user } = show(<WakeTest goal={3} />);
  await user.click(screen.getByRole("button", { name: "Test the wake word" }));
  await screen.findByRole("button", { name: "Stop" });
  live({ hits: [0.9] });
  live({ trial: null });
  await user.click(screen.getByRole("button", { name: "Raise the sensitivity (threshold 0.4)" }));
  expect(change.mock.calls[0]?.[0]).toEqual({ "wake.threshold": 0.4 });
});
