/** A name that could be written, by where it would stand: its left edge and the middle of its line. */
export interface Label {
  node: number;
  x: number;
  y: number;
  width: number;
}

const HEIGHT = 16;
/** Kept free round each. */
const GAP = 3;
/** Width of the columns in which neighbours are looked for. */
const COLUMN = 96;

/**
 * Of names in the order of their importance those that have room. A name that would cover one before it is left out;
 * so are all after the `most`-th, as too many words are read by nobody.
 */
export function labelsWithRoom(wanted: Iterable<Label>, most: number): Label[] {
  const taken = new Map<string, Label[]>();
  const chosen: Label[] = [];
  for (const label of wanted) {
    if (chosen.length >= most) break;
    const cells = cellsOf(label);
    if (cells.some((cell) => taken.get(cell)?.some((other) => cover(label, other)))) continue;
    chosen.push(label);
    for (const cell of cells) {
      const there = taken.get(cell);
      if (there) there.push(label);
      else taken.set(cell, [label]);
    }
  }
  return chosen;
}

function cover(a: Label, b: Label): boolean {
  return Math.abs(a.y - b.y) < HEIGHT + GAP && a.x < b.x + b.width + 2 * GAP && b.x < a.x + a.width + 2 * GAP;
}

/** Every cell that it touches. */
function cellsOf({ x, y, width }: Label): string[] {
  const row = HEIGHT + GAP;
  const cells: string[] = [];
  const [first, last] = [Math.floor((x - GAP) / COLUMN), Math.floor((x + width + 2 * GAP) / COLUMN)];
  const [top, bottom] = [Math.floor((y - row / 2) / row), Math.floor((y + row / 2) / row)];
  for (let column = first; column <= last; column++) {
    for (let line = top; line <= bottom; line++) cells.push(`${column}:${line}`);
  }
  return cells;
}
