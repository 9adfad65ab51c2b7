import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { Component as ToolsView } from "./ToolsView";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

it("keeps what was changed of the rules while tools are searched for", async () => {
  vi.spyOn(api, "tools").mockResolvedValue([]);
  vi.spyOn(api, "grants").mockResolvedValue([]);
  vi.spyOn(api, "rules").mockResolvedValue({ text: "permit;", own: false, file: "rules", constitution: "" });
  const { user } = show(<ToolsView />);
  await user.type(await screen.findByRole("textbox", { name: "Rules" }), " // mine");
  const search = screen.getByRole("searchbox");
  await user.type(search, "file");
  expect(screen.queryByRole("textbox", { name: "Rules" })).not.toBeInTheDocument();
  await user.clear(search);
  expect(screen.getByRole("textbox", { name: "Rules" })).toHaveValue("permit; // mine");
});
