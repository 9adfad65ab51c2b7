import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import type { GraphNode } from "@/backend";
import { show } from "@/test/show";

import { EntityPicker } from "./EntityPicker";

const nodes = ["Anna", "Annabel", "Ben"].map((name): GraphNode => ({
  id: name,
  name,
  kind: "person",
  degree: 1,
  community: 0,
}));

it("is gone through by the arrow keys, and gives what Enter takes", async () => {
  const onPick = vi.fn();
  const { user } = show(<EntityPicker nodes={nodes} label="Find" onPick={onPick} />);
  const field = screen.getByRole("combobox", { name: "Find" });
  await user.type(field, "an");
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual([
    "AnnaPerson",
    "AnnabelPerson",
  ]);
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("option", { name: /Annabel/ })).toHaveAttribute("aria-selected", "true");
  expect(field).toHaveAttribute("aria-activedescendant", screen.getByRole("option", { name: /Annabel/ }).id);
  await user.keyboard("{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith(nodes[1]);
  expect(field).toHaveValue("");
  expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
});

it("leaves out what cannot be chosen, and is cleared by Escape", async () => {
  const { user } = show(<EntityPicker nodes={nodes} label="Find" without="Ben" onPick={vi.fn()} />);
  await user.type(screen.getByRole("combobox"), "ben");
  expect(screen.getByText("No name like that.")).toBeInTheDocument();
  await user.keyboard("{Escape}");
  expect(screen.getByRole("combobox")).toHaveValue("");
});
