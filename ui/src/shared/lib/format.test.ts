import { expect, it } from "vitest";

import { ageOf, formatBytes, formatMs } from "./format";

it.each([
  [0, "0B"],
  [1_271_370, "1.3 MB"],
  [148_000_000, "148 MB"],
  [4_200_000_000, "4.2 GB"],
])("shows %i bytes as %s", (bytes, text) => expect(formatBytes(bytes, "en")).toBe(text));

it("shows short times in milliseconds and long ones in seconds", () => {
  expect(formatMs(412.4, "en")).toBe("412 ms");
  expect(formatMs(1_250, "de")).toBe("1,25 s");
});

it.each([
  [0, "today"],
  [1, "yesterday"],
  [5, "week"],
  [30, "older"],
])("groups what is %i days old under %s", (days, age) => {
  const now = new Date(2026, 5, 15, 12);
  expect(ageOf(new Date(2026, 5, 15 - days, 9).toISOString(), now)).toBe(age);
});
