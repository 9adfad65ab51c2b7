import { expect, it } from "vitest";

import { anHour, flawOf } from "./phrase";

it.each([
  ["", null],
  ["  ", null],
  ["Computer", null],
  ["okay günther", null],
  ["o'clock", null],
  ["hal", "short"],
  ["r2d2 unit", "signs"],
  ["computer!", "signs"],
  ["one two three four five", "long"],
  ["a".repeat(41), "long"],
])("says of %j what is wrong with it", (phrase, flaw) => expect(flawOf(phrase)).toBe(flaw));

it("tells false accepts by the hour", () => {
  expect(anHour({ false_accepts: 3, hours: 1.5 })).toBe(2);
  expect(anHour({ false_accepts: 0, hours: 0 })).toBe(0);
});
