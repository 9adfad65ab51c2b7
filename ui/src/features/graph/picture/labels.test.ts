import { expect, it } from "vitest";

import { labelsWithRoom, type Label } from "./labels";

const label = (node: number, x: number, y: number, width = 50): Label => ({ node, x, y, width });
const chosen = (labels: Label[], most = 10) => labelsWithRoom(labels, most).map(({ node }) => node);

it.each([
  ["keeps names apart", [label(0, 0, 0), label(1, 100, 0), label(2, 0, 40)], [0, 1, 2]],
  [
    "leaves out what would cover a name before it",
    [label(0, 0, 0), label(1, 40, 5), label(2, 200, 0)],
    [0, 2],
  ],
  ["sees a long name over several columns", [label(0, 0, 0, 600), label(1, 500, 8)], [0]],
  ["sees a neighbour in the next row", [label(0, 0, 18), label(1, 0, 20)], [0]],
  ["takes places left of the picture too", [label(0, -30, -4), label(1, -20, -10)], [0]],
])("%s", (_, labels, expected) => expect(chosen(labels)).toEqual(expected));

it("covers none with another, and stops at the most", () => {
  const many = Array.from({ length: 2_000 }, (_, node) =>
    label(node, (node * 37) % 800, (node * 91) % 600, 20 + (node % 90)),
  );
  const labels = labelsWithRoom(many, 500);
  const covered = labels.some((a, at) =>
    labels.some(
      (b, other) => other > at && Math.abs(a.y - b.y) < 16 && a.x < b.x + b.width && b.x < a.x + a.width,
    ),
  );
  expect(covered).toBe(false);
  expect(labels.length).toBeGreaterThan(100);
  expect(chosen(many, 7)).toHaveLength(7);
});
