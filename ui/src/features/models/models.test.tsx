import { screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type ModelEntry } from "@/backend";
import { ModelsStep } from "@/features/firstrun/ModelsStep";
import { keys, queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { ModelRow } from "./ModelRow";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

function model(fields: Partial<ModelEntry>): ModelEntry {
  return {
    id: "whisper",
    name: "Whisper",
    stage: "stt",
    licence: "MIT",
    origin: "https://example.org/",
    languages: ["en"],
    note: null,
    size_bytes: 400_000_000,
    recommended: true,
    state: "missing",
    done_bytes: 0,
    ...fields,
  };
}

it("goes on with one that is there in part, and can remove what is there", async () => {
  const pull = vi.spyOn(api, "pullModel").mockResolvedValue(undefined);
  const remove = vi.spyOn(api, "removeModel").mockResolvedValue(undefined);
  const { user } = show(<ModelRow model={model({ state: "partial", done_bytes: 100_000_000 })} />);
  expect(screen.getByText("Partly there")).toBeInTheDocument();
  expect(screen.getByRole("progressbar", { name: "Progress of Whisper" })).toHaveAttribute(
    "aria-valuenow",
    "25",
  );
  await user.click(screen.getByRole("button", { name: "Resume Whisper" }));
  expect(pull.mock.calls[0]?.[0]).toBe("whisper");
  await user.click(screen.getByRole("button", { name: "Remove Whisper" }));
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Remove" }));
  expect(remove.mock.calls[0]?.[0]).toBe("whisper");
});

it("pauses one that is being fetched", async () => {
  const cancel = vi.spyOn(api, "cancelModel").mockResolvedValue(undefined);
  const { user } = show(<ModelRow model={model({ state: "fetching", done_bytes: 1 })} />);
  expect(screen.queryByRole("button", { name: "Remove Whisper" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Pause Whisper" }));
  expect(cancel.mock.calls[0]?.[0]).toBe("whisper");
});

it("chooses what is recommended and not yet there, and fetches what stays chosen", async () => {
  const models = [
    model({ id: "there", name: "There", state: "installed" }),
    model({ id: "first", name: "First" }),
    model({ id: "second", name: "Second", state: "partial", done_bytes: 100_000_000 }),
    model({ id: "other", name: "Other", recommended: false }),
  ];
  vi.spyOn(api, "models").mockResolvedValue(models);
  vi.spyOn(api, "machine").mockReturnValue(new Promise(() => undefined));
  const pull = vi.spyOn(api, "pullModel").mockResolvedValue(undefined);
  queryClient.setQueryData(keys.models, models);
  const { user } = show(<ModelsStep />);
  expect(screen.queryByText("Other")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Get 2 models, 700 MB" })).toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: "Fetch First" }));
  await user.click(screen.getByRole("button", { name: "Get 1 model, 300 MB" }));
  expect(pull.mock.calls.map(([id]) => id)).toEqual(["second"]);
});
