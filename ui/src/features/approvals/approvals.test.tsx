import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { toast } from "sonner";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { api, RequestFailed, type Question } from "@/backend";
import { asked, settled } from "@/shared/live/approvals";
import { useLive } from "@/shared/live/store";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { CALM_MS } from "./ApprovalCard";
import { Approvals } from "./Approvals";
import { lastSaid, secondsLeft } from "./countdown";
import { StopEverything } from "./StopEverything";

const MOVE: Question = {
  id: "q1",
  tool: "move_file",
  words: "Move “letter.pdf” to the bin.",
  risk: "high",
  undoable: true,
  origin: "model",
  tainted_by: [],
  rule: "constitution/high-asks",
  seconds: 60,
};
const SEND: Question = {
  ...MOVE,
  id: "q2",
  tool: "fetch_page",
  words: "Send words to example.org.",
  risk: "critical",
  undoable: false,
  tainted_by: [
    { kind: "web", source: "example.org" },
    { kind: "document", source: "let\u202Eter.pdf" },
  ],
};

/** What the server would tell of open questions. */
let open: Question[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  // What waits for something looks for the clock under this name, and moves it on by itself.
  vi.stubGlobal("jest", { advanceTimersByTime });
  open = [];
  vi.spyOn(api, "approvals").mockImplementation(() => Promise.resolve(open));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  queryClient.clear();
  useLive.setState({ running: [] });
});

function advanceTimersByTime(ms: number): void {
  vi.advanceTimersByTime(ms);
}

const put = (part: ReactNode) => show(part, { advanceTimers: advanceTimersByTime });

function ask(question: Question): void {
  open = [...open, question];
  act(() => asked(question));
}

function settle(id: string, consent: "once" | "always" | "no" | null): void {
  open = open.filter((one) => one.id !== id);
  act(() => settled(id, consent));
}

function watched() {
  return vi.spyOn(api, "settleApproval").mockResolvedValue(undefined);
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const card = () => screen.findByRole("alertdialog", { name: "May I do this?" });
const button = (name: string) => screen.getByRole("button", { name });

it("shows the exact effect, its risk in a word, who asks, and begins at No", async () => {
  put(<Approvals />);
  ask(MOVE);
  expect(await card()).toHaveAccessibleDescription("Move “letter.pdf” to the bin.");
  expect(screen.getByText("High risk")).toBeInTheDocument();
  expect(screen.getByText("The language model wants to do this.")).toBeInTheDocument();
  expect(screen.getByText("Can be undone")).toBeInTheDocument();
  expect(screen.getByText(/constitution\/high-asks/)).toBeInTheDocument();
  await waitFor(() => expect(button("No")).toHaveFocus());
  expect(screen.queryByRole("button", { name: "Always …" })).not.toBeInTheDocument();
  expect(screen.queryByText(/This turn has read/)).not.toBeInTheDocument();
});

it("shows what the turn has read, with hidden signs in it to be seen", async () => {
  put(<Approvals />);
  ask(SEND);
  await card();
  expect(
    screen.getByText("This turn has read: web page example.org and document let⟨U+202E⟩ter.pdf."),
  ).toBeInTheDocument();
  expect(screen.getByText("The wish may come from there, and not from you.")).toBeInTheDocument();
});

it("warns of what the turn has read in the description of the card", async () => {
  put(<Approvals />);
  ask(SEND);
  const description = /^This turn has read: .* Send words to example\.org\.$/;
  expect(await card()).toHaveAccessibleDescription(description);
});

it("shows those that were open before the window was", async () => {
  open = [MOVE];
  put(<Approvals />);
  expect(await card()).toBeInTheDocument();
});

it("takes a yes only once there was time to read, then goes", async () => {
  const settleApproval = watched();
  const { user } = put(<Approvals />);
  ask(MOVE);
  await card();
  expect(button("Yes, this once")).toBeDisabled();
  await pass(CALM_MS);
  await user.click(button("Yes, this once"));
  expect(settleApproval).toHaveBeenCalledExactlyOnceWith("q1", "once");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
});

it("says no at Escape", async () => {
  const settleApproval = watched();
  const { user } = put(<Approvals />);
  ask(MOVE);
  await card();
  await user.keyboard("{Escape}");
  expect(settleApproval).toHaveBeenCalledExactlyOnceWith("q1", "no");
});

it("takes no answer from keys that were meant for what was being written", async () => {
  const settleApproval = watched();
  const { user } = put(<Approvals />);
  ask(MOVE);
  await card();
  await waitFor(() => expect(button("No")).toHaveFocus());
  await user.keyboard("hello ");
  await pass(CALM_MS - 50);
  await user.keyboard("{Enter}");
  expect(settleApproval).not.toHaveBeenCalled();
  await pass(CALM_MS);
  await user.keyboard("{Enter}");
  expect(settleApproval).toHaveBeenCalledExactlyOnceWith("q1", "no");
});

it("says what always would allow, and allows it only at a second yes", async () => {
  const settleApproval = watched();
  const { user } = put(<Approvals />);
  ask({ ...MOVE, always: "Move files within /home/ada/Documents." });
  await card();
  await pass(CALM_MS);
  await user.click(button("Always …"));
  expect(settleApproval).not.toHaveBeenCalled();
  expect(screen.getByText("Move files within /home/ada/Documents.")).toBeInTheDocument();
  expect(button("Back")).toHaveFocus();
  await user.keyboard("{Escape}");
  expect(button("No")).toHaveFocus();
  await pass(CALM_MS);
  await user.click(button("Always …"));
  await pass(CALM_MS);
  await user.click(button("Yes, always allow this"));
  expect(settleApproval).toHaveBeenCalledExactlyOnceWith("q1", "always");
});

it("tells what always would allow where it appears, and in the description of the card", async () => {
  const { user } = put(<Approvals />);
  ask({ ...MOVE, always: "Move files within Documents." });
  await card();
  await pass(CALM_MS);
  // Only what changes within one that was there before is read out.
  const before = screen.getAllByRole("status");
  await user.click(button("Always …"));
  expect(before).toContain(screen.getByText("Move files within Documents.").closest("[role=status]"));
  expect(await card()).toHaveAccessibleDescription(
    "From now on this happens without asking: Move files within Documents. Move “letter.pdf” to the bin.",
  );
});

it("asks one after the other, and a yes is never taken for the next", async () => {
  const settleApproval = watched();
  const { user } = put(<Approvals />);
  ask({ ...MOVE, always: "Everything." });
  ask(SEND);
  await card();
  expect(screen.getByText("1 more question is waiting.")).toBeInTheDocument();
  await pass(CALM_MS);
  await user.click(button("Always …"));
  settle("q1", "no");
  expect(await card()).toHaveAccessibleDescription(/Send words to example\.org\.$/);
  expect(screen.queryByRole("button", { name: "Yes, always allow this" })).not.toBeInTheDocument();
  expect(button("Yes, this once")).toBeDisabled();
  expect(button("No")).toHaveFocus();
  expect(settleApproval).not.toHaveBeenCalled();
});

it("goes when it is settled elsewhere, and says how", async () => {
  const notice = vi.spyOn(toast, "message").mockReturnValue("");
  put(<Approvals />);
  ask(MOVE);
  await card();
  settle("q1", "once");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(notice).toHaveBeenCalledExactlyOnceWith("Allowed elsewhere, this once", { description: MOVE.words });
});

it("says nothing of what was answered here, and takes a late answer for no failure", async () => {
  const notice = vi.spyOn(toast, "message").mockReturnValue("");
  const failure = { code: "bad_request", message: "It is settled.", remedy: "" } as const;
  vi.spyOn(api, "settleApproval")
    .mockRejectedValueOnce(new RequestFailed(failure, 404))
    .mockResolvedValue(undefined);
  const failed = vi.spyOn(toast, "error");
  const { user } = put(<Approvals />);
  ask(MOVE);
  ask(SEND);
  await card();
  open = [SEND];
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByText(MOVE.words)).not.toBeInTheDocument());
  await user.keyboard("{Escape}");
  settle("q2", "no");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(failed).not.toHaveBeenCalled();
  expect(notice).not.toHaveBeenCalled();
});

