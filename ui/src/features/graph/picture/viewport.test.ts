import { expect, it } from "vitest";

import { fitting, inSight, nodesWithin } from "./viewport";

const positions = Float32Array.from([0, 0, 100, 0, 0, 100, 500, 500]);

it("leaves out what is out of sight", () => {
  const view = { x: 10, y: 10, k: 1, width: 150, height: 120 };
  expect(nodesWithin(positions, inSight(view, 0))).toEqual([0, 1, 2]);
  expect(nodesWithin(positions, inSight({ ...view, k: 2 }, 0))).toEqual([0]);
  expect(nodesWithin(positions, inSight({ ...view, k: 0.2 }, 0))).toEqual([0, 1, 2, 3]);
});

it("brings all of it into sight, and a single entity into the middle", () => {
  const view = fitting(positions, 600, 400, 2);
  for (let at = 0; at < positions.length; at += 2) {
    const x = (positions[at] ?? 0) * view.k + view.x;
    const y = (positions[at + 1] ?? 0) * view.k + view.y;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(600);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(400);
  }
  expect(fitting(Float32Array.from([7, 9]), 600, 400, 1)).toEqual({ k: 1, x: 293, y: 191 });
});
