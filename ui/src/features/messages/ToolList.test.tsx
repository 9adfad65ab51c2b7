import { act, screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, type Message } from "@/backend";
import { newMessage } from "@/shared/message";
import { useLive } from "@/shared/live/store";
import type { LiveTool } from "@/shared/live/tools";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { fuller, ToolList } from "./ToolList";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
  useLive.setState({ used: {}, undone: [] });
});

const MOVE: LiveTool = {
  tool: "move_file",
  arguments: { from: "a.txt", to: "b.txt" },
  ok: true,
  result: "Moved.",
  words: "Move a.txt to b.txt.",
  took_ms: 42,
  undo: 7,
};

function list(fields: Partial<Message>, used: LiveTool[] = []) {
  useLive.setState({ used: { t: used } });
  return show(
    <ToolList message={newMessage({ id: "m", seq: 1, role: "assistant", turn: "t", ...fields })} />,
  );
}

it("shows what is kept of a call by its plain name", () => {
  list({ tools: [{ tool: "move_file", arguments: {}, ok: false, result: "No such file." }] });
  const row = screen.getByRole("listitem");
  expect(within(row).getByText("move file")).toBeInTheDocument();
  expect(within(row).getByLabelText("Failed")).toBeInTheDocument();
  expect(within(row).getByText("No such file.")).toBeInTheDocument();
});

it("shows of a call of this run its words and its time", () => {
  list({ tools: [{ tool: "move_file", arguments: {}, ok: true, result: "Moved." }] }, [MOVE]);
  const row = screen.getByRole("listitem");
  expect(within(row).getByText("Move a.txt to b.txt.")).toBeInTheDocument();
  expect(within(row).getByText("42 ms")).toBeInTheDocument();
  expect(within(row).getByText(/"from": "a.txt"/)).toBeInTheDocument();
  expect(within(row).getByLabelText("Done")).toBeInTheDocument();
});

it("takes back what can be taken back, once", async () => {
  const call = vi
    .spyOn(api, "callTool")
    .mockResolvedValueOnce({ ok: false, result: "b.txt has changed since.", took_ms: 1 })
    .mockResolvedValueOnce({ ok: true, result: "Moved back.", took_ms: 1 });
  const { user } = list({}, [MOVE, { ...MOVE, undo: null }]);
  const undo = () => screen.getByRole("button", { name: "Undo: Move a.txt to b.txt." });
  await user.click(undo());
  await user.click(undo());
  expect(call).toHaveBeenCalledWith("undo", { number: 7 });
  expect(await screen.findByText("Undone")).toBeInTheDocument();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

it("shows what runs, and what a stopped turn has left", () => {
  const runs: LiveTool = { ...MOVE, ok: null, result: null, words: null, took_ms: null, undo: null };
  const { rerender } = list({ status: "streaming" }, [runs]);
  expect(screen.getByLabelText("Running")).toBeInTheDocument();
  expect(screen.queryByText("Result")).not.toBeInTheDocument();
  rerender(<></>);
  act(() => useLive.setState({ used: {} }));
  list({ status: "interrupted" }, [runs]);
  expect(screen.getByLabelText("Stopped")).toBeInTheDocument();
});

it("shows a text that would be markup as what it is", () => {
  const words = '<img src=x onerror="alert(1)">';
  const { container } = list({}, [{ ...MOVE, words }]);
  expect(screen.getByText(words)).toBeInTheDocument();
  expect(container.querySelector("img")).toBeNull();
});

it("goes by what is kept where less was seen", () => {
  const kept = [MOVE, MOVE];
  expect(fuller(kept, [MOVE])).toBe(kept);
  const seen = [MOVE, MOVE];
  expect(fuller(kept, seen)).toBe(seen);
});
