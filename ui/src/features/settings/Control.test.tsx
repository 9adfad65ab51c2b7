import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { api, type Setting } from "@/backend";

import { Control } from "./Control";
import { groupSettings, labelOf, parseList } from "./groups";

function setting(fields: Partial<Setting>): Setting {
  return { key: "tts.speed", value: 1, default: 1, description: "How quick.", kind: "number", ...fields };
}

function show(fields: Partial<Setting>) {
  const changed = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Control setting={setting(fields)} onChange={changed} />
    </QueryClientProvider>,
  );
  return { changed, user: userEvent.setup() };
}

afterEach(() => void vi.restoreAllMocks());

describe("Control", () => {
  it("is a switch for a boolean", async () => {
    const { changed, user } = show({ kind: "boolean", value: true });
    await user.click(screen.getByRole("switch", { name: "Speed" }));
    expect(changed).toHaveBeenCalledExactlyOnceWith(false);
  });

  it("takes a number on Enter, with a comma too", async () => {
    const { changed, user } = show({});
    const field = screen.getByRole("textbox", { name: "Speed" });
    await user.clear(field);
    await user.type(field, "1,25{Enter}");
    expect(changed).toHaveBeenCalledExactlyOnceWith(1.25);
  });

  it("refuses what is no number, and gives the old one back on Escape", async () => {
    const { changed, user } = show({});
    const field = screen.getByRole("textbox");
    await user.clear(field);
    await user.type(field, "fast");
    await user.tab();
    expect(changed).not.toHaveBeenCalled();
    expect(field).toBeInvalid();
    await user.type(field, "{Escape}");
    expect(field).toHaveValue("1");
  });

  it("takes a list apart at its commas when it is left", async () => {
    const { changed, user } = show({ kind: "list", value: ["en"] });
    await user.type(screen.getByRole("textbox"), ", de, ");
    await user.tab();
    expect(changed).toHaveBeenCalledExactlyOnceWith(["en", "de"]);
  });

  it("offers choices, and keeps a value that is none of them", async () => {
    const { changed, user } = show({ kind: "choice", value: "odd", choices: ["silero", "webrtc"] });
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
      "odd",
      "silero",
      "webrtc",
    ]);
    await user.selectOptions(screen.getByRole("combobox"), "webrtc");
    expect(changed).toHaveBeenCalledExactlyOnceWith("webrtc");
  });

  const MODEL = { key: "llm.model", kind: "text", value: "auto" } as const;

  it("offers the models that are listed", async () => {
    vi.spyOn(api, "chatModels").mockResolvedValue(["llama3"]);
    const { changed, user } = show(MODEL);
    await screen.findByRole("option", { name: "llama3" });
    await user.selectOptions(screen.getByRole("combobox"), "llama3");
    expect(changed).toHaveBeenCalledExactlyOnceWith("llama3");
  });

  it("has the model typed where none is listed", async () => {
    vi.spyOn(api, "chatModels").mockResolvedValue([]);
    const { changed, user } = show(MODEL);
    const field = await screen.findByRole("textbox");
    await user.clear(field);
    await user.type(field, "claude{Enter}");
    expect(changed).toHaveBeenCalledExactlyOnceWith("claude");
  });

  it("has the model typed where they cannot be had, and says why", async () => {
    vi.spyOn(api, "chatModels").mockRejectedValue(new Error("no key"));
    show(MODEL);
    expect(await screen.findByRole("textbox")).toHaveValue("auto");
    expect(screen.getByText(/no key/)).toBeInTheDocument();
  });

  it("does nothing where nothing was changed", async () => {
    const { changed, user } = show({ kind: "text", value: "x" });
    await user.click(screen.getByRole("textbox"));
    await user.tab();
    expect(changed).not.toHaveBeenCalled();
  });
});

describe("groups", () => {
  const settings = [
    setting({}),
    setting({ key: "llm.model" }),
    setting({ key: "tts.voice", description: "Who." }),
  ];

  it("go by the part before the dot", () => {
    expect(groupSettings(settings, "").map(({ name, settings: members }) => [name, members.length])).toEqual([
      ["tts", 2],
      ["llm", 1],
    ]);
  });

  it("hold what the search names", () => {
    expect(groupSettings(settings, "TTS who").flatMap((group) => group.settings)).toEqual([settings[2]]);
  });

  it.each([
    ["tts.speed", "Speed"],
    ["llm.ollama.url", "Ollama · url"],
    ["wake.refractory_ms", "Refractory ms"],
  ])("%s is called %s", (key, label) => expect(labelOf(key)).toBe(label));

  it("reads a list", () => expect(parseList(" a,, b ,")).toEqual(["a", "b"]));
});
