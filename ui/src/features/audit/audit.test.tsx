import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { AUDIT_PAGE, type AuditRecord } from "@/backend";
import { queryClient } from "@/shared/queries";
import { show } from "@/test/show";

import { AuditRow } from "./AuditRow";
import { olderThan } from "./useAudit";
import { Verification } from "./Verification";

afterEach(() => queryClient.clear());

const RECORD: AuditRecord = {
  seq: 7,
  at: new Date(2020, 2, 9, 12).toISOString(),
  kind: "begun",
  call: "c",
  tool: "move_file",
  risk: "high",
  origin: "model",
  decision: "ask",
  rule: "constitution/high-asks",
  words: "Move a.txt.",
  arguments: { from: "a.txt" },
  tainted_by: [{ kind: "web", source: "example.org" }],
  ended: null,
  detail: "",
  forgotten: false,
  digest: "d",
  previous: "p",
  hash: "abc",
};

it("shows a record with everything that was written down", async () => {
  const onOpen = vi.fn();
  const { user } = show(
    <AuditRow record={RECORD} words={RECORD.words} standing={null} open={false} onOpen={onOpen} />,
  );
  expect(screen.getByText("Move a.txt.")).toBeInTheDocument();
  expect(screen.getByText("High risk")).toBeInTheDocument();
  for (const text of ["the language model", "constitution/high-asks", "web page example.org", "abc"]) {
    expect(screen.getByText(text)).toBeInTheDocument();
  }
  await user.click(screen.getByText("Move a.txt."));
  expect(onOpen).toHaveBeenLastCalledWith(true);
});

it("tells an end by the words of its beginning, and how long it took", () => {
  const end: AuditRecord = {
    ...RECORD,
    kind: "failed",
    words: "",
    ok: false,
    took_ms: 42,
    began: 6,
    detail: "No such file.",
  };
  show(<AuditRow record={end} words="Move a.txt." standing={null} open={false} onOpen={vi.fn()} />);
  expect(screen.getByText("Move a.txt.")).toBeInTheDocument();
  expect(screen.getByText(/Failed · 42 ms$/)).toBeInTheDocument();
  expect(screen.getByText("No such file.")).toBeInTheDocument();
});

it("says of a record without a call what it is", () => {
  const stop: AuditRecord = {
    ...RECORD,
    tool: null,
    call: null,
    kind: "emergency_stop",
    words: "",
    arguments: null,
    forgotten: true,
  };
  show(<AuditRow record={stop} words={undefined} standing={null} open={false} onOpen={vi.fn()} />);
  expect(screen.getByText("Everything was stopped")).toBeInTheDocument();
  expect(screen.getByText("Its words were forgotten.")).toBeInTheDocument();
  expect(screen.queryByText("null")).not.toBeInTheDocument();
});

it.each([
  ["running", "Runs now"],
  ["unfinished", "No end was written down: it may have been done in part."],
] as const)("marks what is %s", (standing, text) => {
  show(<AuditRow record={RECORD} words="x" standing={standing} open={false} onOpen={vi.fn()} />);
  expect(screen.getByText(text)).toBeInTheDocument();
});

it.each([
  [
    { records: 12, unfinished: 0, head_behind: 0, broken: [] },
    "The log is whole: all 12 records are as they were written.",
  ],
  [{ records: 12, unfinished: 2, head_behind: 0, broken: [] }, "2 calls have no end."],
  [
    { records: 12, unfinished: 0, head_behind: 0, broken: [{ seq: 4, why: "its seal" }] },
    "Record 4: its seal",
  ],
])("says %j in words", (verdict, text) => {
  show(<Verification verdict={verdict} />);
  expect(screen.getByText(text)).toBeInTheDocument();
});

it("reads on where a page was full", () => {
  const page = Array.from({ length: AUDIT_PAGE }, (_, n) => ({ ...RECORD, seq: 100 - n }));
  expect(olderThan(page)).toBe(100 - AUDIT_PAGE + 1);
  expect(olderThan(page.slice(1))).toBeNull();
});
