import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { LayoutLoop } from "./layoutLoop";
import type { LayoutRequest, Positions } from "./protocol";

// Not the clock: work goes on until it has moved.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Two groups of three, and one that knows nobody. */
const request = (more: Partial<LayoutRequest> = {}): LayoutRequest => ({
  type: "layout",
  run: 1,
  count: 7,
  links: Uint32Array.from([0, 1, 1, 2, 2, 0, 3, 4, 4, 5, 5, 3]),
  communities: Uint32Array.from([0, 0, 0, 1, 1, 1, 2]),
  before: null,
  animate: true,
  ...more,
});

function loop() {
  const told: Positions[] = [];
  return { told, loop: new LayoutLoop((positions) => told.push(positions)) };
}

function distance({ positions }: Positions, a: number, b: number): number {
  const at = (place: number) => positions[place] ?? NaN;
  return Math.hypot(at(2 * a) - at(2 * b), at(2 * a + 1) - at(2 * b + 1));
}

it("brings together what is linked, and comes to rest", () => {
  const { told, loop: layout } = loop();
  layout.receive(request());
  vi.runAllTimers();
  const end = told.at(-1);
  if (!end) throw new Error("nothing was told");
  expect(end).toMatchObject({ run: 1, done: true });
  expect(end.positions).toHaveLength(14);
  expect(end.positions.every(Number.isFinite)).toBe(true);
  expect(distance(end, 0, 1)).toBeLessThan(distance(end, 0, 4));
});

it("tells the end alone where nothing is to move", () => {
  const { told, loop: layout } = loop();
  layout.receive(request({ animate: false }));
  vi.runAllTimers();
  expect(told.map(({ done }) => done)).toEqual([true]);
  layout.receive({ type: "hold", node: 0, x: 500, y: 500 });
  vi.runAllTimers();
  expect(told).toHaveLength(1);
});

it("lets the neighbours follow what is held, until it is released", () => {
  const { told, loop: layout } = loop();
  layout.receive(request());
  vi.runAllTimers();
  layout.receive({ type: "hold", node: 0, x: 300, y: 300 });
  vi.advanceTimersToNextTimer();
  const held = told.at(-1);
  expect([...(held?.positions.slice(0, 2) ?? [])]).toEqual([300, 300]);
  expect(held?.done).toBe(false);
  layout.receive({ type: "release", node: 0 });
  vi.runAllTimers();
  expect(told.at(-1)?.done).toBe(true);
});

it("begins where everything was before, and drops the layout before", () => {
  const { told, loop: layout } = loop();
  layout.receive(request());
  vi.runAllTimers();
  const before = told.at(-1)?.positions ?? null;
  layout.receive(request({ run: 2, before }));
  vi.runAllTimers();
  const end = told.at(-1);
  expect(end?.run).toBe(2);
  const moved = end?.positions.map((place, at) => Math.abs(place - (before?.[at] ?? NaN))) ?? [];
  expect(Math.max(...moved)).toBeLessThan(15);
});
