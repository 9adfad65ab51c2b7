import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Toaster } from "sonner";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, RequestFailed } from "@/backend";

import { connect } from "./connect";

let end: () => void = () => undefined;

beforeEach(() => {
  vi.spyOn(api, "subscribe").mockImplementation(({ item }) => {
    item({ seq: 1, at_ms: 1, type: "timer_rang", label: "Pasta" });
    return () => undefined;
  });
  render(<Toaster />);
  end = connect();
});
afterEach(() => {
  end();
  vi.restoreAllMocks();
});

it("can be silenced where it is told that it rings", async () => {
  const stop = vi.spyOn(api, "stopVoice").mockResolvedValue(undefined);
  expect(await screen.findByText("Pasta")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(stop).toHaveBeenCalledOnce();
});

it("says why it could not be silenced", async () => {
  const failure = { code: "no_speaker", message: "There is no speaker.", remedy: "" } as const;
  vi.spyOn(api, "stopVoice").mockRejectedValue(new RequestFailed(failure, 409));
  await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
  expect(await screen.findByText("There is no speaker.")).toBeInTheDocument();
});
