import { screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type GraphNode, type Named, type Relation } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { EntityPanel } from "./EntityPanel";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const at = new Date(2020, 2, 9, 12).toISOString();
const anna: Named = { id: "a", name: "Anna", kind: "person" };
const siemens: Named = { id: "s", name: "Siemens", kind: "organisation" };
const bosch: Named = { id: "b", name: "Bosch", kind: "organisation" };
const nodes = [anna, siemens, bosch].map((one): GraphNode => ({ ...one, degree: 1, community: 0 }));
const worksAt = (object: Named, more: Partial<Relation> = {}): Relation => ({
  subject: anna,
  relation: "works_at",
  object,
  since: at,
  until: null,
  inferred: false,
  sources: [{ kind: "fact", id: "f" }],
  ...more,
});

function showAnna() {
  const [onSelect, onPathTo] = [vi.fn(), vi.fn()];
  vi.spyOn(api, "entity").mockResolvedValue({
    entity: { ...anna, aliases: ["Annie"] },
    relations: [worksAt(siemens), worksAt(bosch, { until: at, inferred: true, sources: [] })],
  });
  vi.spyOn(api, "sources").mockResolvedValue([
    {
      from: { kind: "fact", id: "f", pinned: false, noted: false },
      text: "Anna works at Siemens",
      at,
      score: 1,
    },
  ]);
  const panel = (
    <EntityPanel
      id="a"
      nodes={nodes}
      pathTo={null}
      onPathTo={onPathTo}
      onSelect={onSelect}
      onClose={vi.fn()}
    />
  );
  return { onSelect, onPathTo, ...show(panel) };
}

it("tells what holds and what no longer does, and from what it is known", async () => {
  const { user, onSelect } = showAnna();
  expect(await screen.findByRole("heading", { name: "Anna" })).toHaveFocus();
  expect(screen.getByText("Also called Annie")).toBeInTheDocument();
  const now = within(screen.getByRole("list", { name: "Holds now" }));
  expect(now.getByRole("listitem")).toHaveTextContent("Anna works at Siemens");
  expect(await now.findByRole("button", { name: "You told me on March 9, 2020" })).toBeInTheDocument();
  const past = within(screen.getByRole("list", { name: "No longer holds" }));
  expect(past.getByRole("listitem")).toHaveTextContent("March 9, 2020 to March 9, 2020concluded");
  await user.click(now.getByRole("button", { name: "Siemens" }));
  expect(onSelect).toHaveBeenCalledExactlyOnceWith("s");
});

it("is renamed, and is another kind", async () => {
  const changed = vi.spyOn(api, "changeEntity").mockResolvedValue({ ...anna, aliases: [] });
  const { user } = showAnna();
  await user.click(await screen.findByRole("button", { name: "Rename" }));
  await user.clear(screen.getByRole("textbox", { name: "Name" }));
  await user.keyboard("Anne{Enter}");
  expect(changed).toHaveBeenCalledWith("a", { name: "Anne" });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Kind" }), "Thing");
  expect(changed).toHaveBeenLastCalledWith("a", { kind: "thing" });
});

it("becomes part of another only after a yes", async () => {
  const merged = vi.spyOn(api, "mergeEntities").mockResolvedValue({ ...siemens, aliases: [] });
  const { user, onSelect } = showAnna();
  await user.click(await screen.findByRole("button", { name: "Is the same as …" }));
  await user.type(screen.getByRole("combobox", { name: "Find the other one" }), "siem{Enter}");
  expect(screen.getByText(/^“Anna” becomes part of “Siemens”/)).toBeInTheDocument();
  expect(merged).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Make them one" }));
  expect(merged).toHaveBeenCalledExactlyOnceWith("s", "a");
  expect(onSelect).toHaveBeenCalledWith("s");
});

it("asks for the way to another", async () => {
  const { user, onPathTo } = showAnna();
  await user.click(await screen.findByRole("button", { name: "How is it connected with …" }));
  await user.type(screen.getByRole("combobox", { name: "Find the other end" }), "bosch{Enter}");
  expect(onPathTo).toHaveBeenCalledExactlyOnceWith("b");
});
