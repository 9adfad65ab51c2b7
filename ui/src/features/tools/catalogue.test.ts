import { expect, it } from "vitest";

import type { ToolEntry } from "@/backend";

import { blankArguments, groupTools, offsetOf, placeOf, ratesOf } from "./catalogue";

function tool(name: string, group: string, more: Partial<ToolEntry> = {}): ToolEntry {
  const telemetry = { calls: 0, succeeded: 0, refused: 0, last_ms: 0, total_ms: 0 };
  const rest = { description: "", on: true, time_limit_s: 10, examples: [], parameters: {}, telemetry };
  return { name, group, ...rest, ...more };
}

const TOOLS = [
  tool("move_file", "files", { description: "Moves a file.", examples: ["put it in the bin"] }),
  tool("clock", "time"),
  tool("read_file", "files"),
];

it.each([
  ["", ["files: move_file read_file", "time: clock"]],
  ["move file", ["files: move_file"]],
  ["BIN", ["files: move_file"]],
  ["dateien", ["files: move_file read_file"]],
  ["moves bin", ["files: move_file"]],
  ["nothing of it", []],
])("finds by %j", (search, expected) => {
  const groups = groupTools(TOOLS, search, (group) => (group === "files" ? "Dateien" : group));
  expect(groups.map(({ name, tools }) => `${name}: ${tools.map((one) => one.name).join(" ")}`)).toEqual(
    expected,
  );
});

it("reckons rates, of none none", () => {
  const none = { calls: 0, succeeded: 0, refused: 0, last_ms: 0, total_ms: 0 };
  expect(ratesOf(none)).toBeNull();
  expect(ratesOf({ ...none, calls: 4, succeeded: 3, total_ms: 200 })).toEqual({
    succeeded: 0.75,
    mean_ms: 50,
  });
});

it("begins with what a schema requires", () => {
  const properties = {
    path: { type: "string" },
    count: { type: ["integer", "null"] },
    how: { enum: ["quick", "slow"] },
    all: { type: "boolean", default: true },
    left: { type: "string" },
  };
  expect(blankArguments({ properties, required: ["path", "count", "how", "all"] })).toEqual({
    path: "",
    count: 0,
    how: "quick",
    all: true,
  });
  expect(blankArguments(null)).toEqual({});
});

it.each([
  ["unexpected token at line 3 column 7", { line: 3, column: 7 }],
  ["rules.cedar:12:4: unexpected token", { line: 12, column: 4 }],
  ["Line 2: no such attribute", { line: 2, column: 1 }],
  ["no such attribute", null],
])("finds the place in %j", (message, place) => expect(placeOf(message)).toEqual(place));

it.each([
  [1, 1, 0],
  [2, 3, 6],
  [9, 9, 9],
])("counts to line %i, column %i", (line, column, offset) => {
  expect(offsetOf("one\ntwo\n.", { line, column })).toBe(offset);
});
