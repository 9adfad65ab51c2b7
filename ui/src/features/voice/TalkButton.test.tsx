import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api } from "@/backend";
import { useLive } from "@/shared/live/store";
import { keys, queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { TalkButton } from "./TalkButton";

/** What was asked of the voice, one after the other. */
let asked: boolean[] = [];

beforeEach(() => {
  asked = [];
  useLive.setState({ link: "open" });
  queryClient.setQueryData(keys.state, {
    version: "1",
    voice: { available: true, state: "idle", muted: false },
  });
  vi.spyOn(api, "talk").mockImplementation((pressed) => {
    asked.push(pressed);
    return Promise.resolve(undefined);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const button = () => screen.getByRole("button", { name: "Hold to talk" });

it("begins and ends by clicks that come without a pointer", async () => {
  show(<TalkButton />);
  fireEvent.click(button(), { detail: 0 });
  expect(button()).toHaveAttribute("aria-pressed", "true");
  fireEvent.click(button(), { detail: 0 });
  expect(button()).toHaveAttribute("aria-pressed", "false");
  await vi.waitFor(() => expect(asked).toEqual([true, false]));
});

it.each([" ", "{Enter}"])("is held with %j, and that makes no click", async (key) => {
  const { user } = show(<TalkButton />);
  button().focus();
  await user.keyboard(key);
  await vi.waitFor(() => expect(asked).toEqual([true, false]));
  expect(fireEvent.keyUp(button(), { key: " " })).toBe(false);
  expect(button()).toHaveAttribute("aria-pressed", "false");
});

it("is held with the pointer, and its click does nothing more", async () => {
  const { user } = show(<TalkButton />);
  await user.click(button());
  await vi.waitFor(() => expect(asked).toEqual([true, false]));
  expect(button()).toHaveAttribute("aria-pressed", "false");
});
