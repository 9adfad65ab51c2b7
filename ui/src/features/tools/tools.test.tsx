import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api, RequestFailed, type Grant, type Rules, type ToolEntry } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { ExplainForm } from "./ExplainForm";
import { GrantList } from "./GrantList";
import { RulesEditor } from "./RulesEditor";
import { ToolRow } from "./ToolRow";

afterEach(() => {
  vi.restoreAllMocks();
  queryClient.clear();
});

const TOOL: ToolEntry = {
  name: "read_screen",
  group: "screen",
  description: "Reads what stands on the screen.",
  on: true,
  taint: "screen",
  time_limit_s: 20,
  examples: ["what does it say there"],
  parameters: { properties: { target: { type: "string" } }, required: ["target"] } as never,
  telemetry: { calls: 4, succeeded: 3, refused: 1, last_ms: 90, total_ms: 200 },
};

it("says of a tool what it brings in and how it has done, and switches it off", async () => {
  const off = vi.spyOn(api, "switchTool").mockResolvedValue(undefined);
  const { user } = show(<ToolRow tool={TOOL} />);
  const row = screen.getByRole("article", { name: "read screen" });
  expect(within(row).getByText("Brings in what stands on the screen")).toBeInTheDocument();
  const figures = "4 calls · 75% succeeded · 1 refused · 50 ms on average";
  expect(within(row).getByText(figures)).toBeInTheDocument();
  expect(within(row).getByText("what does it say there")).toBeInTheDocument();
  await user.click(within(row).getByRole("switch", { name: "read screen" }));
  expect(off).toHaveBeenCalledExactlyOnceWith("read_screen", false);
});

const GRANT: Grant = {
  id: "g",
  tool: "move_file",
  origin: "model",
  risk: "high",
  words: "Move files within Documents.",
  covers: [],
  since: new Date(2020, 2, 9, 12).toISOString(),
};

it("takes back what is allowed for always, after asking", async () => {
  vi.spyOn(api, "grants").mockResolvedValueOnce([GRANT]).mockResolvedValue([]);
  const revoke = vi.spyOn(api, "revokeGrant").mockResolvedValue(undefined);
  const { user } = show(<GrantList />);
  expect(await screen.findByText("since March 9, 2020, wished by the language model")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Take back: Move files within Documents." }));
  expect(revoke).not.toHaveBeenCalled();
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Take back" }));
  await waitFor(() => expect(revoke).toHaveBeenCalledExactlyOnceWith("g"));
  expect(await screen.findByText("Nothing is allowed for always.")).toBeInTheDocument();
});

const RULES: Rules = {
  text: "permit (a);\npermit (b);",
  own: false,
  file: "/home/ada/.config/jarvis/rules.cedar",
  constitution: "// Above all.",
};

it("tells the parser's words where the rules are written, and keeps what was typed", async () => {
  const read = vi.spyOn(api, "rules").mockResolvedValue(RULES);
  const failure = { code: "bad_request", message: "line 2 column 8: unexpected token", remedy: "" } as const;
  const save = vi
    .spyOn(api, "saveRules")
    .mockRejectedValueOnce(new RequestFailed(failure, 422))
    .mockResolvedValue(undefined);
  const { user } = show(<RulesEditor />);
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Rules" });
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Take the rules that ship" })).not.toBeInTheDocument();
  await user.type(field, " // mine");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("line 2 column 8: unexpected token");
  expect(field).toHaveAccessibleDescription(/unexpected token/);
  expect(field).toHaveValue(`${RULES.text} // mine`);
  expect(field).toHaveFocus();
  expect(field.selectionStart).toBe("permit (a);\n".length + 7);

  read.mockResolvedValue({ ...RULES, text: `${RULES.text} // mine`, own: true });
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
  expect(save).toHaveBeenLastCalledWith(`${RULES.text} // mine`);
  expect(await screen.findByText(`These are your own rules, kept in ${RULES.file}.`)).toBeInTheDocument();
});

it("has the rules as they ship again, after asking", async () => {
  vi.spyOn(api, "rules").mockResolvedValue({ ...RULES, own: true, problem: "unexpected end" });
  const reset = vi.spyOn(api, "resetRules").mockResolvedValue(undefined);
  const { user } = show(<RulesEditor />);
  expect(await screen.findByRole("alert")).toHaveTextContent("unexpected end");
  await user.click(screen.getByRole("button", { name: "Take the rules that ship" }));
  const asked = screen.getByRole("alertdialog");
  await user.click(within(asked).getByRole("button", { name: "Take the rules that ship" }));
  await waitFor(() => expect(reset).toHaveBeenCalledOnce());
});

it("says what would happen, of arguments that can be read", async () => {
  const explain = vi.spyOn(api, "explainCall").mockResolvedValue({
    decision: "deny",
    risk: "critical",
    rule: "constitution/secrets-are-not-for-models",
    effect: "read",
    undoable: false,
    words: "Read /home/ada/.ssh/id_rsa.",
  });
  const { user } = show(<ExplainForm tools={[TOOL]} />);
  const field = screen.getByRole("textbox", { name: "Arguments, as JSON" });
  expect(field).toHaveValue('{\n  "target": ""\n}');
  await user.clear(field);
  await user.type(field, "no json");
  await user.click(screen.getByRole("button", { name: "Look" }));
  expect(screen.getByRole("alert")).toHaveTextContent("These arguments are no JSON.");
  expect(explain).not.toHaveBeenCalled();
  await user.clear(field);
  await user.type(field, '{{"target": "all"}');
  await user.click(screen.getByRole("button", { name: "Look" }));
  expect(explain).toHaveBeenCalledExactlyOnceWith("read_screen", { target: "all" });
  expect(await screen.findByText("It would be refused.")).toBeInTheDocument();
  expect(screen.getByText("Critical")).toBeInTheDocument();
  expect(screen.getByText(/secrets-are-not-for-models, for the effect read/)).toBeInTheDocument();
});