it("counts down, and leaves the end of it to the server", async () => {
  const settleApproval = watched();
  put(<Approvals />);
  ask({ ...MOVE, seconds: 12 });
  await card();
  expect(screen.getByRole("timer")).toHaveAccessibleName("12 seconds left");
  await pass(2_500);
  expect(screen.getByRole("timer")).toHaveAccessibleName("10 seconds left");
  await pass(30_000);
  expect(screen.getByRole("timer")).toHaveAccessibleName("0 seconds left");
  expect(screen.getByRole("alertdialog")).toBeInTheDocument();
  settle("q1", null);
  await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  expect(settleApproval).not.toHaveBeenCalled();
});

it("gives the focus back to what had it", async () => {
  watched();
  const { user } = put(
    <>
      <button type="button">Before</button>
      <Approvals />
    </>,
  );
  button("Before").focus();
  ask(MOVE);
  ask(SEND);
  await waitFor(() => expect(button("No")).toHaveFocus());
  await user.tab();
  expect(within(await card()).getAllByRole("button")).toContain(document.activeElement);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByText(SEND.words)).toBeInTheDocument());
  await user.keyboard("{Escape}");
  await waitFor(() => expect(button("Before")).toHaveFocus());
});

it("lets everything be stopped while something acts or waits to", async () => {
  const stop = vi.spyOn(api, "stopEverything").mockResolvedValue(undefined);
  put(<StopEverything />);
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
  act(() => useLive.setState({ running: [{ tool: "run_command", turn: null }] }));
  fireEvent.click(await screen.findByRole("button", { name: "Stop everything" }));
  await waitFor(() => expect(stop).toHaveBeenCalledOnce());
  act(() => useLive.setState({ running: [] }));
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
  ask(MOVE);
  expect(await screen.findByRole("button", { name: "Stop everything" })).toBeInTheDocument();
});

it.each([
  [60_000, 0, 60],
  [60_000, 1, 60],
  [60_000, 59_999, 1],
  [60_000, 60_000, 0],
  [60_000, 99_000, 0],
])("has of %i ms at %i ms so many seconds left: %i", (until, now, left) => {
  expect(secondsLeft(until, now)).toBe(left);
});

it.each([
  [60, null],
  [30, 30],
  [11, 30],
  [10, 10],
  [0, 10],
])("with %i seconds left has last said %s", (left, said) => expect(lastSaid(left)).toBe(said));
