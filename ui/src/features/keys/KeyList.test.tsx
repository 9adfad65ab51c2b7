import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type Keys } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { KeyList } from "./KeyList";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const KEYS: Keys = {
  keyring: null,
  keys: [
    { name: "openai", variable: "OPENAI_API_KEY", from: null },
    { name: "anthropic", variable: "ANTHROPIC_API_KEY", from: "keyring" },
    { name: "porcupine", variable: "PICOVOICE_ACCESS_KEY", from: "environment" },
  ],
};

function list(keys: Keys) {
  vi.spyOn(api, "keys").mockResolvedValue(keys);
  return show(<KeyList />);
}

it("sets a key, and forgets what was typed", async () => {
  const set = vi.spyOn(api, "setKey").mockResolvedValue(undefined);
  const { user } = list(KEYS);
  const field = await screen.findByLabelText("Key of OpenAI");
  expect(field).toHaveAttribute("type", "password");
  await user.type(field, " sk-secret {Enter}");
  expect(set).toHaveBeenCalledExactlyOnceWith("openai", "sk-secret");
  await waitFor(() => expect(field).toHaveValue(""));
});

it("removes one from the keyring after asking, and leaves the environment alone", async () => {
  const remove = vi.spyOn(api, "removeKey").mockResolvedValue(undefined);
  const { user } = list(KEYS);
  await user.click(await screen.findByRole("button", { name: "Remove the key of Anthropic" }));
  const question = screen.getByRole("alertdialog");
  await user.click(within(question).getByRole("button", { name: "Remove" }));
  expect(remove.mock.calls[0]?.[0]).toBe("anthropic");
  expect(screen.getByText(/From an environment variable/)).toBeInTheDocument();
  expect(screen.queryByLabelText("Key of Porcupine")).not.toBeInTheDocument();
});

it("says why the keyring cannot be used", async () => {
  const keyring = { code: "internal", message: "It is locked.", remedy: "Unlock it." } as const;
  list({ ...KEYS, keyring });
  expect(await screen.findByRole("alert")).toHaveTextContent("It is locked.Unlock it.");
  expect(screen.getByLabelText("Key of OpenAI")).toBeDisabled();
});
