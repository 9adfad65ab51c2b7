import type { Graph, Lit } from "@/features/graph/graph";

import { Discs } from "./discs";
import type { Palette } from "./palette";

/** Everything that is drawn, but from where it is looked at. */
export interface Scene {
  graph: Graph;
  /** As x and y, in the order of the entities. */
  positions: Float32Array;
  names: readonly string[];
  /** The number of each entity's colour. */
  marks: Uint8Array;
  palette: Palette;
  discs: Discs;
  selected: number | null;
  hovered: number | null;
  /** What stands out, with all else faint. */
  lit: Lit | null;
}

const [SMALLEST, LARGEST] = [1.5, 24];

/** How large an entity is on the screen, in pixels of the page: the better connected, the larger. */
export function radiusOf({ degree }: { degree: number }, k: number): number {
  const radius = (2.4 + 1.5 * Math.sqrt(degree)) * Math.pow(k, 0.8);
  return Math.min(LARGEST, Math.max(SMALLEST, radius));
}
