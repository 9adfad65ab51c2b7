import { expect, it } from "vitest";

import { flawOf } from "./phrase";

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
