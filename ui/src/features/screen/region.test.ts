import { describe, expect, it } from "vitest";

import {
  afterKey,
  between,
  isDrawn,
  isWhole,
  MIDDLE,
  moved,
  pixels,
  sized,
  SMALLEST,
  WHOLE,
  type Region,
} from "./region";

const SOME: Region = { x: 0.2, y: 0.4, width: 0.5, height: 0.25 };
const key = (name: string, more = {}) => ({ key: name, shiftKey: false, altKey: false, ...more });

function close(region: Region | null, expected: Region) {
  for (const side of ["x", "y", "width", "height"] as const)
    expect(region?.[side]).toBeCloseTo(expected[side]);
}

describe("between", () => {
  it.each([
    [{ x: 0.2, y: 0.4 }, { x: 0.7, y: 0.65 }, SOME],
    [{ x: 0.7, y: 0.65 }, { x: 0.2, y: 0.4 }, SOME],
    [{ x: 0.2, y: 0.65 }, { x: 0.7, y: 0.4 }, SOME],
    [{ x: -3, y: -1 }, { x: 9, y: 1.5 }, WHOLE],
  ])("%j and %j", (from, to, expected) => close(between(from, to), expected));
});

it("tells a press from a drawing", () => {
  expect(isDrawn(between({ x: 0.5, y: 0.5 }, { x: 0.502, y: 0.9 }))).toBe(false);
  expect(isDrawn(SOME)).toBe(true);
});

it("stays on the picture when it is moved", () => {
  close(moved(SOME, 0.1, -0.1), { ...SOME, x: 0.3, y: 0.3 });
  close(moved(SOME, 9, 9), { ...SOME, x: 0.5, y: 0.75 });
  close(moved(SOME, -9, -9), { ...SOME, x: 0, y: 0 });
});

it("stays on the picture, and to be seen, when it is sized", () => {
  close(sized(SOME, 0.1, 0.1), { ...SOME, width: 0.6, height: 0.35 });
  close(sized(SOME, 9, 9), { ...SOME, width: 0.8, height: 0.6 });
  close(sized(SOME, -9, -9), { ...SOME, width: SMALLEST, height: SMALLEST });
});

describe("afterKey", () => {
  it("begins in the middle", () => expect(afterKey(WHOLE, key("ArrowLeft"))).toEqual(MIDDLE));
  it.each([
    [key("ArrowLeft"), { ...SOME, x: 0.18 }],
    [key("ArrowDown"), { ...SOME, y: 0.42 }],
    [key("ArrowDown", { altKey: true }), { ...SOME, y: 0.402 }],
    [key("ArrowRight", { shiftKey: true }), { ...SOME, width: 0.52 }],
    [key("ArrowUp", { shiftKey: true, altKey: true }), { ...SOME, height: 0.248 }],
  ])("%j", (pressed, expected) => close(afterKey(SOME, pressed), expected));
  it("leaves other keys alone", () => expect(afterKey(SOME, key("a"))).toBeNull());
});

describe("pixels", () => {
  it.each([
    [WHOLE, { x: 0, y: 0, width: 1000, height: 800 }],
    [SOME, { x: 200, y: 320, width: 500, height: 200 }],
    [
      { x: 1, y: 1, width: 0, height: 0 },
      { x: 999, y: 799, width: 1, height: 1 },
    ],
    [
      { x: 0.9999, y: 0, width: 0.0001, height: 1 },
      { x: 999, y: 0, width: 1, height: 800 },
    ],
  ])("of %j", (region, expected) => expect(pixels(region, { width: 1000, height: 800 })).toEqual(expected));
  it("leaves no pixel out of the whole", () => {
    expect(isWhole(WHOLE)).toBe(true);
    expect(pixels(WHOLE, { width: 1, height: 1 })).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  });
});
