import { expect, it } from "vitest";

import type { Fact } from "@/backend";

import { timelineOf } from "./timeline";

function fact(id: string, day: number, pinned = false): Fact {
  return {
    id,
    text: id,
    noted: false,
    pinned,
    valid_from: new Date(2026, 2, day, 12).toISOString(),
    valid_to: null,
    superseded_by: null,
    told_in: null,
  };
}

it("puts what is pinned first, and the rest under its days", () => {
  const lines = timelineOf([fact("d", 9), fact("c", 9, true), fact("b", 9), fact("a", 2)]);
  expect(lines.map((line) => ("fact" in line ? line.fact.id : (line.day?.slice(0, 10) ?? "pinned")))).toEqual(
    ["pinned", "c", "2026-03-09", "d", "b", "2026-03-02", "a"],
  );
  const ends = lines.flatMap((line) => ("fact" in line ? [[line.first, line.last]] : []));
  expect(ends).toEqual([
    [true, true],
    [true, false],
    [false, true],
    [true, true],
  ]);
});

it("has nothing for nothing", () => expect(timelineOf([])).toEqual([]));
