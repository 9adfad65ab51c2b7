import type { Palette } from "./palette";

const LARGEST = 48;

/** Discs in every size and colour, each drawn once: to copy one is many times cheaper than to draw a circle. */
export class Discs {
  private readonly drawn = new Map<number, HTMLCanvasElement>();

  constructor(private readonly palette: Palette) {}

  /** Puts one with its centre at (x, y); `radius` is in pixels of the canvas. */
  put(context: CanvasRenderingContext2D, mark: number, x: number, y: number, radius: number): void {
    const size = Math.min(LARGEST, Math.max(1, Math.round(radius)));
    const disc = this.disc(mark, size);
    context.drawImage(disc, Math.round(x) - disc.width / 2, Math.round(y) - disc.height / 2);
  }

  /** A square in place of a small one, which is quicker. */
  putPlain(context: CanvasRenderingContext2D, mark: number, x: number, y: number, radius: number): void {
    const side = Math.max(2, Math.round(1.8 * radius));
    context.fillStyle = this.palette.marks[mark] ?? this.palette.link;
    context.fillRect(Math.round(x - side / 2), Math.round(y - side / 2), side, side);
  }

  private disc(mark: number, radius: number): HTMLCanvasElement {
    const key = mark * (LARGEST + 1) + radius;
    const known = this.drawn.get(key);
    if (known) return known;
    const disc = document.createElement("canvas");
    disc.width = disc.height = 2 * (radius + 1);
    const context = disc.getContext("2d");
    if (context) {
      const middle = radius + 1;
      // A thin ring in the colour of the ground keeps neighbours apart.
      context.fillStyle = this.palette.page;
      context.beginPath();
      context.arc(middle, middle, middle, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = this.palette.marks[mark] ?? this.palette.link;
      context.beginPath();
      context.arc(middle, middle, radius, 0, 2 * Math.PI);
      context.fill();
    }
    this.drawn.set(key, disc);
    return disc;
  }
}
