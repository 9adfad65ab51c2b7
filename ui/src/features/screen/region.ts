/** A part of a picture, in shares of its width and height: 0 to 1. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export const WHOLE: Region = { x: 0, y: 0, width: 1, height: 1 };
/** Where the arrow keys begin. */
export const MIDDLE: Region = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
/** A smaller one shows nothing. */
export const SMALLEST = 0.01;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

export function isWhole({ x, y, width, height }: Region): boolean {
  return x === 0 && y === 0 && width === 1 && height === 1;
}

/** What lies between two corners, in whatever order they were drawn; both are kept on the picture. */
export function between(from: Point, to: Point): Region {
  const [left, right] = [from.x, to.x].map((x) => clamp(x, 0, 1)).sort((a, b) => a - b) as [number, number];
  const [top, bottom] = [from.y, to.y].map((y) => clamp(y, 0, 1)).sort((a, b) => a - b) as [number, number];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Whether something was drawn, and not only pressed. */
export function isDrawn({ width, height }: Region): boolean {
  return width >= SMALLEST && height >= SMALLEST;
}

/** As large as before, elsewhere, and still on the picture. */
export function moved(region: Region, dx: number, dy: number): Region {
  return {
    ...region,
    x: clamp(region.x + dx, 0, 1 - region.width),
    y: clamp(region.y + dy, 0, 1 - region.height),
  };
}

/** With its right and lower edge elsewhere. */
export function sized(region: Region, dx: number, dy: number): Region {
  return {
    ...region,
    width: clamp(region.width + dx, SMALLEST, 1 - region.x),
    height: clamp(region.height + dy, SMALLEST, 1 - region.y),
  };
}

const STEP = 0.02;
const FINE_STEP = 0.002;

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** After an arrow key: moved, with Shift made larger or smaller, with Alt by little. None for other keys. */
export function afterKey(
  region: Region,
  { key, shiftKey, altKey }: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey">,
): Region | null {
  const arrow = ARROWS[key];
  if (!arrow) return null;
  // The whole picture has nowhere to go.
  if (isWhole(region)) return MIDDLE;
  const step = altKey ? FINE_STEP : STEP;
  const [dx, dy] = [arrow[0] * step, arrow[1] * step];
  return shiftKey ? sized(region, dx, dy) : moved(region, dx, dy);
}

/** In whole pixels of a picture, at least one in each direction. */
export function pixels(region: Region, size: { width: number; height: number }): Region {
  const x = Math.min(Math.round(region.x * size.width), size.width - 1);
  const y = Math.min(Math.round(region.y * size.height), size.height - 1);
  return {
    x,
    y,
    width: clamp(Math.round((region.x + region.width) * size.width) - x, 1, size.width - x),
    height: clamp(Math.round((region.y + region.height) * size.height) - y, 1, size.height - y),
  };
}
