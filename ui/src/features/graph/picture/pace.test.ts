import { expect, it } from "vitest";

import { Pace } from "./pace";

function move(pace: Pace, frameMs: number, frames: number) {
  for (let frame = 0; frame < frames; frame++) pace.frame(1_000 + frame * frameMs);
  pace.rest();
}

it("leaves nothing out on a machine that is quick enough", () => {
  const pace = new Pace();
  move(pace, 16.7, 100);
  expect([pace.everyLink, pace.names, pace.plain]).toEqual([1, true, false]);
});

it("leaves more out the longer it stutters, and tries more again after a smooth movement", () => {
  const pace = new Pace();
  move(pace, 40, 4);
  expect([pace.everyLink, pace.names, pace.plain]).toEqual([2, true, true]);
  move(pace, 40, 100);
  expect([pace.everyLink, pace.names]).toEqual([Infinity, false]);
  move(pace, 16.7, 100);
  expect([pace.everyLink, pace.names]).toEqual([4, false]);
});

it("takes a pause for no stutter", () => {
  const pace = new Pace();
  move(pace, 500, 20);
  expect(pace.everyLink).toBe(1);
});
