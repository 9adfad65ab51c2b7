import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from "vitest";

import { api } from "@/backend";
import { keys, queryClient } from "@/shared/queries";
import { knownSettings, show } from "@/test/show";

import { Component as FirstRun } from "./FirstRunView";

const MACHINE = {
  cores: 8,
  memory_bytes: 16e9,
  gpu: null,
  disk_free_bytes: 2e11,
  microphones: false,
  speakers: true,
};

let change: MockInstance<typeof api.changeSettings>;

beforeEach(() => {
  queryClient.setQueryData(keys.machine, MACHINE);
  queryClient.setQueryData(keys.models, []);
  vi.spyOn(api, "settings").mockReturnValue(new Promise(() => undefined));
  change = vi.spyOn(api, "changeSettings").mockReturnValue(new Promise(() => undefined));
});
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const title = () => screen.getByRole("heading", { level: 1 }).textContent;

it("begins with the machine, and keeps each step that is reached", async () => {
  knownSettings({ "desktop.first_run": "welcome", "audio.input": "default", "audio.output": "default" });
  const { user } = show(<FirstRun />);
  expect(title()).toBe("Welcome. This is what I found");
  expect(screen.getByText("8 cores")).toBeInTheDocument();
  expect(screen.getByText("None found")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(title()).toBe("Can we hear each other?");
  expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  expect(change.mock.calls.at(-1)?.[0]).toEqual({ "desktop.first_run": "sound" });
  await user.click(screen.getByRole("button", { name: "Skip" }));
  expect(title()).toBe("What fits this machine");
  expect(change.mock.calls.at(-1)?.[0]).toEqual({ "desktop.first_run": "models" });
});

it("goes on where it was left", async () => {
  knownSettings({ "desktop.first_run": "wake", "wake.threshold": 0.5 });
  const { user } = show(<FirstRun />);
  expect(title()).toBe("Call me once");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(title()).toBe("All set");
  expect(change.mock.calls.at(-1)?.[0]).toEqual({ "desktop.first_run": "done" });
});

it("can be gone through again, which does not undo that it was finished", async () => {
  knownSettings({ "desktop.first_run": "done" });
  const { user } = show(<FirstRun />);
  expect(title()).toBe("Welcome. This is what I found");
  await user.click(screen.getByRole("button", { name: "Models" }));
  expect(title()).toBe("What fits this machine");
  expect(change).not.toHaveBeenCalled();
});
