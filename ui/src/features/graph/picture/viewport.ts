/** What part of the graph is in sight: screen = graph * k + (x, y), in pixels of the page. */
export interface Viewport {
  x: number;
  y: number;
  k: number;
  width: number;
  height: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The part of the graph that is in sight, and `margin` pixels round it. */
export function inSight({ x, y, k, width, height }: Viewport, margin: number): Box {
  return {
    left: (-x - margin) / k,
    top: (-y - margin) / k,
    right: (width - x + margin) / k,
    bottom: (height - y + margin) / k,
  };
}

/** The entities within a box. */
export function nodesWithin(positions: Float32Array, { left, top, right, bottom }: Box): number[] {
  const within: number[] = [];
  for (let at = 0; at < positions.length; at += 2) {
    const x = positions[at] ?? 0;
    const y = positions[at + 1] ?? 0;
    if (x >= left && x <= right && y >= top && y <= bottom) within.push(at / 2);
  }
  return within;
}

/** Shares of what lies furthest out on each side that may stay out of sight at first. */
const STRAYS = 0.005;
const FIT_MARGIN = 48;
export const ZOOM: [number, number] = [0.02, 8];
/** A handful of entities is not blown up to the whole width. */
export const FIT_ZOOM = 1.6;

/** The zoom, up to `closest`, and the shift that bring all of it into sight. */
export function fitting(
  positions: Float32Array,
  width: number,
  height: number,
  closest: number,
): Pick<Viewport, "x" | "y" | "k"> {
  const side = (from: number) => {
    const all = positions.filter((_, at) => at % 2 === from).sort();
    const cut = Math.floor(all.length * STRAYS);
    return [all[cut] ?? 0, all[all.length - 1 - cut] ?? 0] as const;
  };
  const [left, right] = side(0);
  const [top, bottom] = side(1);
  const room = (length: number) => Math.max(1, length - 2 * FIT_MARGIN);
  const k = Math.max(
    ZOOM[0],
    Math.min(closest, room(width) / Math.max(1, right - left), room(height) / Math.max(1, bottom - top)),
  );
  return { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 - (k * (top + bottom)) / 2 };
}
