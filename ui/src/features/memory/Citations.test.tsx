import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type Provenance, type Recalled } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { Citations } from "./Citations";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

function recalled(from: Provenance, text: string, day = 9): Recalled {
  return { from, text, at: new Date(2020, 2, day, 12).toISOString(), score: 1 };
}

const FACT = recalled(
  { kind: "fact", id: "f", pinned: false, noted: false },
  "The spare key is with Mrs Novak.",
);
const MESSAGE = recalled(
  { kind: "message", id: "m", conversation: "c", title: "Heat pumps", role: "assistant" },
  "Five kilowatts.",
);
const PASSAGE = recalled({ kind: "document", id: "d", name: "manual.pdf", page: 3, place: 7 }, "<b>Bold</b>");

it("names each source, and opens to what it says and to where it is", async () => {
  vi.spyOn(api, "sources").mockResolvedValue([FACT, MESSAGE, PASSAGE]);
  const sources = [FACT, MESSAGE, PASSAGE].map(() => ({ kind: "fact" as const, id: "f" }));
  const { user } = show(<Citations sources={sources} />);
  await user.click(await screen.findByRole("button", { name: "manual.pdf, page 3" }));
  expect(screen.getByText("<b>Bold</b>")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Open the document" })).toHaveAttribute(
    "href",
    "/documents/d?passage=7",
  );
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "You told me on March 9, 2020" }));
  expect(screen.getByRole("link", { name: "Show it in the memory" })).toHaveAttribute(
    "href",
    "/memory?fact=f",
  );
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Heat pumps" }));
  expect(screen.getByRole("link", { name: "Open the conversation" })).toHaveAttribute("href", "/c/c");
});

it("shows nothing of what was forgotten", async () => {
  const asked = vi.spyOn(api, "sources").mockResolvedValue([]);
  show(<Citations sources={[{ kind: "fact", id: "f" }]} />);
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  expect(screen.queryByText("From memory")).not.toBeInTheDocument();
});

it("shows a few of many, and the others when they are asked for", async () => {
  const many = Array.from({ length: 7 }, (_, n) =>
    recalled({ kind: "fact", id: `f${n}`, pinned: false, noted: false }, "Text", n + 1),
  );
  vi.spyOn(api, "sources").mockResolvedValue(many);
  const { user } = show(<Citations sources={[{ kind: "fact", id: "f" }]} />);
  await user.click(await screen.findByRole("button", { name: "3 more" }));
  expect(screen.getAllByRole("button", { name: /^You told me/ })).toHaveLength(7);
});
