import { quadtree, type Quadtree } from "d3-quadtree";

/** Finds the entity at a point. */
export class Hits {
  private tree: Quadtree<number> | null = null;

  constructor(private readonly positions: Float32Array) {}

  /** The one whose middle is nearest, within `reach`; all in units of the graph. */
  nearest(x: number, y: number, reach: number): number | null {
    this.tree ??= quadtree<number>(
      Array.from({ length: this.positions.length / 2 }, (_, node) => node),
      (node) => this.positions[2 * node] ?? 0,
      (node) => this.positions[2 * node + 1] ?? 0,
    );
    return this.tree.find(x, y, reach) ?? null;
  }
}
